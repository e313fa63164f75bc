// Protects what a provider reads of its miner: sectors, deadlines, money and prices. Source: answers of Lotus 1.36.2
// about the heads of two recorded chains (tests/vectors/lotus-devnet/*/api_samples.json), with our readers on the same
// states.
#include <strata/provider/miner_on_chain.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_recorded_chain.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata::provider {
namespace {

using chain::testing::RecordedChain;
using nlohmann::json;

constexpr ActorId kMiner = 1000;

class MinerOnChainTest : public ::testing::TestWithParam<const char*> {
  protected:
    static RecordedChain& lotus() {
        static std::map<std::string, std::unique_ptr<RecordedChain>> loaded;
        auto& one = loaded[GetParam()];
        if (!one) one = std::make_unique<RecordedChain>(GetParam());
        return *one;
    }
    // The API answers about a tipset from the state that its blocks name.
    vm::StateTree state = vm::StateTree::load(lotus().blocks, lotus().head->parent_state_root()).value();
    MinerOnChain miner = MinerOnChain::load(state, kMiner).value();
};

/// The numbers of a bit field that Go printed: lengths of runs, the first one of zeros.
BitField field_of(const json& runs) {
    BitField out;
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto length = runs[i].get<std::uint64_t>();
        for (std::uint64_t n = at; i % 2 == 1 && n < at + length; ++n) out.set(n);
        at += length;
    }
    return out;
}

TEST_P(MinerOnChainTest, sectors_are_those_of_lotus) {
    int compared = 0;
    for (const auto& sample : lotus().samples) {
        if (sample["method"] != "StateSectorGetInfo") continue;
        const auto found = miner.sector(sample["params"][1].get<SectorNumber>());
        ASSERT_TRUE(found) << found.error().message();
        const auto& expected = sample["result"];
        ASSERT_EQ(found->has_value(), !expected.is_null()) << sample["params"];
        ++compared;
        if (expected.is_null()) continue;
        EXPECT_EQ((*found)->sealed_cid.to_string(), expected["SealedCID"]["/"].get<std::string>());
        EXPECT_EQ(static_cast<int>((*found)->proof), expected["SealProof"]);
        EXPECT_EQ((*found)->activation, expected["Activation"].get<ChainEpoch>());
        EXPECT_EQ((*found)->expiration, expected["Expiration"].get<ChainEpoch>());
    }
    EXPECT_EQ(compared, 5);
}

TEST_P(MinerOnChainTest, deadlines_and_partitions_are_those_of_lotus) {
    const auto view = miner.proving();
    ASSERT_TRUE(view) << view.error().message();
    const auto deadlines = lotus().sample("StateMinerDeadlines");
    ASSERT_EQ(view->deadlines.size(), deadlines.size());
    for (std::size_t d = 0; d < deadlines.size(); ++d)
        EXPECT_EQ(view->deadlines[d].posted, field_of(deadlines[d]["PostSubmissions"])) << d;
    // A period may have passed since cron moved the start, so they differ by whole periods.
    const auto start = lotus().sample("StateMinerProvingDeadline")["PeriodStart"].get<ChainEpoch>();
    EXPECT_EQ((view->period_start - start) % 2880, 0);
    int partitions = 0;
    for (const auto& sample : lotus().samples) {
        if (sample["method"] != "StateMinerPartitions") continue;
        const auto& ours = view->deadlines.at(sample["params"][1].get<std::size_t>()).partitions;
        ASSERT_EQ(ours.size(), sample["result"].size());
        for (std::size_t p = 0; p < ours.size(); ++p, ++partitions) {
            EXPECT_EQ(ours[p].live, field_of(sample["result"][p]["LiveSectors"]));
            EXPECT_EQ(ours[p].faults, field_of(sample["result"][p]["FaultySectors"]));
            EXPECT_EQ(ours[p].recoveries, field_of(sample["result"][p]["RecoveringSectors"]));
        }
    }
    EXPECT_GE(partitions, 2);
}

// StateReadState prints the miner's state with its balance.
TEST_P(MinerOnChainTest, money_is_what_lotus_reads) {
    const auto read = lotus().sample("StateReadState", json::array({"t01000"}));
    const auto amount = [&](const char* field) {
        return TokenAmount::parse(read["State"][field].get<std::string>()).value();
    };
    const auto money = miner.money();
    EXPECT_EQ(money.balance, TokenAmount::parse(read["Balance"].get<std::string>()).value());
    EXPECT_EQ(money.vesting, amount("LockedFunds"));
    EXPECT_EQ(money.pre_commit_deposits, amount("PreCommitDeposits"));
    EXPECT_EQ(money.initial_pledge, amount("InitialPledge"));
    EXPECT_EQ(money.fee_debt, amount("FeeDebt"));
    // Lotus also counts rewards whose time has come but which no message has unlocked yet as available.
    const auto available = lotus().sample("StateMinerAvailableBalance").get<std::string>();
    EXPECT_LE(money.available, TokenAmount::parse(available).value());
    EXPECT_LE(TokenAmount::parse(available).value(), money.available + money.vesting);
}

TEST_P(MinerOnChainTest, numbers_of_sectors_are_never_free_again) {
    const auto allocated = miner.allocated_numbers();
    ASSERT_TRUE(allocated);
    for (const auto& sample : lotus().samples)
        if (sample["method"] == "StateMinerSectorAllocated")
            EXPECT_EQ(allocated->contains(sample["params"][1].get<SectorNumber>()), sample["result"].get<bool>())
                << sample["params"];
}

// Lotus adds a tenth to the pledge, since it may rise until the message lands (StateMinerInitialPledgeForSector).
TEST_P(MinerOnChainTest, the_pledge_is_what_lotus_asks_for) {
    for (const auto& sample : lotus().samples) {
        if (sample["method"] != "StateMinerInitialPledgeForSector") continue;
        const auto& params = sample["params"];
        const auto pledge = initial_pledge_on(state, lotus().network, lotus().head->height(),
                                              static_cast<SectorSize>(params[1].get<std::uint64_t>()),
                                              params[2].get<std::uint64_t>(), params[0].get<ChainEpoch>());
        ASSERT_TRUE(pledge) << pledge.error().message();
        EXPECT_EQ(div_floor(*pledge * BigInt(110), 100).to_string(), sample["result"].get<std::string>());
    }
}

TEST_P(MinerOnChainTest, what_is_not_there_and_what_cannot_be_read_are_told_apart) {
    EXPECT_EQ(MinerOnChain::load(state, 999'999).error().code(), Errc::not_found);
    EXPECT_FALSE(MinerOnChain::load(state, 1)) << "the init actor is not a miner";
    EXPECT_FALSE(*miner.pre_commit(0)) << "a proven sector has no pre-commitment";
    for (std::size_t n = 0; n < 1000; ++n) {
        strata::testing::FailingBlockstore blocks(lotus().blocks);
        blocks.fail_read(n, Errc::missing_block);
        auto tree = vm::StateTree::load(blocks, lotus().head->parent_state_root());
        if (!tree) continue;
        const auto loaded = MinerOnChain::load(*tree, kMiner);
        const auto proving = loaded ? loaded->proving() : Result<ProvingView>(loaded.error());
        if (!blocks.failed()) return;
        ASSERT_FALSE(proving) << "read " << n;
        EXPECT_EQ(proving.error().code(), Errc::missing_block);
    }
    FAIL() << "a miner of three sectors is read in fewer than a thousand reads";
}

INSTANTIATE_TEST_SUITE_P(Lotus, MinerOnChainTest, ::testing::Values("real", "long"),
                         [](const auto& one) { return std::string(one.param) == "real" ? "real" : "long_one"; });

}  // namespace
}  // namespace strata::provider
