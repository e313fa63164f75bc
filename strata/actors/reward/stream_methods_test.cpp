// The methods of version 19 by which contracts change the streams. Rules and limits: FIP-0118 §2.4.4 to §2.4.9; crate
// fil_actor_reward_state 27.2.0 src/v19/streams/{queue,distribution}.rs, src/v19/state.rs; events and exit codes:
// builtin-actors v19 actors/reward/src/{emit,lib}.rs. Method numbers: FRC-42.
#include <strata/actors/reward/stream_messages.hpp>

#include <strata/actors/methods.hpp>
#include <strata/actors/reward/ledger.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::reward {
namespace {

constexpr std::uint64_t kPercent = kDenominator / 100;
constexpr ActorId kWeights = 500;  // the stream weights actor
constexpr ActorId kWriter = 501;
constexpr ActorId kAlice = 102;
constexpr ActorId kBob = 103;
constexpr ActorId kChannel = 104;
constexpr ChainEpoch kNow = 1'000;
constexpr ChainEpoch kTimelock = 50;

using Names = std::vector<std::string>;

WeightRecord constant(std::uint64_t weight) {
    return {weight, 0, 0, weight, weight};
}
RecipientShare share(ActorId id, std::uint64_t part) {
    return {Address::id(id), part};
}
DistributionInit to_alice() {
    return {Address::id(kWriter), {share(kAlice, kDenominator)}};
}

class StreamMethods : public actors::testing::ActorTest {
  protected:
    StreamMethods() : ActorTest(ActorType::reward, methods19(), kRewardId) {
        for (const ActorId id : {kWeights, kWriter, kAlice, kBob}) world_.add(id, ActorType::account, 0);
        world_.add(kChannel, ActorType::payment_channel, 0);
        EXPECT_TRUE(ok(call(kSystemId, 1, BigInt(0))));
        // 90 % for the miner and 5 % for a stream of two equal shares, as the migration of a network may leave it.
        Ledger ledger;
        ledger.streams.streams = {
            {1, constant(90 * kPercent), {}},
            {2, constant(5 * kPercent),
             Distribution{
                 Address::id(kWriter), {share(kAlice, kDenominator / 2), share(kBob, kDenominator / 2)}, {}, {}}}};
        ledger.accrued = {{2, 0}};
        store(ledger);
        set_balance(kRewardId, fil(1'000));
        at(kNow);
    }
    void store(const Ledger& ledger) {
        auto changed = state<State19>();
        changed.swa_actor = Address::id(kWeights);
        changed.swa_timelock_epochs = kTimelock;
        changed.accrued = ledger.accrued;
        changed.streams_root = put_cbor(world_.store, ledger.streams).value();
        set_state(changed);
    }
    Ledger ledger() {
        const auto now = state<State19>();
        return {get_cbor<StreamsState>(world_.store, now.streams_root).value(), now.accrued};
    }
    void earned(const TokenAmount& amount) {
        auto changed = ledger();
        changed.accrued.at(0).amount += amount;
        store(changed);
    }
    vm::CallResult set_weights(std::vector<WeightUpdate> updates, MethodNumber method = kSetWeightRecords) {
        return call(kWeights, method, SetWeights{std::move(updates)});
    }
    vm::CallResult register_new(StreamId id, std::uint64_t weight, std::optional<DistributionInit> init = to_alice(),
                                ChainEpoch begin = kNow + kTimelock) {
        return call(kWeights, kRegisterStream, RegisterStreamParams{id, constant(weight), std::move(init), begin});
    }
    vm::CallResult cancel(std::optional<StreamId> id, WriteOp op) {
        return call(kWeights, kCancelPending, CancelPendingParams{id, {op}});
    }
    vm::CallResult set_shares(std::vector<RecipientShare> shares, ActorId from = kWriter, StreamId id = 2) {
        return call(from, kSetShares, SetSharesParams{id, std::move(shares)});
    }
    std::vector<TokenAmount> claimed(std::vector<Address> wallets, StreamId id = 2) {
        return returned<ClaimReturn>(call(kBob, kClaim, ClaimParams{id, std::move(wallets)})).amounts;
    }
    /// Any message applies what is due.
    void apply_due_at(ChainEpoch epoch) {
        at(epoch);
        ASSERT_TRUE(ok(call(kBob, kClaim, ClaimParams{2, {}})));
    }
};

const auto kWrong = ExitCode::illegal_argument;

TEST_F(StreamMethods, weights_wait_for_the_timelock) {
    ASSERT_TRUE(ok(set_weights({{2, constant(6 * kPercent)}, {1, constant(80 * kPercent)}})));
    EXPECT_EQ(event_types(), Names{"write-queued"});
    const auto pending = ledger().streams.pending;
    ASSERT_EQ(pending.size(), 1U);
    EXPECT_EQ(pending[0].effective_epoch, kNow + kTimelock);
    EXPECT_EQ(from_cbor<SetWeights>(pending[0].payload)->updates[0].id, 1U) << "stored in order";
    EXPECT_EQ(ledger().streams.streams[0].weight, constant(90 * kPercent));
    apply_due_at(kNow + kTimelock - 1);
    EXPECT_EQ(ledger().streams.pending.size(), 1U);
    apply_due_at(kNow + kTimelock);
    EXPECT_EQ(event_types(), Names{"write-applied"});
    EXPECT_EQ(ledger().streams.streams[0].weight, constant(80 * kPercent));
    EXPECT_EQ(ledger().streams.streams[1].weight, constant(6 * kPercent));
}

TEST_F(StreamMethods, only_the_weights_actor_changes_streams) {
    for (const ActorId stranger : {kWriter, kAlice, kSystemId}) {
        EXPECT_TRUE(exits(ExitCode::forbidden, call(stranger, kSetWeightRecords, SetWeights{{{1, constant(0)}}})));
        EXPECT_TRUE(exits(ExitCode::forbidden, call(stranger, kStepWeightRecords, SetWeights{{{1, constant(0)}}})));
        EXPECT_TRUE(exits(ExitCode::forbidden,
                          call(stranger, kRegisterStream, RegisterStreamParams{3, constant(0), to_alice(), kNow * 2})));
        EXPECT_TRUE(exits(ExitCode::forbidden, call(stranger, kRemoveStream, RemoveStreamParams{2})));
        EXPECT_TRUE(
            exits(ExitCode::forbidden, call(stranger, kSetDistribution, SetDistributionParams{2, Address::id(kBob)})));
        EXPECT_TRUE(exits(ExitCode::forbidden,
                          call(stranger, kCancelPending, CancelPendingParams{2, {WriteOp::remove_stream}})));
    }
}

TEST_F(StreamMethods, refused_weights) {
    EXPECT_TRUE(exits(kWrong, set_weights({})));
    EXPECT_TRUE(exits(kWrong, set_weights({{1, constant(0)}, {1, constant(1)}}))) << "twice the same stream";
    EXPECT_TRUE(exits(kWrong, set_weights({{3, constant(0)}}))) << "no such stream";
    EXPECT_TRUE(exits(kWrong, set_weights({{1, {5, 0, 0, 6, 7}}}))) << "below its floor";
    EXPECT_TRUE(exits(kWrong, set_weights({{1, constant(96 * kPercent)}}))) << "more than 1 together";
    EXPECT_TRUE(exits(kWrong, set_weights({{1, {95 * kPercent, 1, kNow, 0, kDenominator}}}))) << "more than 1 later";
    EXPECT_TRUE(ledger().streams.pending.empty());
    ASSERT_TRUE(ok(set_weights({{1, constant(95 * kPercent)}})));
    EXPECT_TRUE(exits(kWrong, set_weights({{1, constant(50 * kPercent)}}))) << "one is pending";
    // A step is a different purpose, but must leave the pending change possible.
    EXPECT_TRUE(exits(kWrong, set_weights({{2, constant(6 * kPercent)}}, kStepWeightRecords)));
    EXPECT_TRUE(ok(set_weights({{2, constant(4 * kPercent)}}, kStepWeightRecords)));
}

TEST_F(StreamMethods, steps_cannot_be_cancelled) {
    ASSERT_TRUE(ok(set_weights({{2, constant(4 * kPercent)}}, kStepWeightRecords)));
    EXPECT_TRUE(exits(kWrong, cancel({}, WriteOp::step_weight_records)));
    EXPECT_TRUE(exits(kWrong, cancel(2, WriteOp::set_weight_records)));
    EXPECT_TRUE(exits(kWrong, cancel({}, WriteOp::remove_stream)));
    EXPECT_TRUE(exits(ExitCode::serialization, cancel(2, static_cast<WriteOp>(5))));
    ASSERT_TRUE(ok(cancel({}, WriteOp::set_weight_records))) << "an empty place";
    EXPECT_TRUE(event_types().empty());
    ASSERT_TRUE(ok(set_weights({{1, constant(50 * kPercent)}})));
    ASSERT_TRUE(ok(cancel({}, WriteOp::set_weight_records)));
    EXPECT_EQ(event_types(), Names{"write-cancelled"});
    EXPECT_EQ(ledger().streams.pending.size(), 1U);
    // At its epoch a change is applied before a cancellation of the same epoch.
    ASSERT_TRUE(ok(set_weights({{1, constant(50 * kPercent)}})));
    at(kNow + kTimelock);
    ASSERT_TRUE(ok(cancel({}, WriteOp::set_weight_records)));
    EXPECT_EQ(event_types(), (Names{"write-applied", "write-applied"}));
    EXPECT_EQ(ledger().streams.streams[0].weight, constant(50 * kPercent));
}

TEST_F(StreamMethods, a_new_stream) {
    ASSERT_TRUE(
        ok(register_new(7, 5 * kPercent,
                        DistributionInit{key_of(kWriter),
                                         {share(kBob, 30 * kPercent), share(kBurntFundsId, 10 * kPercent),
                                          share(kAlice, 50 * kPercent), share(kBurntFundsId, 10 * kPercent)}})));
    apply_due_at(kNow + kTimelock);
    EXPECT_EQ(event_types(), (Names{"write-applied", "shares-set"}));
    const auto stream = ledger().streams.streams.at(2);
    EXPECT_EQ(stream.id, 7U);
    EXPECT_EQ(stream.distribution->writer, Address::id(kWriter));
    EXPECT_EQ(stream.distribution->shares, (std::vector{share(kAlice, 50 * kPercent), share(kBob, 30 * kPercent)}));
    EXPECT_EQ(ledger().accrued, (std::vector{StreamAccrual{2, 0}, StreamAccrual{7, 0}}));
}

TEST_F(StreamMethods, refused_registrations) {
    EXPECT_TRUE(exits(kWrong, register_new(0, 0)));
    EXPECT_TRUE(exits(kWrong, register_new(2, 0)));
    EXPECT_TRUE(exits(kWrong, register_new(3, 6 * kPercent))) << "too much weight";
    EXPECT_TRUE(exits(kWrong, register_new(3, 0, std::nullopt))) << "a second implicit stream";
    EXPECT_TRUE(exits(kWrong, register_new(3, 0, to_alice(), kNow + kTimelock - 1)));
    const auto with = [&](std::vector<RecipientShare> shares) {
        return register_new(3, 0, DistributionInit{Address::id(kWriter), std::move(shares)});
    };
    EXPECT_TRUE(exits(kWrong, with({share(kAlice, kDenominator - 1)})));
    EXPECT_TRUE(exits(kWrong, with({share(kAlice, kDenominator), share(kBob, 0)})));
    EXPECT_TRUE(exits(kWrong, with({share(kAlice, kDenominator / 2), share(kAlice, kDenominator / 2)})));
    EXPECT_TRUE(exits(kWrong, with({share(kChannel, kDenominator)})));
    EXPECT_TRUE(exits(ExitCode::not_found, with({share(9'999, kDenominator)})));
    EXPECT_TRUE(exits(ExitCode::not_found, with({{Address::bls(Bytes(48, 9)), kDenominator}})));
    ASSERT_TRUE(ok(register_new(3, 0)));
    EXPECT_TRUE(exits(kWrong, register_new(3, 0, to_alice(), kNow * 2))) << "one with this ID is pending";
    for (StreamId id = 4; id < 4 + kMaxStreams - 3; ++id) ASSERT_TRUE(ok(register_new(id, 0))) << id;
    EXPECT_TRUE(exits(kWrong, register_new(99, 0))) << "more than eight streams";
}

// The registration was admitted on the weight that a change, admitted later and due earlier, would take.
TEST_F(StreamMethods, a_change_must_leave_pending_ones_possible) {
    ASSERT_TRUE(ok(register_new(3, 5 * kPercent, to_alice(), kNow + 10 * kTimelock)));
    EXPECT_TRUE(exits(kWrong, set_weights({{1, constant(91 * kPercent)}})));
    ASSERT_TRUE(ok(cancel(3, WriteOp::register_stream)));
    EXPECT_TRUE(ok(set_weights({{1, constant(91 * kPercent)}})));
}

// A cancellation may take away what a later change needs. That one is dropped when it is due.
TEST_F(StreamMethods, a_change_without_its_condition_is_dropped) {
    ASSERT_TRUE(ok(register_new(3, 0)));
    ASSERT_TRUE(ok(call(kWeights, kRemoveStream, RemoveStreamParams{3})));
    EXPECT_TRUE(exits(kWrong, call(kWeights, kRemoveStream, RemoveStreamParams{4})));
    ASSERT_TRUE(ok(cancel(3, WriteOp::register_stream)));
    apply_due_at(kNow + kTimelock);
    EXPECT_EQ(event_types(), Names{"write-dropped"});
    EXPECT_TRUE(ledger().streams.pending.empty());
}

TEST_F(StreamMethods, senseless_weights_can_be_repaired_and_claims_go_on) {
    auto bad = ledger();
    bad.streams.streams[0].weight = constant(96 * kPercent);
    bad.accrued[0].amount = 100;
    store(bad);
    EXPECT_TRUE(exits(kWrong, register_new(3, 0)));
    EXPECT_TRUE(exits(kWrong, set_weights({{2, constant(4 * kPercent)}}, kStepWeightRecords)));
    EXPECT_TRUE(exits(kWrong, set_weights({{2, constant(5 * kPercent)}}))) << "no repair";
    ASSERT_TRUE(ok(set_weights({{2, constant(4 * kPercent)}})));
    EXPECT_EQ(claimed({Address::id(kAlice)}), std::vector{TokenAmount(50)});
}

// 101 attoFIL in two equal halves leave 1 over.
TEST_F(StreamMethods, new_shares_end_the_period) {
    earned(101);
    ASSERT_TRUE(ok(set_shares({share(kBob, 60 * kPercent), share(kBurntFundsId, 40 * kPercent)})));
    EXPECT_EQ(event_types(), (Names{"period-folded", "shares-set"}));
    EXPECT_EQ(balance_of(kBurntFundsId), TokenAmount(1));
    const auto distribution = *ledger().streams.streams[1].distribution;
    EXPECT_EQ(distribution.shares, std::vector{share(kBob, 60 * kPercent)});
    EXPECT_EQ(distribution.payable, (RecipientTable{{Address::id(kAlice), 50}, {Address::id(kBob), 50}}));
    EXPECT_TRUE(ledger().accrued[0].amount.is_zero());
    earned(7);
    EXPECT_EQ(claimed({Address::id(kAlice), Address::id(kBob)}), (std::vector<TokenAmount>{50, 57}));
}

TEST_F(StreamMethods, refused_shares) {
    const std::vector all{share(kAlice, kDenominator)};
    EXPECT_TRUE(exits(ExitCode::forbidden, set_shares(all, kWeights)));
    EXPECT_TRUE(exits(ExitCode::forbidden, set_shares({share(9'999, kDenominator)}, kAlice))) << "before the lookup";
    EXPECT_TRUE(exits(kWrong, set_shares(all, kWriter, 1))) << "the implicit stream";
    EXPECT_TRUE(exits(kWrong, set_shares(all, kWriter, 9)));
    EXPECT_TRUE(exits(ExitCode::not_found, set_shares({share(9'999, kDenominator)})));
    EXPECT_TRUE(exits(kWrong, set_shares({share(kAlice, 1)})));
    EXPECT_TRUE(exits(kWrong, set_shares({share(kChannel, kDenominator)})));
    EXPECT_TRUE(exits(kWrong, set_shares(std::vector(65, share(kBurntFundsId, kDenominator / 65)))));
    EXPECT_TRUE(ok(set_shares({share(kBurntFundsId, kDenominator)}))) << "everything is burnt";
    EXPECT_TRUE(ledger().streams.streams[1].distribution->shares.empty());
}

TEST_F(StreamMethods, a_new_writer_takes_over_when_its_change_is_due) {
    ASSERT_TRUE(ok(call(kWeights, kSetDistribution, SetDistributionParams{2, Address::id(kBob)})));
    EXPECT_TRUE(exits(kWrong, call(kWeights, kSetDistribution, SetDistributionParams{1, Address::id(kBob)})));
    EXPECT_TRUE(
        exits(ExitCode::not_found, call(kWeights, kSetDistribution, SetDistributionParams{2, Address::id(9'999)})));
    const std::vector all{share(kAlice, kDenominator)};
    EXPECT_TRUE(exits(ExitCode::forbidden, set_shares(all, kBob)));
    earned(10);
    at(kNow + kTimelock);
    EXPECT_TRUE(exits(ExitCode::forbidden, set_shares(all, kWriter)));
    ASSERT_TRUE(ok(set_shares(all, kBob)));
    EXPECT_EQ(event_types(), (Names{"write-applied", "period-folded", "period-folded", "shares-set"}));
}

TEST_F(StreamMethods, a_recipient_is_replaced_and_keeps_what_it_earned) {
    earned(100);
    const auto replace = [&](const Address& before, const Address& after, ActorId from = kWriter) {
        return call(from, kReplaceAddress, ReplaceAddressParams{2, before, after});
    };
    EXPECT_TRUE(exits(ExitCode::forbidden, replace(Address::id(kAlice), Address::id(kWeights), kAlice)));
    EXPECT_TRUE(exits(kWrong, replace(Address::id(kAlice), Address::id(kBob)))) << "is a recipient already";
    EXPECT_TRUE(exits(kWrong, replace(Address::id(kAlice), Address::id(kChannel))));
    EXPECT_TRUE(exits(ExitCode::not_found, replace(Address::id(kAlice), Address::id(9'999))));
    EXPECT_EQ(returned<ReplaceAddressReturn>(replace(Address::id(kWeights), Address::id(kBob))),
              ReplaceAddressReturn::old_address_not_in_ledger);
    EXPECT_TRUE(event_types().empty());
    EXPECT_EQ(returned<ReplaceAddressReturn>(replace(key_of(kAlice), Address::id(kWeights))),
              ReplaceAddressReturn::address_replaced);
    EXPECT_EQ(event_types(), (Names{"period-folded", "address-replaced"}));
    earned(20);
    EXPECT_EQ(claimed({Address::id(kAlice), Address::id(kBob), Address::id(kWeights)}),
              (std::vector<TokenAmount>{50, 60, 10}));
    ASSERT_TRUE(ok(replace(Address::id(kBob), Address::id(kBurntFundsId))));
    EXPECT_EQ(ledger().streams.streams[1].distribution->shares, std::vector{share(kWeights, kDenominator / 2)});
}

TEST_F(StreamMethods, everybody_may_claim_for_the_recipients) {
    earned(101);
    const auto before = balance();
    const std::vector wallets{Address::id(kAlice), Address::id(9'999), Address::bls(Bytes(48, 9)), key_of(kAlice)};
    EXPECT_EQ(claimed(wallets), (std::vector<TokenAmount>{50, 0, 0, 0}));
    EXPECT_EQ(event_types(), Names{"claim-payout"});
    EXPECT_EQ(balance_of(kAlice), TokenAmount(50));
    EXPECT_EQ(balance(), before - 50);
    earned(100);
    EXPECT_EQ(claimed({Address::id(kAlice)}), std::vector{TokenAmount(50)}) << "100 of 201, less 50";
    EXPECT_EQ(liability(ledger()), TokenAmount(101));
    EXPECT_TRUE(exits(kWrong, call(kBob, kClaim, ClaimParams{1, {Address::id(kAlice)}})));
    EXPECT_EQ(claimed({Address::id(kAlice)}, 77), std::vector{TokenAmount(0)}) << "a stream that never was";
    EXPECT_TRUE(exits(kWrong, call(kBob, kClaim, ClaimParams{2, std::vector(65, Address::id(kAlice))})));
}

TEST_F(StreamMethods, a_removed_stream_still_pays) {
    earned(100);
    ASSERT_TRUE(ok(call(kWeights, kRemoveStream, RemoveStreamParams{2})));
    at(kNow + kTimelock);
    EXPECT_EQ(claimed({Address::id(kAlice)}), std::vector{TokenAmount(50)});
    EXPECT_EQ(event_types(), (Names{"write-applied", "period-folded", "claim-payout"}));
    EXPECT_EQ(ledger().streams.tombstones, (std::vector{Tombstone{2, {{Address::id(kBob), 50}}}}));
    EXPECT_TRUE(exits(kWrong, register_new(2, 0, to_alice(), kNow * 2))) << "the ID is in use until all is paid";
    EXPECT_EQ(claimed({Address::id(kBob)}), std::vector{TokenAmount(50)});
    EXPECT_TRUE(ledger().streams.tombstones.empty());
    EXPECT_TRUE(ok(register_new(2, 0, to_alice(), kNow * 2)));
}

// Four removals reserve 64 rows of tombstones each, which is all that there is.
TEST_F(StreamMethods, removals_reserve_their_tombstones) {
    for (StreamId id = 3; id <= 6; ++id) ASSERT_TRUE(ok(register_new(id, 0)));
    apply_due_at(kNow + kTimelock);
    for (StreamId id = 2; id <= 5; ++id) ASSERT_TRUE(ok(call(kWeights, kRemoveStream, RemoveStreamParams{id}))) << id;
    EXPECT_TRUE(exits(kWrong, call(kWeights, kRemoveStream, RemoveStreamParams{6})));
}

TEST_F(StreamMethods, a_state_that_makes_no_sense_refuses_every_change) {
    auto bad = ledger();
    bad.accrued.clear();
    store(bad);
    EXPECT_TRUE(exits(ExitCode::illegal_state, set_weights({{1, constant(0)}})));
    EXPECT_TRUE(exits(ExitCode::illegal_state, set_shares({share(kAlice, kDenominator)})));
    EXPECT_TRUE(exits(ExitCode::illegal_state, call(kBob, kClaim, ClaimParams{2, {}})));
}

TEST_F(StreamMethods, an_award_applies_what_is_due_and_tells_it) {
    constexpr ActorId winner = 1000;
    world_.add(winner, ActorType::miner, 0);
    ASSERT_TRUE(ok(set_weights({{1, constant(50 * kPercent)}})));
    at(kNow + kTimelock);
    auto changed = state<State19>();
    changed.this_epoch_reward = 5'000;
    set_state(changed);
    ASSERT_TRUE(ok(call(kSystemId, kAwardBlockReward, AwardBlockRewardParams{Address::id(winner), 0, 0, 1})));
    EXPECT_EQ(event_types(), Names{"write-applied"});
    EXPECT_EQ(balance_of(winner), TokenAmount(500));
    EXPECT_EQ(balance_of(kBurntFundsId), TokenAmount(450));
    EXPECT_EQ(ledger().accrued[0].amount, TokenAmount(50));
    EXPECT_TRUE(ledger().streams.pending.empty());
}

}  // namespace
}  // namespace strata::actors::reward
