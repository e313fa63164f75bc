#pragma once
// The clock of a local network in real time. It starts at the chain's head and runs with the machine's steady clock, so
// a jump of the machine's calendar clock, forward or back, changes nothing: no epoch is skipped and none is repeated.
// Blocks have timestamps in the network's time, which may lag behind the calendar.
#include <chrono>
#include <functional>
#include <optional>

#include <strata/chain/network.hpp>

namespace strata::devnet {

/// The sources of time: outside tests, the machine's clocks.
struct Clocks {
    std::function<std::chrono::nanoseconds()> steady;    // never goes back
    std::function<std::chrono::nanoseconds()> calendar;  // since 1970
    static Clocks of_machine();
};

/// To be used by one thread.
class NetworkClock {
  public:
    /// Starts at the beginning of `epoch`. `network` must outlive the clock.
    NetworkClock(const chain::Network& network, ChainEpoch epoch, Clocks clocks = Clocks::of_machine());

    /// Returns unix seconds in the network's time; never before genesis.
    std::uint64_t now() const;
    ChainEpoch epoch() const;
    /// Sets the network's time to the beginning of `epoch`; the time until now is not counted.
    void set(ChainEpoch epoch);

    /// Returns how far, in seconds, the calendar clock moved against the steady one since the last jump that was
    /// returned; empty if it is half a minute or less. A jump means that the machine's clock was set, or that the
    /// machine slept.
    std::optional<std::int64_t> calendar_jump();

  private:
    const chain::Network& network_;
    Clocks clocks_;
    std::uint64_t base_ = 0;            // network time at `started_`
    std::chrono::nanoseconds started_;  // by the steady clock
    std::chrono::nanoseconds apart_;    // the calendar clock minus the steady one
};

}  // namespace strata::devnet
