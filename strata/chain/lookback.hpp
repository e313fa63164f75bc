#pragma once
// Finds the tipset and the state that decide about the miners of a round. Power, keys and sectors are read from some
// time ago, so that nobody can choose them after seeing the randomness. Source: docs/protocol/node.md §7 (lotus
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
/// A function that returns the state root after a tipset.
using StateAfter = std::function<Result<Cid>(const TipsetPtr&)>;

/// Returns the lookback of `round`. With more than 900 null rounds between `base` and `round`, the lookback is `base`
/// itself, and `state_after` is called for the state after `base`. Errors: out_of_range if that state is needed and
/// `state_after` is empty; those of `state_after`; missing_block.
Result<Lookback> lookback_for(ChainStore& chain, const TipsetPtr& base, ChainEpoch round,
                              const StateAfter& state_after = {});

}  // namespace strata::chain
