// Expected values: the first awards on calibnet after network version 29 (forest 0.39.0 src/state_manager/utils.rs,
// cargo_test_reward_distribution_calibnet_4109134); the rules of crate fil_actor_reward_state 27.2.0 src/v19/streams.
#include <strata/actors/reward/award.hpp>

#include <strata/actors/methods.hpp>
#include <strata/actors/reward/queued_call.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::reward {
namespace {

constexpr std::uint64_t kPercent = kDenominator / 100;
constexpr ChainEpoch kNow = 1'000;

WeightRecord constant(std::uint64_t weight) {
    return {weight, 0, 0, weight, weight};
}
RecipientShare share(ActorId id, std::uint64_t part) {
    return {Address::id(id), part};
}
TokenAmount amount(std::string_view text) {
    return BigInt::constant(text);
}

// 95 % for the miner, 5 % for one recipient, as after the upgrade.
Ledger two_streams() {
    Ledger out;
    out.streams.streams = {
        {1, constant(95 * kPercent), {}},
        {2, constant(5 * kPercent), Distribution{Address::id(101), {share(102, kDenominator)}, {}, {}}}};
    out.accrued = {{2, 0}};
    return out;
}

PendingWrite write(std::optional<StreamId> id, WriteOp op, Bytes payload, ChainEpoch at = kNow) {
    return {id, op, std::move(payload), at};
}
template <class Call>
PendingWrite write(std::optional<StreamId> id, WriteOp op, const Call& call, ChainEpoch at = kNow) {
    return {id, op, to_cbor(call), at};
}

TEST(PlanAward, the_first_awards_on_calibnet) {
    struct Row {
        const char* minted;
        const char* explicit_part;
        const char* miner;
    };
    // In the third and fourth block there were no messages that paid, so the miner got its part alone.
    for (const auto& [minted, explicit_part, miner] :
         {Row{"4618275832326857781", "230913791616342889", "4387362040710514891"},
          Row{"13854827496980573345", "692741374849028667", "13162086122131544677"}}) {
        const auto award = plan_award(two_streams(), kNow, fil(1'000), 0, amount(minted));
        ASSERT_TRUE(award);
        EXPECT_EQ(award->block_reward, amount(minted));
        EXPECT_EQ(award->explicit_streams, amount(explicit_part));
        EXPECT_EQ(award->miner, amount(miner));
        EXPECT_EQ(award->burn, TokenAmount(1)) << "rounding down two parts leaves 1";
        EXPECT_EQ(award->ledger.accrued, (std::vector{StreamAccrual{2, amount(explicit_part)}}));
    }
}

TEST(PlanAward, what_is_owed_is_not_paid_again) {
    auto ledger = two_streams();
    ledger.accrued[0].amount = 500;
    ledger.streams.streams[1].distribution->payable = {{Address::id(7), 40}};
    ledger.streams.streams[1].distribution->claimed_period = {{Address::id(102), 100}};
    ledger.streams.tombstones = {{9, {{Address::id(8), 60}}}};
    EXPECT_EQ(liability(ledger), TokenAmount(500));
    const auto award = plan_award(ledger, kNow, 1'600, 100, 5'000);
    ASSERT_TRUE(award);
    EXPECT_EQ(award->block_reward, TokenAmount(1'000)) << "what the balance leaves";
    EXPECT_EQ(award->miner, TokenAmount(950));
    EXPECT_EQ(award->ledger.accrued[0].amount, TokenAmount(550));
    EXPECT_TRUE(award->burn.is_zero());
    EXPECT_FALSE(plan_award(ledger, kNow, 600, 100, 5'000)) << "nothing is left";
    EXPECT_FALSE(plan_award(ledger, kNow, 599, 100, 5'000));
    EXPECT_FALSE(plan_award(ledger, kNow, 1'600, 100, -1));
}

TEST(PlanAward, missing_shares_and_missing_weight_are_burnt) {
    auto ledger = two_streams();
    ledger.streams.streams[0].weight = constant(50 * kPercent);
    ledger.streams.streams[1].weight = constant(40 * kPercent);
    ledger.streams.streams[1].distribution->shares = {share(102, 25 * kPercent), share(300, 50 * kPercent)};
    const auto award = plan_award(ledger, kNow, 1'000'000, 0, 1'000);
    ASSERT_TRUE(award);
    EXPECT_EQ(award->miner, TokenAmount(500));
    EXPECT_EQ(award->explicit_streams, TokenAmount(300)) << "three quarters of 400";
    EXPECT_EQ(award->burn, TokenAmount(200));
}

TEST(PlanAward, too_much_weight_pays_the_gas_only) {
    auto ledger = two_streams();
    ledger.streams.streams[1].weight = {5 * kPercent, 1, kNow, 0, kDenominator};
    EXPECT_TRUE(plan_award(ledger, kNow, 1'000, 0, 100)) << "later epochs do not matter";
    EXPECT_FALSE(plan_award(ledger, kNow + 1, 1'000, 0, 100));
    ledger.streams.streams[1].weight = {5, 0, 0, 6, 7};
    EXPECT_FALSE(plan_award(ledger, kNow, 1'000, 0, 100)) << "below its floor";
}

TEST(ApplyDue, weights_at_their_epoch) {
    auto ledger = two_streams();
    ledger.streams.pending = {write(std::nullopt, WriteOp::set_weight_records, SetWeights{{{1, constant(kPercent)}}})};
    EXPECT_TRUE(apply_due(ledger, kNow - 1).applied.empty());
    EXPECT_EQ(ledger.streams.pending.size(), 1U);
    EXPECT_EQ(apply_due(ledger, kNow).applied.size(), 1U);
    EXPECT_TRUE(ledger.streams.pending.empty());
    EXPECT_EQ(ledger.streams.streams[0].weight, constant(kPercent));
}

TEST(ApplyDue, what_is_not_possible_any_more_is_dropped) {
    const auto before = two_streams();
    const DistributionInit init{Address::id(5), {share(6, kDenominator)}};
    for (const auto& bad :
         {write(std::nullopt, WriteOp::step_weight_records, SetWeights{{{1, constant(96 * kPercent)}}}),
          write(std::nullopt, WriteOp::set_weight_records, SetWeights{{{3, constant(0)}}}),
          write(2, WriteOp::register_stream, RegisterStream{constant(0), init}),
          write(3, WriteOp::register_stream, RegisterStream{constant(0), {}}),
          write(3, WriteOp::register_stream, RegisterStream{constant(kPercent), init}),
          write(0, WriteOp::register_stream, RegisterStream{constant(0), init}),
          write(3, WriteOp::remove_stream, Bytes{0x80}),
          write(1, WriteOp::set_distribution, SetDistribution{Address::id(5)})}) {
        auto ledger = before;
        ledger.streams.pending = {bad};
        EXPECT_EQ(apply_due(ledger, kNow).dropped.size(), 1U);
        EXPECT_EQ(ledger.streams, before.streams);
        EXPECT_EQ(ledger.accrued, before.accrued);
    }
}

TEST(ApplyDue, a_new_stream) {
    auto ledger = two_streams();
    ledger.streams.streams[0].weight = constant(90 * kPercent);
    ledger.streams.pending = {
        write(7, WriteOp::register_stream,
              RegisterStream{constant(5 * kPercent), DistributionInit{Address::id(5), {share(6, kDenominator)}}})};
    EXPECT_EQ(apply_due(ledger, kNow).installed.size(), 1U);
    ASSERT_EQ(ledger.streams.streams.size(), 3U);
    EXPECT_EQ(ledger.streams.streams[2].id, 7U);
    EXPECT_EQ(ledger.accrued, (std::vector{StreamAccrual{2, 0}, StreamAccrual{7, 0}}));
    EXPECT_TRUE(check_streams(ledger.streams, ledger.accrued));
}

// 100 attoFIL among three equal shares, of which one has claimed: 33 each, and 1 is left over.
TEST(ApplyDue, closing_a_period) {
    auto ledger = two_streams();
    ledger.accrued[0].amount = 100;
    auto& distribution = *ledger.streams.streams[1].distribution;
    distribution.shares = {share(102, 1'000), share(103, 1'000), share(130, 1'000)};
    distribution.claimed_period = {{Address::id(103), 33}};
    distribution.payable = {{Address::id(102), 5}, {Address::id(120), 2}};
    auto removed = ledger;

    ledger.streams.pending = {write(2, WriteOp::set_distribution, SetDistribution{Address::id(5)})};
    EXPECT_EQ(apply_due(ledger, kNow).dust(), TokenAmount(1));
    EXPECT_EQ(ledger.streams.streams[1].distribution->writer, Address::id(5));
    const RecipientTable owed{{Address::id(102), 38}, {Address::id(120), 2}, {Address::id(130), 33}};
    EXPECT_EQ(ledger.streams.streams[1].distribution->payable, owed);
    EXPECT_TRUE(ledger.streams.streams[1].distribution->claimed_period.empty());
    EXPECT_TRUE(ledger.accrued[0].amount.is_zero());

    removed.streams.pending = {write(2, WriteOp::remove_stream, Bytes{0x80})};
    const auto award = plan_award(removed, kNow, 1'000'000, 0, 1'000);
    ASSERT_TRUE(award);
    EXPECT_EQ(award->changes.dust(), TokenAmount(1));
    EXPECT_EQ(award->miner, TokenAmount(950));
    EXPECT_EQ(award->burn, TokenAmount(50)) << "the weight of the removed stream";
    EXPECT_EQ(award->ledger.streams.tombstones, (std::vector{Tombstone{2, owed}}));
    EXPECT_TRUE(award->ledger.accrued.empty());
    EXPECT_TRUE(check_streams(award->ledger.streams, award->ledger.accrued));
}

TEST(CheckStreams, refuses_what_makes_no_sense) {
    const auto good = two_streams();
    ASSERT_TRUE(check_streams(good.streams, good.accrued));
    const auto refused = [&](const std::function<void(Ledger&)>& damage) {
        auto bad = good;
        damage(bad);
        return !check_streams(bad.streams, bad.accrued);
    };
    const auto distribution = [](Ledger& l) -> Distribution& { return *l.streams.streams[1].distribution; };
    EXPECT_TRUE(refused([](auto& l) { l.streams.streams[0].id = 0; }));
    EXPECT_TRUE(refused([](auto& l) { l.streams.streams[0].id = 2; }));
    EXPECT_TRUE(refused([](auto& l) { l.streams.streams[1].distribution.reset(); }));
    EXPECT_TRUE(refused([](auto& l) { l.accrued.clear(); }));
    EXPECT_TRUE(refused([](auto& l) { l.accrued[0].id = 1; }));
    EXPECT_TRUE(refused([](auto& l) { l.accrued[0].amount = -1; }));
    EXPECT_TRUE(refused([](auto& l) { l.streams.tombstones = {{2, {{Address::id(8), 60}}}}; }));
    EXPECT_TRUE(refused([](auto& l) { l.streams.tombstones = {{3, {}}}; }));
    EXPECT_TRUE(refused([&](auto& l) { distribution(l).shares = {share(102, kDenominator), share(103, 1)}; }));
    EXPECT_TRUE(refused([&](auto& l) { distribution(l).shares = {share(103, 1), share(102, 1)}; }));
    EXPECT_TRUE(refused([&](auto& l) { distribution(l).shares = {share(102, 0)}; }));
    EXPECT_TRUE(refused([&](auto& l) { distribution(l).shares = {share(99, 1)}; }));
    EXPECT_TRUE(refused([&](auto& l) { distribution(l).payable = {{Address::id(8), 0}}; }));
    EXPECT_TRUE(refused([&](auto& l) { distribution(l).claimed_period = {{Address::id(102), 1}}; }))
        << "more than earned";
    EXPECT_TRUE(refused([&](auto& l) { distribution(l).writer = Address::bls(Bytes(48, 1)); }));
    EXPECT_TRUE(refused([](auto& l) {
        l.streams.pending = {write(1, WriteOp::remove_stream, Bytes{0x80}),
                             write(1, WriteOp::remove_stream, Bytes{0x80})};
    })) << "twice the same";
    EXPECT_TRUE(refused([](auto& l) { l.streams.pending = {write(1, WriteOp::remove_stream, Bytes{0x81, 0x00})}; }));
    EXPECT_TRUE(refused([](auto& l) { l.streams.pending = {write(1, static_cast<WriteOp>(5), Bytes{0x80})}; }));
    // The order of recipients is that of their IDs, not of their bytes: f0128 is 0x80 0x01.
    EXPECT_FALSE(refused([&](auto& l) { distribution(l).shares = {share(255, 1), share(256, 1)}; }));
}

TEST(Weights, follow_a_line_within_their_bounds) {
    const WeightRecord ramp{.v_start = 95, .slope = -3, .t_start = 100, .floor = 50, .cap = 97};
    EXPECT_EQ(weight_at(ramp, 100), 95U);
    EXPECT_EQ(weight_at(ramp, 101), 92U);
    EXPECT_EQ(weight_at(ramp, 115), 50U);
    EXPECT_EQ(weight_at(ramp, 116), 50U);
    EXPECT_EQ(weight_at(ramp, 99), 97U) << "before the start the line goes on, up to the cap";
    const WeightRecord extreme{.v_start = 0, .slope = INT64_MIN, .t_start = INT64_MIN, .floor = 0, .cap = kDenominator};
    EXPECT_EQ(weight_at(extreme, INT64_MAX), 0U);
}

// Two lines that cross their bounds at different epochs: more than 1 in a single epoch between the ends is found.
TEST(Weights, the_schedule_is_checked_at_every_epoch) {
    std::vector<Stream> streams{{1, {kDenominator - 10, -1, 100, 0, kDenominator}, {}},
                                {2, {5, 2, 100, 5, 17}, Distribution{}}};
    EXPECT_TRUE(check_schedule({streams[0]}, 0));
    EXPECT_TRUE(weights_at(streams, 100));
    EXPECT_TRUE(weights_at(streams, 105)) << "exactly 1";
    EXPECT_FALSE(weights_at(streams, 106));
    EXPECT_FALSE(check_schedule(streams, 100));
    EXPECT_FALSE(check_schedule(streams, 106));
    EXPECT_TRUE(check_schedule(streams, 107)) << "the second has reached its cap";
    streams[1].weight.cap = 16;
    EXPECT_TRUE(check_schedule(streams, 100));
}

class Reward19 : public actors::testing::ActorTest {
  protected:
    static constexpr ActorId kWinner = 1000;
    Reward19() : ActorTest(ActorType::reward, methods19(), kRewardId) {
        world_.add(kWinner, ActorType::miner, 0);
        EXPECT_TRUE(ok(call(kSystemId, 1, BigInt(0))));
    }
    vm::CallResult award(std::int64_t gas_reward, std::int64_t wins) {
        return call(kSystemId, kAwardBlockReward, AwardBlockRewardParams{Address::id(kWinner), 100, gas_reward, wins});
    }
};

TEST_F(Reward19, a_new_network_has_one_stream) {
    const auto genesis = state<State19>();
    EXPECT_EQ(genesis.epoch, 0);
    EXPECT_EQ(genesis.swa_actor, Address::id(0));
    EXPECT_EQ(genesis.swa_timelock_epochs, 0);
    EXPECT_TRUE(genesis.accrued.empty());
    EXPECT_EQ(genesis.this_epoch_reward.to_string(), "36266264293777134739") << "without power, as before";
    set_balance(kRewardId, fil(1'000'000));
    ASSERT_TRUE(ok(award(200, 1)));
    EXPECT_EQ(balance_of(kWinner), amount("7253252858755426947") + 200);
    EXPECT_EQ(state<State19>().total_minted_reward, amount("7253252858755426947"));
    EXPECT_TRUE(state<State19>().total_burn_minted.is_zero());
}

TEST_F(Reward19, parts_go_to_miner_streams_and_burn) {
    auto now = state<State19>();
    const auto ledger = two_streams();
    now.this_epoch_reward = amount("23091379161634288905");  // a fifth is the first award on calibnet
    now.accrued = ledger.accrued;
    now.streams_root = put_cbor(world_.store, ledger.streams).value();
    set_state(now);
    set_balance(kRewardId, fil(1'000));
    ASSERT_TRUE(ok(award(7, 1)));
    const auto after = state<State19>();
    EXPECT_EQ(after.total_minted_reward, amount("4618275832326857781"));
    EXPECT_EQ(after.total_explicit_minted, amount("230913791616342889"));
    EXPECT_EQ(after.total_burn_minted, TokenAmount(1));
    EXPECT_EQ(after.accrued[0].amount, amount("230913791616342889"));
    EXPECT_EQ(balance_of(kWinner), amount("4387362040710514891") + 7);
    EXPECT_EQ(balance_of(kBurntFundsId), TokenAmount(1));
    EXPECT_EQ(after.streams_root, now.streams_root);
}

TEST_F(Reward19, senseless_streams_cost_the_reward_and_not_the_block) {
    auto now = state<State19>();
    now.accrued = {{5, 0}};
    set_state(now);
    set_balance(kRewardId, fil(1'000));
    ASSERT_TRUE(ok(award(7, 1)));
    EXPECT_EQ(balance_of(kWinner), TokenAmount(7));
    EXPECT_TRUE(state<State19>().total_minted_reward.is_zero());
    now.accrued.clear();
    now.streams_root = put_cbor(world_.store, std::uint64_t{5}).value();
    set_state(now);
    ASSERT_TRUE(ok(award(7, 1)));
    EXPECT_EQ(balance_of(kWinner), TokenAmount(14));
}

TEST_F(Reward19, power_reports_move_the_epoch) {
    at(9);
    ASSERT_TRUE(ok(call(kPowerId, kUpdateNetworkKpi, BigInt::pow2(50))));
    EXPECT_EQ(state<State19>().epoch, 10);
    const auto read = returned<ThisEpochRewardReturn>(call(kWinner, kThisEpochReward));
    EXPECT_EQ(read.this_epoch_baseline_power, state<State19>().this_epoch_baseline_power);
}

}  // namespace
}  // namespace strata::actors::reward
