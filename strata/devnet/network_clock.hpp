#pragma once
// The time of a local network in real time. It begins where the chain stands and runs with the machine's steady clock,
// so that a jump of the machine's calendar clock, forward or back, changes nothing: no epoch is skipped and none
// repeated. Blocks' timestamps are in the network's time, which may lag behind the calendar.
#include <chrono>
#include <functional>
#include <optional>

#include <strata/chain/network.hpp>

namespace strata::devnet {

/// Where time comes from; the machine's clocks outside of tests.
struct Clocks {
    std::function<std::chrono::nanoseconds()> steady;    // never goes back
    std::function<std::chrono::nanoseconds()> calendar;  // since 1970
    static Clocks of_machine();
};

/// One thread.
class NetworkClock {
  public:
    /// The network's time is `epoch` now. `network` must outlive the clock.
    NetworkClock(const chain::Network& network, ChainEpoch epoch, Clocks clocks = Clocks::of_machine());

    /// Unix seconds in the network's time; never before genesis.
    std::uint64_t now() const;
    ChainEpoch epoch() const;
    /// The network's time is `epoch` from now on: the time in between is not counted.
    void set(ChainEpoch epoch);

    /// How far the calendar clock moved against the steady one since the last call, in seconds, if that is more than
    /// half a minute: somebody set the machine's clock, or the machine slept.
    std::optional<std::int64_t> calendar_jump();

  private:
    const chain::Network& network_;
    Clocks clocks_;
    std::uint64_t base_ = 0;            // network time at `started_`
    std::chrono::nanoseconds started_;  // by the steady clock
    std::chrono::nanoseconds apart_;    // calendar less steady
};

}  // namespace strata::devnet
