// The market since version 19. Cases: builtin-actors #1781, actors/market/tests/cron_tick_first_visit.rs; rules: crate
// fil_actor_market_state 27.2.0 src/v19/{state,mod}.rs.
#include <strata/actors/market/test_market.hpp>

namespace strata::actors::market {
namespace {

using namespace testing;

class SolsticeMarket : public MarketTest {
  protected:
    SolsticeMarket() : MarketTest(methods19(), /*solstice=*/true) {}
    /// Publishes a deal and puts it into a sector.
    DealId active(const DealProposal& p = proposal()) {
        const DealId id = publish_funded(p);
        const SectorContentChangedParams changes{{kSector, kEnd + 100, {{p.piece_cid, p.piece_size, to_cbor(id)}}}};
        const auto answer = returned<SectorContentChangedReturn>(call(kProvider, kSectorContentChanged, changes));
        EXPECT_TRUE(answer.at(0).at(0).accepted);
        return id;
    }
    std::vector<DealId> scheduled(ChainEpoch epoch) {
        const auto root = DealOps::load(world_.store, tables().deal_ops_by_epoch).value().get(epoch).value();
        std::vector<DealId> out;
        if (root)
            EXPECT_TRUE(
                HamtSet<DealId>::load(world_.store, *root).value().for_each([&](DealId id, const Unit&) -> Status {
                    out.push_back(id);
                    return {};
                }));
        return out;
    }
    ChainEpoch last_updated(DealId id) { return deal_state(id)->last_updated_epoch; }
};

TEST_F(SolsticeMarket, the_state_has_twelve_fields) {
    EXPECT_FALSE(get_cbor<State>(world_.store, world_.tree.get(kMarketId).value().value().head));
    EXPECT_EQ(state<State19>().last_cron, kEpochUndefined);
    for (const auto gone : {kVerifyDealsForActivation, kBatchActivateDeals})
        EXPECT_TRUE(exits(ExitCode::unhandled_message, call(kProvider, gone, BatchActivateDealsParams{})));
}

TEST_F(SolsticeMarket, a_deal_that_calls_itself_verified_needs_no_datacap) {
    auto p = proposal();
    p.verified_deal = true;
    const DealId id = active(p);
    EXPECT_TRUE(sent_to(kDatacapId, 3261979605).empty());
    EXPECT_TRUE(stored(id)->verified_deal);
    EXPECT_EQ(deals_of(kSector), std::vector{id});
}

TEST_F(SolsticeMarket, a_settlement_before_the_start_changes_nothing) {
    const DealId id = active();
    const auto before = tables();
    at(kStart - 1);
    const auto answer = settle({id});
    EXPECT_EQ(answer.results.codes(), Codes{ExitCode::ok});
    EXPECT_TRUE(answer.settlements.at(0).payment.is_zero());
    EXPECT_EQ(last_updated(id), kEpochUndefined);
    EXPECT_TRUE(is_pending());
    EXPECT_EQ(tables().states, before.states);
}

// At the start the same proposal could still be published; after it, its pending entry is not needed any longer.
TEST_F(SolsticeMarket, the_proposal_is_pending_through_the_epoch_of_its_start) {
    const DealId id = active();
    at(kStart);
    EXPECT_EQ(settle({id}).settlements.at(0).payment, TokenAmount(0));
    EXPECT_TRUE(is_pending());
    EXPECT_EQ(last_updated(id), kStart);
    at(kStart + 1);
    EXPECT_EQ(settle({id}).settlements.at(0).payment, TokenAmount(kPrice));
    EXPECT_FALSE(is_pending());
}

TEST_F(SolsticeMarket, cron_visits_a_deal_once) {
    const DealId id = active();
    const ChainEpoch visit = next_update_epoch(id, kStart);
    EXPECT_EQ(scheduled(visit), std::vector{id});
    ASSERT_TRUE(ok(cron(visit)));
    EXPECT_TRUE(scheduled(visit).empty());
    EXPECT_FALSE(is_pending());
    EXPECT_EQ(last_updated(id), kEpochUndefined);
}

// Up to version 18 cron takes such a deal for one from before FIP-0074, and pays it again and again.
TEST_F(SolsticeMarket, a_settled_deal_too_is_visited_once) {
    const DealId id = active();
    const ChainEpoch visit = next_update_epoch(id, kStart);
    ASSERT_GT(visit, kStart + 1);
    at(kStart + 1);
    settle({id});
    const auto held = escrow(kProvider);
    ASSERT_TRUE(ok(cron(visit + 3)));  // null rounds before
    EXPECT_TRUE(scheduled(visit).empty());
    EXPECT_TRUE(scheduled(visit + kDealUpdatesInterval).empty());
    EXPECT_EQ(last_updated(id), kStart + 1);
    EXPECT_EQ(escrow(kProvider), held);
    at(kEnd + 100);
    EXPECT_TRUE(settle({id}).settlements.at(0).completed);
}

TEST_F(SolsticeMarket, a_visit_at_the_start_and_a_missing_pending_entry) {
    auto p = proposal(kDealUpdatesInterval, kEnd + kDealUpdatesInterval);
    const DealId id = publish_funded(p);
    ASSERT_EQ(next_update_epoch(id, kDealUpdatesInterval), kDealUpdatesInterval);
    const SectorContentChangedParams changes{{kSector, p.end_epoch, {{p.piece_cid, p.piece_size, to_cbor(id)}}}};
    ASSERT_TRUE(ok(call(kProvider, kSectorContentChanged, changes)));
    auto without = state<State19>();
    without.pending_proposals = HamtSet<Cid>::empty_root(world_.store).value();
    set_state(without);
    ASSERT_TRUE(ok(cron(kDealUpdatesInterval)));
    EXPECT_TRUE(scheduled(kDealUpdatesInterval).empty());
}

// Deals from before FIP-0074 are past their first visit, and cron goes on paying them.
TEST_F(SolsticeMarket, an_old_deal_is_visited_again) {
    const DealId id = active();
    const ChainEpoch visit = next_update_epoch(id, kStart);
    ASSERT_TRUE(ok(cron(visit)));
    auto changed = state<State19>();
    auto states = States::load(world_.store, changed.states, kStatesWidth).value();
    auto old = *deal_state(id);
    old.last_updated_epoch = visit;
    ASSERT_TRUE(states.set(id, old));
    changed.states = states.flush().value();
    HamtSet<DealId> deals(world_.store);
    ASSERT_TRUE(deals.set(id, Unit{}));
    auto ops = DealOps::load(world_.store, changed.deal_ops_by_epoch).value();
    ASSERT_TRUE(ops.set(visit + kDealUpdatesInterval, deals.flush().value()));
    changed.deal_ops_by_epoch = ops.flush().value();
    set_state(changed);
    ASSERT_TRUE(ok(cron(visit + kDealUpdatesInterval)));
    EXPECT_EQ(scheduled(visit + 2 * kDealUpdatesInterval), std::vector{id});
    EXPECT_EQ(last_updated(id), visit + kDealUpdatesInterval);
}

TEST_F(SolsticeMarket, a_termination_ends_the_pending_time) {
    const DealId id = active();
    at(kStart);
    settle({id});
    ASSERT_TRUE(is_pending());
    at(kStart + 5);
    ASSERT_TRUE(ok(terminate({kSector})));
    EXPECT_FALSE(is_pending());
    EXPECT_FALSE(stored(id));
}

TEST_F(SolsticeMarket, a_deal_without_a_sector_times_out) {
    const DealId id = publish_funded(proposal());
    at(kStart - 1);
    EXPECT_EQ(settle({id}).results.codes(), Codes{ExitCode::ok}) << "too early";
    at(kStart);
    EXPECT_EQ(settle({id}).results.codes(), Codes{kDealExpired});
    EXPECT_FALSE(stored(id));
    EXPECT_EQ(burnt(), TokenAmount(10));
}

}  // namespace
}  // namespace strata::actors::market
