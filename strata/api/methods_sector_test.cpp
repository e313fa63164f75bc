// Protects the API's view of a miner's sectors: which there are, where they are proven and when they end. Sources:
// answers of Lotus 1.36.2 over two recorded chains; lotus node/impl/full/state.go; lotus api/v0api/v1_wrapper.go.
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using testing::kRecorded;
using testing::recorded;

constexpr const char* kMiner = "t01000";

TEST(ApiSector, answers_are_those_of_lotus) {
    testing::expect_answers_of_lotus({"StateMinerFaults", "StateMinerRecoveries", "StateMinerSectors",
                                      "StateMinerActiveSectors", "StateMinerSectorCount", "StateSectorGetInfo",
                                      "StateSectorPartition", "StateSectorExpiration"});
}

// A filter is a bit field: run lengths, the first one of zeros (go-bitfield, MarshalJSON).
TEST(ApiSector, a_filter_leaves_the_sectors_that_it_names) {
    for (const auto& name : kRecorded) {
        auto& chain = recorded(name);
        const auto numbers = [&](const Json& filter) {
            std::vector<int> out;
            for (const auto& sector : chain.api.result("StateMinerSectors", {kMiner, filter, chain.head()}))
                out.push_back(sector["SectorNumber"].get<int>());
            return out;
        };
        std::vector<int> all;
        for (const auto& sector : chain.lotus.sample("StateMinerSectors"))
            all.push_back(sector["SectorNumber"].get<int>());
        EXPECT_EQ(numbers(nullptr), all);
        EXPECT_EQ(numbers({0, 2}), (std::vector{0, 1}));
        EXPECT_EQ(numbers({2, 1}), std::vector{2});
        EXPECT_EQ(numbers({0, 1, 1, 1}), (std::vector{0, 2}));
        EXPECT_EQ(numbers(Json::array({0})), std::vector<int>());
        // As Lotus 1.36.2 answered (tests/interop/lotus_answers.py).
        EXPECT_EQ(chain.api.error("StateMinerSectors", {kMiner, {100, 5}, chain.head()}), "can't find sector 100");
        EXPECT_NE(chain.api.code("StateMinerSectors", {kMiner, {0, -1}, chain.head()}), 0);
        EXPECT_NE(chain.api.code("StateMinerSectors", {kMiner, "all", chain.head()}), 0);
    }
}

// For a sector without a pre-commitment /rpc/v1 has null, and /rpc/v0 an error.
TEST(ApiSector, a_pre_commitment_that_is_not_there) {
    auto& chain = recorded("real");
    EXPECT_EQ(chain.api.result("StateSectorPreCommitInfo", {kMiner, 0, chain.head()}), Json());
    EXPECT_EQ(chain.api.error("StateSectorPreCommitInfo", {kMiner, 0, chain.head()}, "/rpc/v0"),
              "precommit info does not exist");
}

// While a sector waits for its seed the chain has its pre-commitment. The recorded chains name it in the sector that it
// became: the same sealed CID, proof and expiration.
TEST(ApiSector, a_pre_commitment_names_the_sector_that_it_becomes) {
    auto& chain = recorded("real");
    const auto sector = chain.lotus.sample("StateSectorGetInfo", {kMiner, 2});
    const auto activation = sector["Activation"].get<ChainEpoch>();
    Json found;
    for (ChainEpoch epoch = 1; epoch <= activation && found.is_null(); ++epoch) {
        const auto tipset = chain.lotus.node->tipset_at(epoch, chain.lotus.head, chain::NullRound::next);
        ASSERT_TRUE(tipset);
        Json key = Json::array();
        for (const auto& cid : (*tipset)->cids()) key.push_back({{"/", cid.to_string()}});
        found = chain.api.result("StateSectorPreCommitInfo", {kMiner, 2, key});
    }
    ASSERT_FALSE(found.is_null());
    for (const char* field : {"SealProof", "SectorNumber", "SealedCID", "Expiration"})
        EXPECT_EQ(found["Info"][field], Json::parse(sector[field].dump())) << field;
    EXPECT_LT(found["PreCommitEpoch"].get<ChainEpoch>(), activation);
    EXPECT_EQ(found["Info"]["DealIDs"], Json()) << "Go prints an empty list of deals as null";
}

TEST(ApiSector, sectors_and_miners_that_are_not_there) {
    auto& chain = recorded("real");
    EXPECT_EQ(chain.api.error("StateSectorPartition", {kMiner, 77, chain.head()}), "sector 77 not due at any deadline");
    EXPECT_EQ(chain.api.error("StateSectorExpiration", {kMiner, 77, chain.head()}), "failed to find sector 77");
    for (const char* method : {"StateMinerFaults", "StateMinerRecoveries", "StateMinerSectorCount"}) {
        EXPECT_EQ(chain.api.code(method, {"t0999999", chain.head()}), 1) << method;
        EXPECT_EQ(chain.api.code(method, {"t01", chain.head()}), 1) << method << ": the init actor is not a miner";
    }
}

}  // namespace
}  // namespace strata::api
