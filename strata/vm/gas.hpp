#pragma once
// Gas is counted in milligas (1/1000 gas), unsigned and saturating. The tracker charges it.
// Source: docs/protocol/fvm.md §5; ref-fvm fvm/src/gas/tracker.rs.
#include <strata/vm/kernel.hpp>

namespace strata::vm {

using Milligas = std::uint64_t;

constexpr Milligas saturating_add(Milligas a, Milligas b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}
constexpr Milligas saturating_mul(Milligas a, Milligas b) {
    return (b != 0 && a > UINT64_MAX / b) ? UINT64_MAX : a * b;
}
/// Returns a number of gas units in milligas.
constexpr Milligas gas(std::uint64_t whole) {
    return saturating_mul(whole, 1000);
}

/// One charge, which is one line of a trace.
struct GasCharge {
    std::string_view name;  // refers to a string literal, or into a trace (vm/trace.hpp)
    Milligas compute = 0;   // what is given back (generation 2) is negative, in two's complement
    Milligas other = 0;
};

/// Returns the amount in gas, rounded up.
constexpr std::uint64_t whole_gas(Milligas amount) {
    return amount / 1000 + (amount % 1000 != 0 ? 1 : 0);
}

/// Sees what the code of an actor does, step by step. An engine that runs code knows the kinds of watchers that it
/// serves (actors/evm/watcher.hpp) and asks for one here, because every step is paid for here; nothing in this folder
/// calls it. Without a watcher an engine does nothing but look at a pointer once in each call.
class CodeWatcher {
  public:
    CodeWatcher() = default;
    CodeWatcher(const CodeWatcher&) = delete;
    CodeWatcher& operator=(const CodeWatcher&) = delete;
    virtual ~CodeWatcher() = default;
};

class GasTracker {
  public:
    /// A limit above the largest signed number is taken as that number, which the counter of WASM code can hold
    /// (tracker.rs, GasTracker::new).
    explicit GasTracker(Milligas limit) : limit_(std::min<Milligas>(limit, INT64_MAX)) {}

    /// Adds a charge. A charge that exceeds the available gas sets used() to the limit and fails with out_of_gas.
    Syscall<void> charge(const GasCharge& charge) {
        if (trace_ != nullptr) trace_->push_back(charge);
        const Milligas amount = saturating_add(charge.compute, charge.other);
        if (amount > left()) {
            used_ = static_cast<std::int64_t>(limit_);
            return out_of_gas();
        }
        // This cannot overflow, as the sum is at most the limit.
        used_ = static_cast<std::int64_t>(static_cast<Milligas>(used_) + amount);
        return {};
    }
    /// Names an action that costs nothing, which the reference's traces show.
    void note(std::string_view name) {
        if (trace_ != nullptr) trace_->push_back({name, 0, 0});
    }
    /// Gives gas back, which only generation 2 does. More may be given back than was used: what is available is then
    /// above the limit (fvm@v2.12.2 gas/mod.rs, whose gas is signed and saturates).
    void give_back(std::string_view name, Milligas amount) {
        if (trace_ != nullptr) trace_->push_back({name, Milligas{0} - amount, 0});
        const auto given = static_cast<std::int64_t>(std::min<Milligas>(amount, INT64_MAX));
        if (__builtin_sub_overflow(used_, given, &used_)) used_ = INT64_MIN;
    }
    Milligas used() const { return used_ < 0 ? 0 : static_cast<Milligas>(used_); }
    Milligas available() const { return std::min<Milligas>(left(), INT64_MAX); }
    /// Returns the used gas in units of gas, rounded up as in a receipt.
    std::uint64_t gas_used() const { return whole_gas(used()); }

    /// Narrows the limit for a nested call to at most `at_most` more than the gas used now. Returns the limit to
    /// restore.
    Milligas narrow(Milligas at_most) {
        const Milligas before = limit_;
        limit_ = std::min(limit_, saturating_add(used(), at_most));
        return before;
    }
    void restore(Milligas limit) { limit_ = limit; }
    /// Appends all later charges to `trace`; nullptr stops that.
    void trace_into(std::vector<GasCharge>* trace) { trace_ = trace; }
    /// `watcher` may be null and must outlive the tracker.
    void set_watcher(CodeWatcher* watcher) { watcher_ = watcher; }
    CodeWatcher* watcher() const { return watcher_; }

  private:
    // The difference of two signed numbers, of which the first is the larger one, fits into an unsigned number.
    Milligas left() const { return limit_ - static_cast<Milligas>(used_); }
    Milligas limit_;         // at most INT64_MAX
    std::int64_t used_ = 0;  // at most the limit
    std::vector<GasCharge>* trace_ = nullptr;
    CodeWatcher* watcher_ = nullptr;
};

}  // namespace strata::vm
