#pragma once
// Beacon entries of blocks: which a block must carry, and whether the beacon signed them. Unchained drand only. Source:
// docs/protocol/node.md §4.3, §4.5 (lotus chain/beacon/beacon.go, drand/drand.go).
#include <strata/chain/network.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

/// Returns the digest that the beacon signs in a round.
Hash256 beacon_digest(std::uint64_t round);
bool verify_beacon_entry(const BeaconChain& beacon, const BeaconEntry& entry);

/// Returns the rounds that a block of `height` on a parent of `parent_height` must carry, in order. Empty if the parent
/// chain already has the newest round.
std::vector<std::uint64_t> beacon_rounds(const Network& network, ChainEpoch parent_height, ChainEpoch height,
                                         std::uint64_t previous_round);

/// Returns the newest entry at or below `tip`. Errors: not_found if 20 tipsets have none.
Result<BeaconEntry> latest_beacon_entry(ChainStore& chain, const TipsetPtr& tip);

/// Checks the block's entries. `previous` is the newest entry of the parent chain. Errors: verification, with the rule
/// that is broken.
Status check_beacon_entries(const Network& network, const BlockHeader& block, ChainEpoch parent_height,
                            const BeaconEntry& previous);

}  // namespace strata::chain
