#pragma once
// Says which miner may make a block, and by which of its sectors it proves that. Source: docs/protocol/node.md §6, §7.
#include <strata/types/address.hpp>

namespace strata {
class Blockstore;
struct PoStSectorInfo;
namespace actors::read {
class Miner;
}
}  // namespace strata

namespace strata::chain {

class Tipset;
struct Network;

/// Returns the sector that a winning proof must prove: one of those that are live, not faulty and proven once.
/// `randomness` is taken as drawn; its two top bits are cleared here. Errors: verification if the miner has no such
/// sector; missing_block, malformed.
Result<PoStSectorInfo> winning_sector(const actors::read::Miner& miner, Hash256 randomness);

/// Does a miner take part in the election on top of `base`? `lookback`: the tipset that lookback_for gives for the
/// round; `blocks` has the states before both. Errors: missing_block, malformed, not_found.
Result<bool> is_eligible(Blockstore& blocks, const Network& network, const Tipset& base, const Tipset& lookback,
                         const Address& miner);

}  // namespace strata::chain
