// Protects the checks of a deal that read the chain: its parties' IDs and the least collateral. Source: answers of
// Lotus 1.36.2 about the head of a recorded chain (tests/vectors/lotus-devnet/long/api_samples.json).
#include <strata/market/deal_checks.hpp>

#include <gtest/gtest.h>

#include <strata/actors/market/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/chain/test_recorded_node.hpp>

namespace strata::market {
namespace {

class DealChecksOnChain : public ::testing::Test {
  protected:
    static chain::testing::RecordedNode& lotus() {
        static chain::testing::RecordedNode chain("long");
        return chain;
    }
    vm::StateTree state = vm::StateTree::load(lotus().blocks, lotus().head->parent_state_root()).value();
    actors::read::Market market = actors::read::Market::load(state).value();
};

TEST_F(DealChecksOnChain, a_proposal_is_kept_with_ids) {
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
TEST_F(DealChecksOnChain, the_least_collateral_is_below_what_lotus_recommends) {
    const auto bounds = lotus().sample("StateDealProviderCollateralBounds");
    const auto recommended = TokenAmount::parse(bounds["Min"].get<std::string>()).value();
    const auto least = least_collateral_on(state, lotus().network, lotus().head->height(), 2048);
    ASSERT_TRUE(least) << least.error().message();
    EXPECT_EQ(div_floor(*least * BigInt(110), 100), recommended);
}

}  // namespace
}  // namespace strata::market
