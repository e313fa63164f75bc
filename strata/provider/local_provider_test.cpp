// The provider on a real chain.
#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/miner/methods.hpp>
#include <strata/actors/miner/proving_messages.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/chain/execution.hpp>
#include <strata/provider/node_chain.hpp>
#include <strata/provider/test_chain.hpp>
#include <strata/provider/test_rig.hpp>
#include <strata/vm/state_tree.hpp>

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

// builtin-actors actors/miner/src/lib.rs, terminate_sectors: the sector leaves its partition's live ones, and stays in
// the miner's table until the partition is compacted.
TEST_F(OnChain, a_terminated_sector_has_ended) {
    const auto state_of = [&](SectorNumber number) {
        for (const auto& sector : provider_->sectors())
            if (sector.number == number) return sector.state;
        return SectorState::failed;
    };
    // The sectors of a genesis that lotus-seed wrote have a pledge that the power actor does not know of.
    const auto number = provider_->pledge_sector(epoch_).value();
    while (state_of(number) != SectorState::proving && epoch_ < 4000 && !HasFatalFailure()) turn();
    ASSERT_EQ(state_of(number), SectorState::proving) << reasons();
    std::optional<std::pair<std::uint64_t, std::uint64_t>> place;
    const auto view = chain_through(*node_, wallet_, kMiner).value()->proving().value();
    for (std::uint64_t deadline = 0; deadline < view.deadlines.size(); ++deadline)
        for (std::uint64_t at = 0; at < view.deadlines[deadline].partitions.size(); ++at)
            if (view.deadlines[deadline].partitions[at].live.contains(number)) place = {deadline, at};
    ASSERT_TRUE(place);
    actors::miner::TerminateSectorsParams params;
    params.terminations.push_back({place->first, place->second, BitField::of({number})});
    // A deadline that is open, or next, may not be changed.
    for (int tries = 0; tries < 200 && !HasFatalFailure(); ++tries) {
        auto state = node_->head_state().value();
        const auto now = actors::read::Miner::load(state, kMiner).value().deadline_at(epoch_ + 3);
        if (now.index != place->first && (now.index + 1) % 48 != place->first) break;
        turn();
    }
    const auto receipt = send(kMiner, actors::miner::kTerminateSectors, to_cbor(params));
    ASSERT_EQ(receipt.exit_code, 0U);
    EXPECT_TRUE(chain_through(*node_, wallet_, kMiner).value()->sector(number).value()) << "the table still has it";
    for (int i = 0; i < 10 && state_of(number) != SectorState::ended && !HasFatalFailure(); ++i) {
        work();
        mine();
    }
    EXPECT_EQ(state_of(number), SectorState::ended) << reasons();
    EXPECT_EQ(state_of(0), SectorState::proving);
}

// The bid of lotus chain/messagepool/messagepool.go, ComputeRBF, is 125 % of the premium; the pool takes 110 %.
TEST_F(OnChain, a_message_that_waits_for_want_of_fee_is_replaced_and_lands_once) {
    const auto chain = chain_through(*node_, wallet_, kMiner).value();
    auto poor = chain->sign(MinerChain::Sender::worker, kMethodSend, {}, TokenAmount(7)).value();
    poor.message.gas_fee_cap = TokenAmount(1'000);  // far below a new network's base fee
    poor.message.gas_premium = TokenAmount(1'000);
    poor.signature = wallet_.sign(poor.message.from, poor.message.cid().bytes()).value();
    ASSERT_TRUE(chain->publish(poor));
    mine();
    mine();
    EXPECT_EQ(chain->fate(poor).value().kind, MessageFate::Kind::waiting);
    const auto fee_of = [&](std::int64_t cap) { return TokenAmount(cap) * BigInt(poor.message.gas_limit); };
    EXPECT_EQ(raise_bid_through(*node_, wallet_, poor, fee_of(1'100)).error().code(), Errc::out_of_range);
    ASSERT_TRUE(raise_bid_through(*node_, wallet_, poor, fee_of(1'101))) << "not Lotus' step, but enough for a pool";
    EXPECT_EQ(node_->pending().value().front().message.message.gas_premium, TokenAmount(1'101));
    ASSERT_TRUE(raise_bid_through(*node_, wallet_, poor, nano_fil(10))) << "a small bound";
    EXPECT_TRUE(chain->publish(poor)) << "the old one may be published again";
    const auto bid = node_->pending().value().front().message;
    EXPECT_EQ(bid.message.nonce, poor.message.nonce);
    EXPECT_LE(bid.message.gas_fee_cap * BigInt(bid.message.gas_limit), nano_fil(10));
    EXPECT_GE(bid.message.gas_premium, TokenAmount(1'101 * 5 / 4 + 1));
    ASSERT_TRUE(chain->raise_bid(poor));
    ASSERT_EQ(node_->pending().value().size(), 1U);
    for (int i = 0; i < 5 && chain->fate(poor).value().kind == MessageFate::Kind::waiting; ++i) mine();
    const auto fate = chain->fate(poor).value();
    EXPECT_EQ(fate.kind, MessageFate::Kind::landed) << "the fate of the call";
    EXPECT_EQ(fate.receipt.exit_code, 0U);
    EXPECT_TRUE(chain->raise_bid(poor)) << "what has landed is not sent again";
    EXPECT_TRUE(node_->pool().empty());
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
