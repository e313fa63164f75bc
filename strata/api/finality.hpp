#pragma once
// Says which tipsets count as finalized and as safe. There is one rule for all paths and methods: without F3 and
// without FRC-0089's calculator, a fixed number of epochs below the head. Source: lotus node/impl/full/chain_v2.go,
// node/impl/eth/tipsetresolver.go.
#include <strata/api/context.hpp>

namespace strata::api {

/// Returns the tipset that no head may revert any more: 900 epochs below `head`, or genesis.
Result<chain::TipsetPtr> finalized_below(Context& context, const chain::TipsetPtr& head);
/// Returns the tipset that will hardly be reverted: as many epochs below `head` as the path of the call has for its
/// safe distance (MethodTable), or genesis.
Result<chain::TipsetPtr> safe_below(Context& context, const chain::TipsetPtr& head);

}  // namespace strata::api
