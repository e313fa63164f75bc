// The provider on a real chain.
#include <strata/actors/market/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/provider/test_chain.hpp>
#include <strata/provider/test_rig.hpp>

namespace strata::provider {
namespace {

using testing::kMiner;

class OnChain : public testing::TestChain {
  protected:
    BigInt raw_power() {
        auto state = node_->head_state();
        EXPECT_TRUE(state);
        return actors::read::Power::load(*state).value().claim(kMiner).value().value().raw;
    }
};

TEST_F(OnChain, a_sector_with_data_and_one_without_get_power) {
    EXPECT_EQ(raw_power(), BigInt(2 * 2048));
    const auto number = provider_->add_piece(testing::Rig::reader(), testing::Rig::piece(), std::nullopt, epoch_);
    ASSERT_TRUE(number) << number.error().message();
    ASSERT_TRUE(provider_->pledge_sector(epoch_));
    bool killed = false;
    while (raw_power() < BigInt(4 * 2048) && epoch_ < 4000 && !HasFatalFailure()) {
        turn();
        if (!killed && provider_->sectors().back().state == SectorState::wait_seed) {
            killed = true;
            open();
        }
    }
    EXPECT_EQ(raw_power(), BigInt(4 * 2048)) << reasons();
    EXPECT_TRUE(killed);
    const auto money = provider_->money();
    ASSERT_TRUE(money);
    EXPECT_GT(money->initial_pledge, TokenAmount(0));
    EXPECT_EQ(money->pre_commit_deposits, TokenAmount(0));
    EXPECT_GT(money->vesting, TokenAmount(0)) << "rewards of the blocks";
    std::printf("%d blocks, %d epochs\n", mined_, static_cast<int>(epoch_));

    const auto until = epoch_ + 2880;  // all sectors stay proven over a whole period
    while (epoch_ < until && !HasFatalFailure()) turn();
    EXPECT_EQ(raw_power(), BigInt(4 * 2048)) << reasons();
    EXPECT_EQ(provider_->money()->fee_debt, TokenAmount(0));
}

TEST_F(OnChain, a_published_deal_becomes_active_with_its_sector) {
    namespace market = actors::market;
    market::ClientDealProposal deal;
    deal.proposal.piece_cid = testing::Rig::piece().cid;
    deal.proposal.piece_size = testing::Rig::piece().size;
    deal.proposal.client = worker();
    deal.proposal.provider = kMiner;
    deal.proposal.label.value = std::string("a deal");
    deal.proposal.start_epoch = 600;
    deal.proposal.end_epoch = 600 + 181 * 2880;
    deal.proposal.provider_collateral = div_floor(fil(1), BigInt(2));
    deal.client_signature = *wallet_.sign(deal.proposal.client, to_cbor(deal.proposal));
    for (const auto& who : {deal.proposal.client, kMiner}) {
        const auto added = send(Address::id(kMarketId), market::kAddBalance, to_cbor(who), fil(1));
        ASSERT_EQ(added.exit_code, 0U);
    }
    const auto published =
        send(Address::id(kMarketId), market::kPublishStorageDeals, to_cbor(market::PublishStorageDealsParams{{deal}}));
    ASSERT_EQ(published.exit_code, 0U);
    const auto ids = from_cbor<market::PublishStorageDealsReturn>(published.return_data);
    ASSERT_TRUE(ids && ids->ids.size() == 1);
    const DealId id = ids->ids[0];

    const auto number =
        provider_->add_piece(testing::Rig::reader(), testing::Rig::piece(),
                             PieceDeal{id, deal.proposal.start_epoch, deal.proposal.end_epoch, std::nullopt}, epoch_);
    ASSERT_TRUE(number) << number.error().message();
    bool proving = false;
    provider_->on_proving([&](const SectorStatus& status) { proving = status.number == *number; });
    while (!proving && epoch_ < 600 && !HasFatalFailure()) turn();
    ASSERT_TRUE(proving) << reasons();

    auto state = *node_->head_state();
    const auto on_chain = actors::read::Market::load(state).value().deal(id).value();
    ASSERT_TRUE(on_chain && on_chain->state.sector_start_epoch != kEpochUndefined)
        << "the market was told of the deal's sector";
    EXPECT_EQ(on_chain->state.sector_number, *number);
}

}  // namespace
}  // namespace strata::provider
