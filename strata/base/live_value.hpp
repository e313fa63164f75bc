#pragma once
// A small value that may change while other threads read it, such as a limit that a node's owner sets anew.
#include <atomic>
#include <concepts>
#include <type_traits>

namespace strata {

/// Reads as the plain value. A caller who needs one value twice reads it once, by get().
template <class T>
    requires std::is_trivially_copyable_v<T>
class LiveValue {
  public:
    template <class U = T>
        requires std::convertible_to<U, T>
    LiveValue(U value = {}) : value_(T(value)) {}
    LiveValue(const LiveValue& other) : value_(other.get()) {}
    LiveValue& operator=(const LiveValue& other) {
        value_ = other.get();
        return *this;
    }
    ~LiveValue() = default;

    T get() const { return value_.load(std::memory_order_relaxed); }
    operator T() const { return get(); }

  private:
    std::atomic<T> value_;
};

}  // namespace strata
