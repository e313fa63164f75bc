#pragma once
// A bounded sum of bytes that several connections share. One thread at a time.
#include <cstdint>

#include <strata/base/result.hpp>

namespace strata::net {

class MemoryAccount {
  public:
    /// An account with a parent counts there too. The parent must outlive it.
    explicit MemoryAccount(std::uint64_t limit, MemoryAccount* parent = nullptr) : limit_(limit), parent_(parent) {}
    MemoryAccount(const MemoryAccount&) = delete;
    MemoryAccount& operator=(const MemoryAccount&) = delete;

    /// Returns false, and changes nothing, if this account or its parent has less than `bytes` left.
    bool reserve(std::uint64_t bytes) {
        if (used_ > limit_ || bytes > limit_ - used_ || (parent_ != nullptr && !parent_->reserve(bytes))) return false;
        used_ += bytes;
        return true;
    }
    /// Gives back what was reserved (checked).
    void release(std::uint64_t bytes) {
        STRATA_CHECK(bytes <= used_);
        used_ -= bytes;
        if (parent_ != nullptr) parent_->release(bytes);
    }
    /// Bytes that are reserved above the new limit stay.
    void set_limit(std::uint64_t limit) { limit_ = limit; }
    std::uint64_t used() const { return used_; }

  private:
    std::uint64_t limit_;
    MemoryAccount* const parent_;
    std::uint64_t used_ = 0;
};

}  // namespace strata::net
