#pragma once
// Says whether a miner may make a block, and which of its sectors it must prove for that. Source: docs/protocol/node.md
// §6, §7.
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

/// Returns the sector that a winning proof must prove. It is chosen among those that are live, not faulty and already
/// proven. `randomness` is taken as drawn; its two top bits are cleared here. Errors: verification if the miner has no
/// such sector; missing_block, malformed.
Result<PoStSectorInfo> winning_sector(const actors::read::Miner& miner, Hash256 randomness);

/// Returns true if the miner takes part in the election on top of `base`. `lookback` is the tipset of lookback_for()
/// for the round; `blocks` must have the states before both tipsets. Errors: missing_block, malformed, not_found.
Result<bool> is_eligible(Blockstore& blocks, const Network& network, const Tipset& base, const Tipset& lookback,
                         const Address& address);

}  // namespace strata::chain
