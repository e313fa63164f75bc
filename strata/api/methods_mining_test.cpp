// Protects what a miner asks before it makes a block, and the price of joining. A wrong answer costs blocks or leaves a
// message without funds. Sources: answers of Lotus 1.36.2 over two recorded chains; lotus node/impl/full/state.go
// (StateMinerInitialPledgeForSector), chain/stmgr/actors.go (MinerGetBaseInfo).
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using testing::kRecorded;
using testing::recorded;

TEST(ApiMining, answers_are_those_of_lotus) {
    testing::expect_answers_of_lotus(
        {"MinerGetBaseInfo", "StateGetBeaconEntry", "StateMinerInitialPledgeForSector", "StateMinerCreationDeposit"});
}

TEST(ApiMining, the_first_api_has_the_beacon_under_its_old_name) {
    auto& chain = recorded("real");
    for (const auto& sample : chain.lotus.samples) {
        if (sample["method"] != "StateGetBeaconEntry") continue;
        EXPECT_EQ(chain.api.result("BeaconGetEntry", Json::parse(sample["params"].dump()), "/rpc/v0"),
                  Json::parse(sample["result"].dump()));
    }
}

TEST(ApiMining, a_pledge_needs_a_sector_that_can_be) {
    auto& chain = recorded("real");
    const auto ask = [&](const Json& duration, const Json& size, const Json& verified) {
        return chain.api.error("StateMinerInitialPledgeForSector", {duration, size, verified, chain.head()});
    };
    // Lotus refuses the same values (node/impl/full/state.go).
    EXPECT_EQ(ask(0, 2048, 0), "the sector's duration is 0 epochs, expected at least 1");
    EXPECT_EQ(ask(-5, 2048, 0), "the sector's duration is -5 epochs, expected at least 1");
    EXPECT_EQ(ask(518400, 0, 0), "the sector's size is 0, expected at least 1 byte");
    EXPECT_EQ(ask(518400, 2048, 2049), "the verified deals have 2049 bytes, expected at most 2048, the sector's size");
}

// Verified data has ten times the quality (FIP-0003), and in so small a network the pledge is the sum of a
// consensus pledge and a storage pledge, which both grow with quality.
TEST(ApiMining, verified_data_raises_the_pledge) {
    auto& chain = recorded("real");
    const auto pledge = [&](std::uint64_t verified) {
        return std::stoull(chain.api.result("StateMinerInitialPledgeForSector", {518400, 2048, verified, chain.head()})
                               .get<std::string>());
    };
    EXPECT_LT(pledge(0), pledge(1024));
    EXPECT_LT(pledge(1024), pledge(2048));
}

TEST(ApiMining, a_block_lies_above_its_base_and_not_too_far) {
    for (const auto& name : kRecorded) {
        auto& chain = recorded(name);
        const auto head = chain.lotus.head->height();
        for (const ChainEpoch epoch :
             {ChainEpoch{-1}, ChainEpoch{0}, head - 1, head, head + 901, ChainEpoch{INT64_MAX}})
            EXPECT_EQ(chain.api.code("MinerGetBaseInfo", {"t01000", epoch, chain.head()}), 1) << epoch;
        EXPECT_EQ(chain.api.code("MinerGetBaseInfo", {"t01", head + 1, chain.head()}), 1) << "this is not a miner";
    }
}

}  // namespace
}  // namespace strata::api
