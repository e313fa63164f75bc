// Cases, codes and numbers: builtin-actors v18 actors/power/tests/power_actor_tests.rs.
#include <strata/actors/methods.hpp>

#include <strata/actors/init/types.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::power {
namespace {

constexpr ActorId kOwner = 103;
constexpr ActorId kMiner1 = 111;
constexpr ActorId kMiner2 = 112;
constexpr ActorId kMiner3 = 113;
constexpr ActorId kMiner4 = 114;
constexpr ActorId kMiner5 = 115;
constexpr ActorId kUnknownMiner = 116;
constexpr MethodNumber kOnDeferredCronEvent = 12;  // a method of miners
constexpr RegisteredPoStProof kWindow32GiB{13};

class PowerTest : public actors::testing::ActorTest {
  protected:
    PowerTest() : ActorTest(ActorType::power, methods(), kPowerId) {
        world_.add(kOwner, ActorType::account, fil(10));
        for (const ActorId id : {kMiner1, kMiner2, kMiner3, kMiner4, kMiner5, kUnknownMiner})
            world_.add(id, ActorType::miner, 0);
        answer_with(kRewardId, reward::kThisEpochReward,
                    reward::ThisEpochRewardReturn{FilterEstimate::of(7, 0), BigInt(1)});
        at(0);
        EXPECT_TRUE(ok(call(kSystemId, 1)));
    }
    vm::CallResult create(ActorId miner, RegisteredPoStProof proof = kWindow32GiB, const TokenAmount& value = 0) {
        answer_with(kInitId, init::kExec, init::ExecReturn{Address::id(miner), Address::actor(Bytes{1})});
        return call(kOwner, kCreateMiner,
                    CreateMinerParams{Address::id(kOwner), Address::id(kOwner), proof, {1, 2}, {{3}}}, value);
    }
    void create_all(std::initializer_list<ActorId> miners) {
        for (const ActorId id : miners) ASSERT_TRUE(ok(create(id)));
    }
    vm::CallResult update(ActorId miner, const BigInt& raw, const BigInt& quality_adjusted) {
        return call(miner, kUpdateClaimedPower, UpdateClaimedPowerParams{raw, quality_adjusted});
    }
    vm::CallResult enroll(ActorId miner, ChainEpoch epoch, const Bytes& payload = {}) {
        return call(miner, kEnrollCronEvent, EnrollCronEventParams{epoch, payload});
    }
    vm::CallResult tick(ChainEpoch epoch) {
        at(epoch);
        return call(kCronId, kOnEpochTickEnd);
    }
    std::optional<Claim> claim(ActorId miner) {
        return Claims::load(world_.store, state<State>().claims).value().get(Address::id(miner)).value();
    }
    void delete_claim(ActorId miner) {
        auto now = state<State>();
        auto claims = Claims::load(world_.store, now.claims).value();
        EXPECT_TRUE(claims.remove(Address::id(miner)));
        now.claims = claims.flush().value();
        set_state(now);
    }
    void expect_total(const BigInt& raw, const BigInt& quality_adjusted) {
        EXPECT_EQ(state<State>().current_total().raw, raw);
        EXPECT_EQ(state<State>().current_total().quality_adjusted, quality_adjusted);
    }
    std::int64_t above_minimum() { return state<State>().miner_above_min_power_count; }
    /// Returns the payloads of the cron events that the latest message delivered, by miner.
    std::vector<std::pair<ActorId, Bytes>> delivered() {
        std::vector<std::pair<ActorId, Bytes>> out;
        for (const auto& one : sent_)
            if (one.method == kOnDeferredCronEvent)
                out.emplace_back(one.to, one.as<DeferredCronEventParams>().event_payload);
        return out;
    }
    const BigInt unit_ = BigInt::pow2(40) * BigInt(10);  // the consensus minimum: 10 TiB
    const BigInt small_ = 1'000'000;
};

TEST_F(PowerTest, CreatesMinersThroughInit) {
    const auto made = returned<CreateMinerReturn>(create(kMiner1, kWindow32GiB, 10));
    EXPECT_EQ(made.id_address, Address::id(kMiner1));
    const auto exec = sent_to(kInitId, init::kExec);
    ASSERT_EQ(exec.size(), 1U);
    EXPECT_EQ(exec[0].value, TokenAmount(10));
    EXPECT_EQ(exec[0].as<init::ExecParams>().code, world_.manifest.codes.at(ActorType::miner));
    const auto construct = from_cbor<MinerConstructorParams>(exec[0].as<init::ExecParams>().constructor_params).value();
    EXPECT_EQ(construct.owner, Address::id(kOwner));
    EXPECT_TRUE(construct.control_addresses.empty());
    EXPECT_EQ(construct.window_post_proof, kWindow32GiB);
    EXPECT_EQ(construct.multi_addresses, (std::vector<Bytes>{{3}}));
    EXPECT_EQ(state<State>().miner_count, 1);
    EXPECT_EQ(above_minimum(), 0);
    ASSERT_TRUE(claim(kMiner1));
    EXPECT_TRUE(claim(kMiner1)->raw_byte_power.is_zero());
    answer(kInitId, init::kExec, ExitCode::insufficient_funds);
    const CreateMinerParams params{Address::id(kOwner), Address::id(kOwner), kWindow32GiB, {}, {}};
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, call(kOwner, kCreateMiner, params)));
    for (const std::int64_t refused : {-1, 5, 8, 9, 15})  // 5 to 9 are retired
        EXPECT_TRUE(exits(ExitCode::illegal_state, create(kMiner2, RegisteredPoStProof{refused}))) << refused;
    EXPECT_TRUE(ok(create(kMiner2, RegisteredPoStProof{14})));  // 64 GiB
}

TEST_F(PowerTest, OnlyMinersWithAClaimReport) {
    create_all({kMiner1});
    EXPECT_TRUE(exits(ExitCode::forbidden, update(kOwner, 1, 1)));
    EXPECT_TRUE(exits(ExitCode::not_found, update(kUnknownMiner, 1, 1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, enroll(kOwner, 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, enroll(kMiner1, -1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kOwner, kUpdatePledgeTotal, TokenAmount(1))));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kUnknownMiner, kUpdatePledgeTotal, TokenAmount(1))));
    EXPECT_TRUE(exits(ExitCode::illegal_state, call(kMiner1, kUpdatePledgeTotal, TokenAmount(-1))));
    EXPECT_TRUE(exits(ExitCode::illegal_state, update(kMiner1, -1, 0)));
    EXPECT_TRUE(exits(ExitCode::illegal_state, update(kMiner1, 0, -1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kMiner1, kOnEpochTickEnd)));
}

TEST_F(PowerTest, BelowTheThresholdAllPowerCounts) {
    create_all({kMiner1, kMiner2});
    expect_total(0, 0);
    ASSERT_TRUE(ok(update(kMiner1, small_, small_ * 2)));
    expect_total(small_, small_ * 2);
    ASSERT_TRUE(ok(update(kMiner2, small_, small_)));
    ASSERT_TRUE(ok(call(kMiner1, kUpdatePledgeTotal, TokenAmount(1'000'000))));
    expect_total(small_ * 2, small_ * 3);
    EXPECT_EQ(state<State>().total_pledge_collateral, TokenAmount(1'000'000));
    EXPECT_EQ(claim(kMiner1)->quality_adj_power, small_ * 2);
    ASSERT_TRUE(ok(update(kMiner2, -small_, -small_)));
    ASSERT_TRUE(ok(call(kMiner2, kUpdatePledgeTotal, TokenAmount(-100'000))));
    expect_total(small_, small_ * 2);
    EXPECT_EQ(state<State>().total_pledge_collateral, TokenAmount(900'000));
    EXPECT_TRUE(claim(kMiner2)->raw_byte_power.is_zero());
}

TEST_F(PowerTest, WithFourLargeMinersSmallOnesDoNotCount) {
    create_all({kMiner1, kMiner2, kMiner3, kMiner4, kMiner5});
    for (const ActorId id : {kMiner1, kMiner2}) ASSERT_TRUE(ok(update(id, small_, small_ * 10)));
    for (const ActorId id : {kMiner3, kMiner4, kMiner5}) ASSERT_TRUE(ok(update(id, unit_, unit_ * 10)));
    const BigInt below = small_ * 2 + unit_ * 3;
    expect_total(below, below * 10);
    const BigInt delta = unit_ - small_;
    ASSERT_TRUE(ok(update(kMiner2, delta, delta * 10)));
    expect_total(unit_ * 4, unit_ * 40);
    EXPECT_EQ(above_minimum(), 4);
    ASSERT_TRUE(ok(update(kMiner4, -delta, -delta * 10)));
    expect_total(below, below * 10);
}

TEST_F(PowerTest, AMinerThatDipsBelowTheMinimumDisappears) {
    create_all({kMiner1, kMiner2, kMiner3, kMiner4, kMiner5});
    for (const ActorId id : {kMiner1, kMiner2, kMiner3, kMiner4, kMiner5}) ASSERT_TRUE(ok(update(id, unit_, unit_)));
    expect_total(unit_ * 5, unit_ * 5);
    ASSERT_TRUE(ok(update(kMiner4, -small_, -small_)));
    expect_total(unit_ * 4, unit_ * 4);
}

TEST_F(PowerTest, PowerIsAddedAtTheMinimumAndNotBefore) {
    create_all({kMiner1, kMiner2, kMiner3, kMiner4, kMiner5});
    for (const ActorId id : {kMiner1, kMiner2, kMiner3, kMiner4}) ASSERT_TRUE(ok(update(id, unit_, unit_)));
    const BigInt almost = unit_ - 1;
    ASSERT_TRUE(ok(update(kMiner5, almost, almost)));
    EXPECT_EQ(above_minimum(), 4);
    expect_total(unit_ * 4, unit_ * 4);
    ASSERT_TRUE(ok(update(kMiner5, 1, 1)));
    EXPECT_EQ(above_minimum(), 5);
    expect_total(unit_ * 5, unit_ * 5);
    ASSERT_TRUE(ok(update(kMiner5, unit_, unit_)));  // above the minimum before and after
    expect_total(unit_ * 6, unit_ * 6);
}

TEST_F(PowerTest, TheThresholdLooksAtRawPowerOnly) {
    create_all({kMiner1});
    const BigInt half = unit_ >> 1;
    ASSERT_TRUE(ok(update(kMiner1, half, unit_)));
    EXPECT_EQ(above_minimum(), 0);
    ASSERT_TRUE(ok(update(kMiner1, half, unit_)));
    EXPECT_EQ(above_minimum(), 1);
}

TEST_F(PowerTest, OthersReadPower) {
    create_all({kMiner1, kMiner2});
    ASSERT_TRUE(ok(update(kMiner1, unit_, unit_ * 2)));
    ASSERT_TRUE(ok(tick(1)));
    constexpr ActorId contract = 400;
    world_.add(contract, ActorType::evm, 0);
    EXPECT_EQ(returned<BigInt>(call(contract, 931722534)), unit_);
    auto raw = returned<MinerRawPowerReturn>(call(contract, 3753401894, kMiner1));
    EXPECT_EQ(raw.raw_byte_power, unit_);
    EXPECT_TRUE(raw.meets_consensus_minimum);
    raw = returned<MinerRawPowerReturn>(call(contract, 3753401894, kMiner2));
    EXPECT_FALSE(raw.meets_consensus_minimum);  // no power at all
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(contract, 3753401894, kUnknownMiner)));
    EXPECT_EQ(returned<MinerPowerReturn>(call(contract, 36284446, kMiner1)).quality_adj_power, unit_ * 2);
    EXPECT_TRUE(exits(ExitCode::not_found, call(contract, 36284446, kUnknownMiner)));
    EXPECT_EQ(returned<std::int64_t>(call(contract, 1987646258)), 2);
    EXPECT_EQ(returned<std::int64_t>(call(contract, 196739875)), 1);
    EXPECT_TRUE(exits(ExitCode::forbidden, call(contract, kCurrentTotalPower)));
    const auto total = returned<CurrentTotalPowerReturn>(call(kOwner, kCurrentTotalPower));
    EXPECT_EQ(total.quality_adj_power, unit_ * 2);
}

TEST_F(PowerTest, SmallMinersCountWhileFewAreLarge) {
    create_all({kMiner1, kMiner2, kMiner3, kMiner4, kMiner5});
    ASSERT_TRUE(ok(update(kMiner5, 1, 1)));
    const auto meets = [&] {
        return returned<MinerRawPowerReturn>(call(kOwner, 3753401894, kMiner5)).meets_consensus_minimum;
    };
    EXPECT_TRUE(meets());
    for (const ActorId id : {kMiner1, kMiner2, kMiner3, kMiner4}) ASSERT_TRUE(ok(update(id, unit_, unit_)));
    EXPECT_FALSE(meets());
}

TEST_F(PowerTest, CronSendsTheTotalsOfTheEpoch) {
    create_all({kMiner1, kMiner2, kMiner3, kMiner4});
    for (const ActorId id : {kMiner1, kMiner2, kMiner3, kMiner4}) ASSERT_TRUE(ok(update(id, unit_, unit_)));
    ASSERT_TRUE(ok(call(kMiner1, kUpdatePledgeTotal, TokenAmount(1))));
    EXPECT_TRUE(state<State>().this_epoch_raw_byte_power.is_zero());
    ASSERT_TRUE(ok(tick(1)));
    EXPECT_EQ(state<State>().this_epoch_pledge_collateral, TokenAmount(1));
    EXPECT_EQ(state<State>().this_epoch_raw_byte_power, unit_ * 4);
    EXPECT_EQ(state<State>().this_epoch_quality_adj_power, unit_ * 4);
    const auto told = sent_to(kRewardId, reward::kUpdateNetworkKpi);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].as<BigInt>(), unit_ * 4);
}

TEST_F(PowerTest, EventsOfNullRoundsAreDeliveredLater) {
    create_all({kMiner1, kMiner2});
    at(1);
    ASSERT_TRUE(ok(enroll(kMiner1, 2, {1, 3})));
    ASSERT_TRUE(ok(enroll(kMiner1, 2, {1, 4})));
    ASSERT_TRUE(ok(enroll(kMiner2, 4, {2, 3})));
    ASSERT_TRUE(ok(enroll(kMiner2, 5, {2, 4})));
    const auto before = state<State>().this_epoch_qa_power_smoothed;
    ASSERT_TRUE(ok(tick(4)));
    EXPECT_EQ(delivered(),
              (std::vector<std::pair<ActorId, Bytes>>{{kMiner1, {1, 3}}, {kMiner1, {1, 4}}, {kMiner2, {2, 3}}}));
    const auto params = sent_to(kMiner1, kOnDeferredCronEvent).at(0).as<DeferredCronEventParams>();
    EXPECT_EQ(params.reward_smoothed.estimate(), BigInt(7));
    EXPECT_EQ(params.quality_adj_power_smoothed.position, before.position);  // the estimate from before the tick
    EXPECT_EQ(state<State>().first_cron_epoch, 5);
}

TEST_F(PowerTest, EventsOfThePastAreDeliveredNext) {
    create_all({kMiner1});
    const Cid empty = state<State>().cron_event_queue;
    ASSERT_TRUE(ok(tick(4)));
    EXPECT_EQ(state<State>().first_cron_epoch, 5);
    ASSERT_TRUE(ok(enroll(kMiner1, 2, {1, 3})));
    EXPECT_EQ(state<State>().first_cron_epoch, 2);
    ASSERT_TRUE(ok(tick(6)));
    EXPECT_EQ(delivered(), (std::vector<std::pair<ActorId, Bytes>>{{kMiner1, {1, 3}}}));
    EXPECT_EQ(state<State>().cron_event_queue, empty);
}

TEST_F(PowerTest, MinersWithoutAClaimAreNotCalled) {
    create_all({kMiner1, kMiner2});
    at(1);
    ASSERT_TRUE(ok(enroll(kMiner1, 2)));
    ASSERT_TRUE(ok(enroll(kMiner2, 2)));
    delete_claim(kMiner1);
    ASSERT_TRUE(ok(tick(2)));
    EXPECT_EQ(delivered(), (std::vector<std::pair<ActorId, Bytes>>{{kMiner2, {}}}));
    EXPECT_EQ(sent_to(kRewardId, reward::kUpdateNetworkKpi).size(), 1U);
}

TEST_F(PowerTest, AMinerWhoseCronFailsLosesItsClaim) {
    create_all({kMiner1, kMiner2});
    at(1);
    ASSERT_TRUE(ok(enroll(kMiner1, 2)));
    ASSERT_TRUE(ok(enroll(kMiner2, 2)));
    ASSERT_TRUE(ok(update(kMiner1, unit_, unit_)));
    EXPECT_EQ(above_minimum(), 1);
    answer(kMiner1, kOnDeferredCronEvent, ExitCode::illegal_state);
    ASSERT_TRUE(ok(tick(2)));
    EXPECT_EQ(delivered().size(), 2U);  // the failure of the first does not stop the second
    EXPECT_FALSE(claim(kMiner1));
    EXPECT_EQ(state<State>().miner_count, 1);
    EXPECT_EQ(above_minimum(), 0);
    expect_total(0, 0);
    EXPECT_TRUE(sent_to(kRewardId, reward::kUpdateNetworkKpi).at(0).as<BigInt>().is_zero());
    ASSERT_TRUE(ok(tick(3)));
    EXPECT_TRUE(delivered().empty());
}

TEST_F(PowerTest, CronNeedsTheRewardActor) {
    answer(kRewardId, reward::kThisEpochReward, ExitCode::illegal_state);
    EXPECT_TRUE(exits(ExitCode::illegal_state, tick(1)));
}

}  // namespace
}  // namespace strata::actors::power
