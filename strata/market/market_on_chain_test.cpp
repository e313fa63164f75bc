// Protects what the market reads of the chain: escrow, deals, and the least collateral. Source: answers of Lotus 1.36.2
// about the head of a recorded chain (tests/vectors/lotus-devnet/long/api_samples.json).
#include <strata/market/market_on_chain.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_recorded_chain.hpp>

namespace strata::market {
namespace {

class MarketOnChainTest : public ::testing::Test {
  protected:
    static chain::testing::RecordedChain& lotus() {
        static chain::testing::RecordedChain chain("long");
        return chain;
    }
    vm::StateTree state = vm::StateTree::load(lotus().blocks, lotus().head->parent_state_root()).value();
    MarketOnChain market = MarketOnChain::load(state).value();
};

TEST_F(MarketOnChainTest, free_escrow_is_what_lotus_shows_less_what_is_locked) {
    int compared = 0;
    for (const auto& sample : lotus().samples) {
        if (sample["method"] != "StateMarketBalance") continue;
        const auto who = Address::parse(sample["params"][0].get<std::string>()).value();
        const auto id = state.resolve(who).value().value();
        const auto amount = [&](const char* field) {
            return TokenAmount::parse(sample["result"][field].get<std::string>()).value();
        };
        EXPECT_EQ(*market.free_escrow(id), amount("Escrow") - amount("Locked"));
        ++compared;
    }
    EXPECT_EQ(compared, 2);
    EXPECT_EQ(*market.free_escrow(1), TokenAmount(0)) << "a stranger to the market";
}

TEST_F(MarketOnChainTest, deals_are_those_of_lotus) {
    const auto all = lotus().sample("StateMarketDeals");
    for (const auto& [id, expected] : all.items()) {
        const auto deal = market.deal(std::stoull(id));
        ASSERT_TRUE(deal && *deal) << id;
        const auto& proposal = (*deal)->proposal;
        EXPECT_EQ(proposal.piece_cid.to_string(), expected["Proposal"]["PieceCID"]["/"].get<std::string>());
        EXPECT_EQ(proposal.client.to_string('t'), expected["Proposal"]["Client"].get<std::string>());
        EXPECT_EQ(proposal.end_epoch, expected["Proposal"]["EndEpoch"].get<ChainEpoch>());
        EXPECT_EQ(proposal.storage_price_per_epoch.to_string(),
                  expected["Proposal"]["StoragePricePerEpoch"].get<std::string>());
        EXPECT_EQ((*deal)->state.sector_start_epoch, expected["State"]["SectorStartEpoch"].get<ChainEpoch>());
        // A deal is pending until a sector has it.
        const bool waits = expected["State"]["SectorStartEpoch"] == -1;
        EXPECT_EQ(*market.is_pending(proposal), waits) << id;
        EXPECT_EQ(*market.find_pending(proposal), waits ? std::optional<DealId>(std::stoull(id)) : std::nullopt);
    }
    EXPECT_FALSE(*market.deal(all.size()));
    auto changed = market.deal(2).value()->proposal;
    ++changed.end_epoch;
    EXPECT_FALSE(*market.is_pending(changed));
    EXPECT_FALSE(*market.find_pending(changed));
}

TEST_F(MarketOnChainTest, a_proposal_is_kept_with_ids) {
    auto proposal = market.deal(2).value()->proposal;
    const auto with_id = proposal;
    for (const auto& sample : lotus().samples)
        if (sample["method"] == "StateMarketBalance" && sample["params"][0].get<std::string>().starts_with("t1"))
            proposal.client = Address::parse(sample["params"][0].get<std::string>()).value();
    ASSERT_FALSE(proposal.client.as_id());
    EXPECT_EQ(with_ids(state, proposal, 't')->client, with_id.client) << "the client of deal 2";
    proposal.client = Address::parse("t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa").value();
    const auto nobody = with_ids(state, proposal, 't');
    EXPECT_EQ(nobody.error().code(), Errc::not_found);
    EXPECT_NE(nobody.error().message().find("t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa"), std::string::npos);
}

// Lotus recommends a tenth more than the least collateral (StateDealProviderCollateralBounds).
TEST_F(MarketOnChainTest, the_least_collateral_is_below_what_lotus_recommends) {
    const auto bounds = lotus().sample("StateDealProviderCollateralBounds");
    const auto recommended = TokenAmount::parse(bounds["Min"].get<std::string>()).value();
    const auto least = least_collateral_on(state, lotus().network, lotus().head->height(), 2048);
    ASSERT_TRUE(least) << least.error().message();
    EXPECT_EQ(div_floor(*least * BigInt(110), 100), recommended);
}

}  // namespace
}  // namespace strata::market
