#pragma once
// The present work of the syncer, for people. A task is one announced head.
#include <strata/chain/block_source.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::chain {

struct SyncStatus {
    enum class Stage { headers, blocks };
    struct Task {
        std::uint64_t id = 0;  // unique in the life of the syncer
        Stage stage{};
        PeerName from;  // the peer that announced it first
        TipsetKey target;
        TipsetPtr target_tipset;  // empty until its header has arrived
        TipsetPtr head;           // the node's head when the task began
        std::uint64_t began = 0;  // unix seconds
        ChainEpoch base = 0;      // the height where it meets the valid chain here; 0 while that is not known
        ChainEpoch height = 0;    // the height that headers or validation have reached
        ChainEpoch target_height = 0;
    };
    std::vector<Task> tasks;
    std::size_t requests = 0;            // to peers, without an answer yet
    std::size_t early_blocks = 0;        // blocks that wait for their time
    std::size_t early_bytes = 0;         // their size
    std::size_t body_bytes = 0;          // messages that tasks hold until they are validated
    std::uint64_t finished = 0;          // tasks since the start
    std::uint64_t refused = 0;           // tasks since the start that ended with a refusal
    std::string last_refusal;            // the sentence of the newest one; empty if there was none
    std::uint64_t messages_applied = 0;  // since the start, by the VM; simulations and implicit messages count
};

}  // namespace strata::chain
