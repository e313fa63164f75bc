#include <strata/actors/read/power.hpp>

#include <strata/actors/policy.hpp>
#include <strata/actors/read/costs.hpp>
#include <strata/actors/read/reward.hpp>
#include <strata/actors/read/test_recorded.hpp>

namespace strata::actors::read {
namespace {

class ReadPower : public testing::Recorded {};

TEST_F(ReadPower, SumsAndClaims) {
    const auto power = Power::load(tree_).value();
    EXPECT_EQ(power.raw(), BigInt(4096));
    EXPECT_EQ(power.quality_adjusted(), BigInt(40960));
    EXPECT_EQ(power.raw_this_epoch(), BigInt(4096));
    EXPECT_EQ(power.pledge(), amount("38245395306852858614581"));
    const auto claim = power.claim(Address::id(1000)).value();
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->raw, BigInt(4096));
    EXPECT_EQ(claim->quality_adjusted, BigInt(40960));
    EXPECT_TRUE(power.meets_minimum(devnet_policy(), *claim));
    EXPECT_FALSE(power.claim(Address::id(1002)).value());
    std::vector<Address> miners;
    EXPECT_TRUE(power.for_each_claim([&](const Address& miner, const MinerPower&) -> Status {
        miners.push_back(miner);
        return {};
    }));
    EXPECT_EQ(miners, (std::vector{Address::id(1015), Address::id(1000)})) << "the order of the map";
}

TEST_F(ReadPower, Reward) {
    const auto reward = load_reward(tree_).value();
    EXPECT_EQ(reward.mined, amount("50993679930450062419057"));
    EXPECT_EQ(reward.baseline_power, amount("2891556963731064595"));
}

// Lotus adds a tenth to the pledge in its answer (StateMinerInitialPledgeForSector: 65565108224).
TEST_F(ReadPower, PledgeOfASectorWithoutData) {
    const auto pledge = initial_pledge(tree_, kEpoch, BigInt(2048), amount("561011160977068290077285691")).value();
    EXPECT_EQ(div_floor(pledge * BigInt(110), 100), amount("65565108224"));
}

TEST_F(ReadPower, WithoutActorsThereIsNothing) {
    MemoryBlockstore none;
    vm::StateTree tree(none);
    EXPECT_EQ(Power::load(tree).error().code(), Errc::not_found);
    EXPECT_EQ(load_reward(tree).error().code(), Errc::not_found);
    EXPECT_EQ(pre_commit_deposit(tree, SectorSize::size_2KiB).error().code(), Errc::not_found);
}

}  // namespace
}  // namespace strata::actors::read
