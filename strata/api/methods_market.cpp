// Answers methods about the storage market. Source: lotus node/impl/full/state.go, chain/stmgr/actors.go.
#include <nlohmann/json.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/actors/read/reward.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/supply.hpp>

namespace strata::api {
namespace {

namespace market = actors::market;

// The recommended collateral, in percent of the least that is accepted (lotus: dealProviderCollateralNum).
constexpr std::int64_t kCollateralPercent = 110;

struct MarketView {
    Context::View view;
    actors::read::Market market;
};
Result<MarketView> market_view(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(auto market, actors::read::Market::load(view.state));
    return MarketView{std::move(view), std::move(market)};
}

Result<Json> balance(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto found, market_view(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, address));
    STRATA_TRY(const auto escrow, found.market.escrow(id));
    return context.print(escrow);
}

Result<Text> participants(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto found, market_view(context, key));
    auto out = context.object();
    STRATA_OK(found.market.for_each_escrow([&](const Address& owner, const actors::read::Escrow& escrow) -> Status {
        STRATA_OK(context.check_may_continue());
        return out.add(context.print.text(owner), context.print(escrow));
    }));
    return std::move(out).finish();
}

Result<Json> proposal_pending(Context& context, const Cid& proposal, const TipsetKey& key) {
    STRATA_TRY(const auto found, market_view(context, key));
    STRATA_TRY(const bool pending, found.market.is_pending(proposal));
    return Json(pending);
}

Result<Text> deals(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto found, market_view(context, key));
    auto out = context.object();
    STRATA_OK(found.market.for_each_deal([&](DealId id, const market::Deal& deal) -> Status {
        STRATA_OK(context.check_may_continue());
        return out.add(std::to_string(id), context.print(deal));
    }));
    return std::move(out).finish();
}

Result<Json> storage_deal(Context& context, const DealId& id, const TipsetKey& key) {
    STRATA_TRY(const auto found, market_view(context, key));
    STRATA_TRY(const auto deal, found.market.deal(id));
    if (!deal)
        return fail(Errc::not_found, "deal " + std::to_string(id) +
                                         " not found - deal may not have completed sealing before deal proposal start "
                                         "epoch, or deal may have been slashed");
    return context.print(*deal);
}

/// As in Lotus, whether the deal is verified does not matter.
Result<Json> collateral_bounds(Context& context, const std::uint64_t& size, const bool&, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const auto reward, actors::read::load_reward(view.state));
    STRATA_TRY(const auto power, actors::read::Power::load(view.state));
    const auto& network = context.chain.network();
    STRATA_TRY(const auto supply, chain::vm_supply(network, view.tipset->height(), view.state));
    const auto least = market::least_provider_collateral(*network.policy, size, max(power.raw(), reward.baseline_power),
                                                         supply.circulating());
    return Json{{"Min", context.print(div_floor(least * BigInt(kCollateralPercent), 100))},
                {"Max", context.print(total_filecoin())}};
}

}  // namespace

void add_market_methods(MethodTable& table) {
    table.add("StateMarketProposalPending", proposal_pending);
    table.add("StateMarketBalance", balance);
    table.add("StateMarketParticipants", participants, Cost::slow);
    table.add("StateMarketDeals", deals, Cost::slow);
    table.add("StateMarketStorageDeal", storage_deal);
    table.add("StateDealProviderCollateralBounds", collateral_bounds, Cost::expensive);
}

}  // namespace strata::api
