// Protects the API's view of the storage market: balances, deals and the collateral bounds by which clients make
// proposals. Sources: answers of Lotus 1.36.2 over two recorded chains; lotus chain/stmgr/actors.go (GetStorageDeal).
#include <gmock/gmock.h>

#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using testing::kRecorded;
using testing::recorded;
using ::testing::StartsWith;

TEST(ApiMarket, answers_are_those_of_lotus) {
    testing::expect_answers_of_lotus(
        {"StateMarketBalance", "StateMarketParticipants", "StateMarketDeals", "StateDealProviderCollateralBounds"});
}

TEST(ApiMarket, one_deal_is_printed_as_in_the_list_of_all) {
    for (const auto& name : kRecorded) {
        auto& chain = recorded(name);
        const auto all = chain.lotus.sample("StateMarketDeals");
        ASSERT_GE(all.size(), 2U);
        for (const auto& [id, deal] : all.items())
            EXPECT_EQ(chain.api.result("StateMarketStorageDeal", {std::stoull(id), chain.head()}),
                      Json::parse(deal.dump()));
    }
}

TEST(ApiMarket, a_deal_that_is_not_there_is_an_error_in_lotus_words) {
    auto& chain = recorded("real");
    for (const std::uint64_t id : {std::uint64_t{99}, std::uint64_t{INT64_MAX}})
        EXPECT_THAT(chain.api.error("StateMarketStorageDeal", {id, chain.head()}),
                    StartsWith("deal " + std::to_string(id) + " not found - deal may not have completed sealing"));
    EXPECT_NE(chain.api.code("StateMarketStorageDeal", {-1, chain.head()}), 0);
}

// An actor that never used the market has an escrow of 0; an address without an actor is an error (the market state's
// table answers 0 for what is not in it: go-state-types builtin/v18/market, BalanceTable.Get).
TEST(ApiMarket, balances_of_strangers_are_zero_and_of_nobody_an_error) {
    auto& chain = recorded("real");
    EXPECT_EQ(chain.api.result("StateMarketBalance", {"t01", chain.head()}), (Json{{"Escrow", "0"}, {"Locked", "0"}}));
    EXPECT_EQ(chain.api.code("StateMarketBalance", {"t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa", chain.head()}), 1);
}

}  // namespace
}  // namespace strata::api
