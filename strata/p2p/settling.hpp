#pragma once
// Says when a node may begin to make blocks. On a head that is older than that of its peers it would only begin a fork.
// No clock: the time is passed in. The rule and its times are ours. One thread.
#include <strata/chain/sync_status.hpp>
#include <strata/net/time.hpp>

namespace strata::p2p {

struct SettlingTimes {
    /// Patience is at least a minute and 20 epochs, of `block_delay` seconds.
    static SettlingTimes of(std::uint64_t block_delay);

    /// A node that heard of no head as heavy as its own for this long is alone, or ahead of its peers.
    net::Instant alone{15'000};
    /// A node whose own chain has not grown for this long does not wait for heads that peers only claim.
    net::Instant patience{60'000};
};

class Settling {
  public:
    Settling(SettlingTimes times, net::Instant now) : times_(times), began_(now), grown_at_(now) {}

    /// Returns true once a head that is as heavy as this node's, or heavier, was heard of and none far above it is
    /// being followed, and from then on: who only claims to have a heavier chain must not be able to stop a running
    /// node. Peers can delay that for a bounded time only. `head` is the height of this node's. `heads_compared` is
    /// that of Service and must be read before `status`, so that the head that was counted is among the tasks or
    /// already here.
    bool look(net::Instant now, ChainEpoch head, std::size_t heads_compared, const chain::SyncStatus& status);

    /// Returns what `look` said last, without asking anybody.
    bool is_settled() const { return is_settled_; }

  private:
    const SettlingTimes times_;
    const net::Instant began_;
    ChainEpoch grown_to_ = -1;
    net::Instant grown_at_;
    bool is_settled_ = false;
};

}  // namespace strata::p2p
