#pragma once
// Checks that a node's store has what it must have: the chain from the head to genesis with its messages and receipts,
// and the states that collections keep (chain/collector.hpp). Each block is read once and checked against its CID.
#include <strata/base/watch.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/store/key_value.hpp>

namespace strata::chain {

class ChainStore;

struct StoreCheckOptions {
    /// The states that this number of newest tipsets name are walked at most.
    std::uint64_t most_states = UINT64_MAX;
    std::uint64_t max_memory = std::uint64_t{6} << 30;  // of the set of visited blocks, in bytes
    Watch watch{};
};

struct StoreCheck {
    TipsetPtr head;
    std::uint64_t tipsets = 0;
    std::uint64_t headers = 0;
    std::uint64_t states = 0;            // tipsets whose parent states are complete, without genesis
    ChainEpoch states_from = 0;          // the height of the lowest of them
    std::uint64_t forks = 0;             // valid blocks beside the chain, which were checked with their states
    std::uint64_t without_messages = 0;  // tipsets that came with a snapshot, without their messages
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
    std::uint64_t left_out = 0;  // code of actors that this node does not have
};

/// Walks the chain of an open store. What came with a snapshot may lack states, messages and receipts, each as a whole;
/// everything else must be complete. Errors: missing_block or verification with the epoch; malformed, too_large
/// (memory), cancelled, io.
Result<StoreCheck> check_store(ChainStore& chain, const StoreCheckOptions& options);

/// The record of the epoch up to which the chain came with a snapshot; to be written with the head.
store::Write imported_up_to(ChainEpoch head);

}  // namespace strata::chain
