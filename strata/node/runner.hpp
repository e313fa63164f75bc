#pragma once
// Drives one node in real time: what its parts have to do in each epoch, and its blocks. Source of the timing:
// docs/protocol/node.md §13 (lotus miner/miner.go).
#include <chrono>
#include <functional>

#include <strata/chain/winning.hpp>

namespace strata::chain {
struct Network;
}

namespace strata::node {

class Node;

/// Returns how long a miner waits for the blocks of an epoch before it builds on them, in seconds.
std::uint64_t propagation_delay(const chain::Network& network);

/// Returns how long a miner waits for blocks of equivocating miners before it looks at its base again, in seconds; 0 on
/// local networks.
std::uint64_t equivocation_delay(const chain::Network& network);

/// To be used by one thread, the node's. While the head keeps up with the clock, blocks are made for the next epoch. A
/// head that is far behind is continued epoch by epoch, as Lotus' miner does: one block at the present epoch instead
/// would make every node execute all the empty epochs before it, in which the miner proves nothing and loses its power.
class Runner {
  public:
    /// `unix_time` is the network's time. Both references must outlive the runner. `equivocation` is the time of
    /// equivocation_delay() unless a test gives a different one.
    Runner(Node& node, const chain::Network& network, std::function<std::chrono::nanoseconds()> unix_time,
           std::optional<std::uint64_t> equivocation = {});

    /// Works until `stopped` returns true. Failures are told to the node's health and tried again.
    void run(const std::function<bool()>& stopped);
    /// Does what is due now.
    void step();

  private:
    struct Won {
        chain::Win win;
        std::chrono::nanoseconds at{};  // when its base was taken
    };
    bool is_ready_for(ChainEpoch wanted, ChainEpoch present) const;
    ChainEpoch wanted(ChainEpoch present) const;
    void begin_epoch(ChainEpoch epoch);
    void look_for_win(ChainEpoch epoch);
    void take_win(chain::Win win);
    void finish_block();
    void tell(ChainEpoch epoch, Status made);
    std::uint64_t now() const;

    Node& node_;
    const chain::Network& network_;
    const std::function<std::chrono::nanoseconds()> unix_time_;
    const std::chrono::seconds equivocation_;
    ChainEpoch worked_ = -1;        // the last epoch that the parts worked on
    ChainEpoch mined_ = -1;         // the last epoch that a block was tried for
    std::uint64_t late_again_ = 0;  // when to try the next epoch, far behind the clock
    ChainEpoch unanswered_ = -1;    // an epoch of which it is not known whether it is won
    /// Why it is not known; it is told once, when the epoch is over.
    std::optional<Error> waits_;
    std::chrono::steady_clock::time_point ask_again_{};
    bool has_failed_ = false;  // to find out whether an epoch is won
    std::optional<Won> won_;   // until its block is made
};

}  // namespace strata::node
