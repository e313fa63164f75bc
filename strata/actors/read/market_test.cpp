#include <strata/actors/read/market.hpp>

#include <strata/actors/market/state.hpp>
#include <strata/actors/market/types.hpp>
#include <strata/actors/read/test_recorded.hpp>

namespace strata::actors::read {
namespace {

class ReadMarket : public testing::Recorded {
  protected:
    Market market_ = Market::load(tree_).value();
};

TEST_F(ReadMarket, Escrow) {
    const auto provider = market_.escrow(1000).value();
    EXPECT_EQ(provider.total, fil(6));
    EXPECT_EQ(provider.locked, amount("6556715420"));
    EXPECT_EQ(provider.free(), fil(6) - amount("6556715420"));
    EXPECT_EQ(market_.escrow(1002).value().locked, amount("518500000"));
    EXPECT_TRUE(market_.escrow(1003).value().total.is_zero());
    std::size_t owners = 0;
    EXPECT_TRUE(market_.for_each_escrow([&](const Address&, const Escrow& escrow) -> Status {
        ++owners;
        EXPECT_FALSE(escrow.locked.is_zero());
        return {};
    }));
    EXPECT_EQ(owners, 2U);
}

TEST_F(ReadMarket, Deals) {
    EXPECT_EQ(market_.next_id(), 3U);
    std::vector<DealId> ids;
    EXPECT_TRUE(market_.for_each_deal([&](DealId id, const market::Deal&) -> Status {
        ids.push_back(id);
        return {};
    }));
    EXPECT_EQ(ids, (std::vector<DealId>{0, 1, 2}));
    const auto active = market_.deal(1).value();
    ASSERT_TRUE(active);
    EXPECT_EQ(active->state.sector_number, 1U);
    EXPECT_EQ(active->state.sector_start_epoch, 0);
    EXPECT_EQ(active->proposal.end_epoch, 3675537);
    const auto waiting = market_.deal(2).value();
    ASSERT_TRUE(waiting);
    EXPECT_EQ(waiting->proposal.label.value, (std::variant<std::string, Bytes>("strata test deal")));
    EXPECT_EQ(waiting->state.sector_start_epoch, kEpochUndefined);
    EXPECT_FALSE(market_.deal(3).value());
}

TEST_F(ReadMarket, PendingDeals) {
    auto proposal = market_.deal(2).value()->proposal;
    EXPECT_TRUE(market_.is_pending(proposal).value());
    EXPECT_EQ(market_.find_pending(proposal).value(), DealId{2});
    proposal.end_epoch += 1;
    EXPECT_FALSE(market_.is_pending(proposal).value());
    EXPECT_FALSE(market_.find_pending(proposal).value());
}

// The map of waiting allocations is builtin-actors' pending_deal_allocation_ids (actors/market/src/state.rs).
TEST_F(ReadMarket, AllocationsOfPendingDeals) {
    EXPECT_FALSE(market_.pending_allocation(2).value());
    auto actor = this->actor(kMarketId);
    auto state = get_cbor<market::State>(blocks_, actor.head).value();
    auto waiting = market::PendingAllocations::load(blocks_, state.pending_deal_allocation_ids).value();
    ASSERT_TRUE(waiting.set(2, 77));
    state.pending_deal_allocation_ids = waiting.flush().value();
    actor.head = put_cbor(blocks_, state).value();
    tree_.set(kMarketId, actor);
    const auto changed = Market::load(tree_).value();
    EXPECT_EQ(changed.pending_allocation(2).value(), 77U);
    EXPECT_FALSE(changed.pending_allocation(3).value());
}

TEST_F(ReadMarket, ALostBlockIsNotAMissingDeal) {
    strata::testing::FailingBlockstore disk(blocks_);
    auto tree = vm::StateTree::load(disk, root()).value();
    const auto market = Market::load(tree).value();
    disk.fail_read(0, Errc::missing_block);
    EXPECT_EQ(market.deal(3).error().code(), Errc::missing_block);
    EXPECT_EQ(market.escrow(1003).error().code(), Errc::missing_block);
    EXPECT_EQ(Market::load(tree).error().code(), Errc::missing_block);
}

}  // namespace
}  // namespace strata::actors::read
