#include <strata/api/finality.hpp>

#include <strata/api/method_table.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

Result<chain::TipsetPtr> below(Context& context, const chain::TipsetPtr& head, ChainEpoch distance) {
    return context.chain.tipset_at(std::max<ChainEpoch>(0, head->height() - distance), head,
                                   chain::NullRound::previous);
}

}  // namespace

Result<chain::TipsetPtr> finalized_below(Context& context, const chain::TipsetPtr& head) {
    return below(context, head, kChainFinality);
}

// Lotus takes the newer of this and the finalized one; the finalized one is older here, whatever the distance.
Result<chain::TipsetPtr> safe_below(Context& context, const chain::TipsetPtr& head) {
    return below(context, head, std::min(context.table.safe_distance(), kChainFinality));
}

}  // namespace strata::api
