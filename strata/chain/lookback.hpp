#pragma once
// Which tipset and which state decide about the miners of a round: power, keys and sectors are those of some time ago,
// so that nobody can choose them with the randomness in view. Source: docs/protocol/node.md §7 (lotus
// chain/stmgr/utils.go, GetLookbackTipSetForRound).
#include <functional>

#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

/// The tipset for a lookback of `round` from `base`, and the state after it.
struct Lookback {
    TipsetPtr tipset;
    Cid state_root;
};
/// Gives the state root after a tipset.
using StateAfter = std::function<Result<Cid>(const TipsetPtr&)>;

/// With more than 900 null rounds between `base` and `round`, the lookback is `base` itself and needs the state after
/// it, for which `state_after` is asked. Errors: out_of_range where that is needed and `state_after` is empty; those of
/// `state_after`; missing_block.
Result<Lookback> lookback_for(ChainStore& chain, const TipsetPtr& base, ChainEpoch round,
                              const StateAfter& state_after = {});

}  // namespace strata::chain
