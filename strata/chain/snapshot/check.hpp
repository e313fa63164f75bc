#pragma once
// Looks at a chain in a store, such as a snapshot in place, without executing anything.
#include <strata/base/watch.hpp>
#include <strata/chain/tipset.hpp>

namespace strata {
class Blockstore;
}

namespace strata::chain {

struct CheckOptions {
    /// The states of this number of epochs below the head are walked at most.
    ChainEpoch most_states = 2000;
    std::uint64_t max_memory = std::uint64_t{6} << 30;  // of the set of visited blocks, in bytes
    Watch watch{};
};

struct ChainCheck {
    TipsetPtr head;
    TipsetPtr genesis;
    std::string network;
    std::uint64_t tipsets = 0;
    std::uint64_t headers = 0;
    std::uint64_t states = 0;  // tipsets, from the head down, whose parent states and messages are complete
    std::uint64_t state_blocks = 0;
};

/// Walks from the head to genesis: every header, each parent lower than its child, the state of genesis, and every
/// block below the states and messages of recent epochs; all are checked against their CIDs. The first epoch whose
/// state is not there at all ends the recent ones. Errors: missing_block with the epoch, verification, malformed,
/// too_large (memory), cancelled.
Result<ChainCheck> check_chain(Blockstore& blocks, const std::vector<Cid>& head, const CheckOptions& options);

}  // namespace strata::chain
