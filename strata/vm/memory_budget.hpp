#pragma once
// Limits the memory of all calls on the stack of one message together: that of WASM instances, and of the contracts
// that the native EVM runs. Source: docs/protocol/fvm.md §2.6; ref-fvm fvm/src/machine/limiter.rs.
#include <cstdint>

namespace strata::vm {

/// The most bytes that the instances of one message may have at the same time (max_memory_bytes).
inline constexpr std::uint64_t kMaxMessageMemory = std::uint64_t{2} << 30;
/// The most bytes of memory that one instance may have (max_inst_memory_bytes).
inline constexpr std::uint64_t kMaxInstanceMemory = std::uint64_t{512} << 20;

class MemoryBudget {
  public:
    explicit MemoryBudget(std::uint64_t limit = kMaxMessageMemory) : limit_(limit) {}

    /// Takes `bytes`. Returns false if less remains; the budget is then as before.
    bool take(std::uint64_t bytes) {
        if (bytes > limit_ - used_) return false;
        used_ += bytes;
        return true;
    }
    std::uint64_t used() const { return used_; }
    std::uint64_t available() const { return limit_ - used_; }
    /// Gives back what a call took: `used` is the value of used() before that call.
    void restore(std::uint64_t used) { used_ = used; }

  private:
    std::uint64_t limit_;
    std::uint64_t used_ = 0;
};

}  // namespace strata::vm
