#pragma once
// The memories of WASM instances. Each lies in a slot of address space that is large enough for every 32-bit address,
// so that the guest's accesses need no checks: what lies behind the memory's end is not accessible and raises a signal,
// which wasmtime turns into a trap. Slots are reserved as the depth of calls needs them and used again.
#include <map>
#include <optional>
#include <vector>

#include <strata/base/mutex.hpp>
#include <strata/base/result.hpp>
#include <strata/vm/memory_budget.hpp>
#include <strata/wasm/handles.hpp>
#include <strata/wasm/memory_image.hpp>

namespace strata::wasm {

/// A range of reserved address space. The first `open` bytes behind `base` are accessible and zero, but for the image if
/// there is one.
struct MemorySlot {
    std::uint8_t* base = nullptr;
    std::size_t open = 0;
    std::shared_ptr<const MemoryImage> image;
};

/// The invocation of an instance and the instance's memory share this record.
struct MemoryUse {
    vm::MemoryBudget* budget = nullptr;
    std::shared_ptr<const MemoryImage> image;  // null: the memory starts with zeros
    std::uint8_t* base = nullptr;
    std::size_t size = 0;
    /// The reference has no limits here (generation 2): what exceeds ours fails on this node alone.
    bool are_limits_ours = false;
    /// Why this node, unlike others, could not provide memory; empty if nothing failed.
    std::optional<Error> failure;
};

/// Makes memories for wasmtime. Thread-safe. It must outlive the instances.
class LinearMemories {
  public:
    LinearMemories() = default;
    LinearMemories(const LinearMemories&) = delete;
    LinearMemories& operator=(const LinearMemories&) = delete;
    ~LinearMemories();

    /// Makes `config` take all memories from here. The sizes that the code is compiled for are set with it.
    void install(wasm_config_t& config);

    /// While an object of this class lives, memories that the same thread creates serve `use`.
    class Serving {
      public:
        explicit Serving(MemoryUse& use);
        Serving(const Serving&) = delete;
        Serving& operator=(const Serving&) = delete;
        ~Serving();

      private:
        std::uintptr_t outer_;
    };

    Result<MemorySlot> take(std::size_t size, const std::shared_ptr<const MemoryImage>& image) STRATA_EXCLUDES(mutex_);
    void give_back(MemorySlot slot) STRATA_EXCLUDES(mutex_);

  private:
    MemorySlot take_free(const MemoryImage* image) STRATA_EXCLUDES(mutex_);
    Mutex mutex_;
    /// By image, so that an instance finds its image mapped already. No list is empty.
    std::map<const MemoryImage*, std::vector<MemorySlot>> free_ STRATA_GUARDED_BY(mutex_);
    std::size_t slots_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata::wasm
