// Cases and numbers: builtin-actors v18 actors/reward/tests/reward_actor_test.rs, src/logic.rs and testdata/*.golden,
// which the Go actors share.
#include <strata/actors/methods.hpp>

#include <strata/actors/reward/state.hpp>
#include <strata/actors/test_runtime.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::reward {
namespace {

constexpr ActorId kWinner = 1000;
constexpr MethodNumber kApplyRewards = 14;  // a method of miners

struct ApplyRewards {
    TokenAmount reward;
    TokenAmount penalty;
    STRATA_CBOR_TUPLE(reward, penalty);
};

const BigInt& initial_baseline() {
    static const BigInt value = BigInt::constant("2888888880000000000");
    return value;
}

class RewardTest : public actors::testing::ActorTest {
  protected:
    RewardTest() : ActorTest(ActorType::reward, methods(), kRewardId) {
        world_.add(kWinner, ActorType::miner, 0);
        construct(0);
    }
    void construct(const BigInt& power) { ASSERT_TRUE(ok(call(kSystemId, 1, power))); }
    vm::CallResult award(std::int64_t penalty, std::int64_t gas_reward, std::int64_t wins, ActorId miner = kWinner) {
        return call(kSystemId, kAwardBlockReward,
                    AwardBlockRewardParams{Address::id(miner), penalty, gas_reward, wins});
    }
    void reward_of_this_epoch_is(std::int64_t amount) {
        auto now = state<State>();
        now.this_epoch_reward = amount;
        set_state(now);
    }
};

TEST_F(RewardTest, GenesisWithoutPower) {
    const auto genesis = state<State>();
    EXPECT_EQ(genesis.epoch, 0);
    EXPECT_TRUE(genesis.cumsum_realized.is_zero());
    EXPECT_EQ(genesis.this_epoch_reward.to_string(), "36266264293777134739");
    EXPECT_EQ(genesis.this_epoch_baseline_power, initial_baseline() - 1);
    EXPECT_EQ(genesis.effective_baseline_power, initial_baseline());
    EXPECT_EQ(genesis.simple_total, fil(330'000'000));
    EXPECT_EQ(genesis.baseline_total, fil(770'000'000));
}

TEST_F(RewardTest, GenesisPowerCountsUpToTheBaseline) {
    construct(BigInt::pow2(39));
    EXPECT_EQ(state<State>().cumsum_realized, BigInt::pow2(39));
    construct(initial_baseline());
    const auto at_baseline = state<State>().this_epoch_reward;
    construct(initial_baseline() * 2);
    EXPECT_EQ(state<State>().this_epoch_reward, at_baseline);
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kWinner, 1, BigInt(0))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, raw_call(kSystemId, 1, Bytes{0xf6}, 0)));
}

TEST_F(RewardTest, AwardRefusals) {
    set_balance(kRewardId, 9);
    EXPECT_TRUE(exits(ExitCode::illegal_state, award(0, 10, 1)));
    set_balance(kRewardId, fil(1));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, award(-1, 0, 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, award(0, -1, 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, award(0, 0, 0)));
    const AwardBlockRewardParams own{Address::id(kWinner), 0, 0, 1};
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kWinner, kAwardBlockReward, own)));
    const AwardBlockRewardParams nobody{Address::bls(Bytes(48, 9)), 0, 0, 1};
    EXPECT_TRUE(exits(ExitCode::not_found, call(kSystemId, kAwardBlockReward, nobody)));
}

TEST_F(RewardTest, AMinerGetsAFifthOfTheRewardAndThreePenalties) {
    set_balance(kRewardId, fil(1'000'000'000));
    ASSERT_TRUE(ok(award(100, 200, 1)));
    const auto told = sent_to(kWinner, kApplyRewards);
    ASSERT_EQ(told.size(), 1U);
    const BigInt expected =
        BigInt::constant("7253252858755426947") + 200;  // a fifth of the reward of epoch 0, and the gas reward
    EXPECT_EQ(told[0].value, expected);
    EXPECT_EQ(told[0].as<ApplyRewards>().reward, expected);
    EXPECT_EQ(told[0].as<ApplyRewards>().penalty, TokenAmount(300));
    EXPECT_EQ(balance_of(kWinner), expected);
}

TEST_F(RewardTest, NoMoreIsPaidThanTheActorHolds) {
    set_balance(kRewardId, 300);
    ASSERT_TRUE(ok(award(100, 0, 1)));
    EXPECT_EQ(sent_to(kWinner, kApplyRewards).at(0).value, TokenAmount(300));
    EXPECT_EQ(state<State>().total_storage_power_reward, TokenAmount(300));
}

TEST_F(RewardTest, RewardsAddUp) {
    reward_of_this_epoch_is(5000);
    set_balance(kRewardId, 3500);
    for (const std::int64_t paid : {1000, 1000, 1000, 500}) {
        ASSERT_TRUE(ok(award(0, 0, 1)));
        EXPECT_EQ(sent_to(kWinner, kApplyRewards).at(0).value, TokenAmount(paid));
    }
    EXPECT_EQ(state<State>().total_storage_power_reward, TokenAmount(3500));
}

TEST_F(RewardTest, ARewardThatAMinerCannotTakeIsBurnt) {
    reward_of_this_epoch_is(5000);
    set_balance(kRewardId, 3500);
    answer(kWinner, kApplyRewards, ExitCode::forbidden);
    ASSERT_TRUE(ok(award(0, 0, 1)));
    EXPECT_EQ(balance_of(kWinner), TokenAmount(0));
    EXPECT_EQ(balance_of(kBurntFundsId), TokenAmount(1000));
    EXPECT_EQ(balance(), TokenAmount(2500));
}

TEST_F(RewardTest, OthersReadTheEstimate) {
    const auto read = returned<ThisEpochRewardReturn>(call(kWinner, kThisEpochReward));
    EXPECT_EQ(read.this_epoch_baseline_power, state<State>().this_epoch_baseline_power);
    // INIT_ESTIMATE in actors/reward/src/state.rs.
    EXPECT_EQ(read.this_epoch_reward_smoothed.estimate().to_string(), "36266260308195979333");
}

TEST_F(RewardTest, PowerReportsMoveTheEpoch) {
    const BigInt power = BigInt::pow2(50);
    construct(power);
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kSystemId, kUpdateNetworkKpi, power)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, raw_call(kPowerId, kUpdateNetworkKpi, Bytes{0xf6}, 0)));
    for (const ChainEpoch epoch : {1, 2, 3}) {
        at(epoch);
        ASSERT_TRUE(ok(call(kPowerId, kUpdateNetworkKpi, power)));
        EXPECT_EQ(state<State>().epoch, epoch + 1);
        EXPECT_EQ(state<State>().cumsum_realized, power * (epoch + 2));
    }
    at(9);  // after null rounds
    ASSERT_TRUE(ok(call(kPowerId, kUpdateNetworkKpi, power)));
    EXPECT_EQ(state<State>().epoch, 10);
}

// Without realized power there is only the simple reward (testdata/TestSimpleReward.golden).
TEST(RewardState, SimpleReward) {
    const std::pair<ChainEpoch, const char*> golden[] = {
        {0, "36266264293777134739"},       {5'000, "36246341860983438171"},     {10'000, "36226430372336764970"},
        {490'000, "34364980812279232031"}, {2'555'000, "27387841182142501307"},
    };
    for (const auto& [epoch, reward] : golden) {
        auto state = State::at_genesis(0);
        state.epoch = epoch - 1;
        state.next_epoch_with_reward(0, state.simple_total, state.baseline_total);
        EXPECT_EQ(state.this_epoch_reward.to_string(), reward) << epoch;
    }
}

// The baseline doubles in 365 days, with an error below 10^-8 (src/logic.rs, test_baseline_reward_growth).
TEST(RewardState, TheBaselineDoublesInAYear) {
    auto state = State::at_genesis(0);
    state.this_epoch_baseline_power = initial_baseline();
    for (ChainEpoch epoch = 0; epoch < 365 * kEpochsInDay; ++epoch) state.next_epoch(0);
    const BigInt expected = initial_baseline() * 2;
    BigInt off = expected - state.this_epoch_baseline_power;
    if (off.is_negative()) off = -off;
    EXPECT_LT(off * 100'000'000, expected);
}

}  // namespace
}  // namespace strata::actors::reward
