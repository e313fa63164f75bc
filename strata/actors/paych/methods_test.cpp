// Expected values and exit codes: builtin-actors v18 actors/paych/tests/paych_actor_test.rs.
#include <strata/actors/methods.hpp>

#include <strata/actors/account/state.hpp>
#include <strata/actors/paych/state.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::paych {
namespace {

constexpr ActorId kChannel = 100;
constexpr ActorId kPayer = 102;
constexpr ActorId kPayee = 103;
constexpr ActorId kOther = 104;
constexpr ChainEpoch kSettleDelay = 1440;  // SETTLE_DELAY: 12 hours

class PaychTest : public actors::testing::ActorTest {
  protected:
    PaychTest() : ActorTest(ActorType::payment_channel, methods(), kChannel) {
        for (const ActorId id : {kPayer, kPayee, kOther}) world_.add(id, ActorType::account, 0);
        signatures_are(true);
        at(2);
    }
    void signatures_are(bool valid) {
        for (const ActorId id : {kPayer, kPayee}) {
            if (valid)
                answer_with(id, account::kAuthenticateMessage, true);
            else
                answer(id, account::kAuthenticateMessage, ExitCode::illegal_argument);
        }
    }
    void construct(const TokenAmount& balance) {
        ASSERT_TRUE(ok(call(kInitId, 1, ConstructorParams{Address::id(kPayer), Address::id(kPayee)})));
        set_balance(kChannel, balance);
    }
    /// Makes a channel in which lane i has redeemed i + 1 attoFIL with the nonce i + 1.
    void construct_with_lanes(std::uint64_t lanes) {
        construct(100'000);
        for (std::uint64_t lane = 0; lane < lanes; ++lane)
            ASSERT_TRUE(ok(update(kPayer, voucher(lane, lane + 1, static_cast<std::int64_t>(lane) + 1))));
    }
    static SignedVoucher voucher(std::uint64_t lane, std::uint64_t nonce, std::int64_t amount) {
        SignedVoucher out;
        out.channel = Address::id(kChannel);
        out.lane = lane;
        out.nonce = nonce;
        out.amount = amount;
        out.signature = Signature{Signature::Type::bls, {1, 2, 3}};
        return out;
    }
    vm::CallResult update(ActorId from, const SignedVoucher& voucher, const Bytes& secret = {}) {
        return call(from, 2, UpdateChannelStateParams{voucher, secret});
    }
    LaneState lane(std::uint64_t number) {
        const auto lanes = Lanes::load(world_.store, state<State>().lane_states, kLanesBitWidth).value();
        return lanes.get(number).value().value();
    }
};

TEST_F(PaychTest, ConstructorResolvesBothParties) {
    const Address payer = key_of(kPayer);
    const Address payee = key_of(kPayee);
    ASSERT_TRUE(ok(call(kInitId, 1, ConstructorParams{payer, payee})));
    EXPECT_EQ(state<State>().from, Address::id(kPayer));
    EXPECT_EQ(state<State>().to, Address::id(kPayee));
    EXPECT_EQ(state<State>().settling_at, 0);
    const ConstructorParams by_id{Address::id(kPayer), Address::id(kPayee)};
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kPayer, 1, by_id)));
    EXPECT_TRUE(exits(ExitCode::not_found, call(kInitId, 1, ConstructorParams{payer, Address::id(999)})));
}

TEST_F(PaychTest, FirstVoucherOfALane) {
    construct(9);
    ASSERT_TRUE(ok(update(kPayee, voucher(0, 0, 1))));
    const auto asked = sent_to(kPayer, account::kAuthenticateMessage);
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_TRUE(asked[0].read_only);
    EXPECT_EQ(asked[0].as<account::AuthenticateMessageParams>().message, voucher(0, 0, 1).signing_bytes());
    EXPECT_EQ(lane(0).redeemed, TokenAmount(1));
    EXPECT_EQ(lane(0).nonce, 0U);
    auto by_key = voucher(1, 0, 1);
    by_key.channel = key_of(kChannel);
    EXPECT_TRUE(ok(update(kPayee, by_key)));
}

TEST_F(PaychTest, RefusedVouchers) {
    construct(9);
    const auto refused = [&](auto change) {
        auto bad = voucher(0, 0, 1);
        change(bad);
        EXPECT_TRUE(exits(ExitCode::illegal_argument, update(kPayee, bad)));
    };
    refused([](auto& v) { v.channel = Address::id(210); });
    refused([](auto& v) { v.channel = Address::bls(Bytes(48, 1)); });
    refused([](auto& v) { v.amount = -1; });
    refused([](auto& v) { v.amount = 10; });  // the channel holds 9
    refused([](auto& v) { v.signature.reset(); });
    refused([](auto& v) { v.time_lock_min = 10; });
    refused([](auto& v) { v.time_lock_max = 1; });
    refused([](auto& v) { v.lane = (std::uint64_t{1} << 63); });  // MAX_LANE is i64::MAX
    signatures_are(false);
    refused([](auto&) {});
    signatures_are(true);
    EXPECT_TRUE(exits(ExitCode::forbidden, update(kOther, voucher(0, 0, 1))));
    EXPECT_TRUE(ok(update(kPayee, voucher(0, 0, 1))));
}

TEST_F(PaychTest, LaterVouchersReplaceEarlierOnesOfTheirLane) {
    construct_with_lanes(3);
    EXPECT_EQ(state<State>().to_send, TokenAmount(6));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, update(kPayee, voucher(1, 2, 9))));  // the nonce is known
    ASSERT_TRUE(ok(update(kPayee, voucher(1, 3, 9))));
    EXPECT_EQ(lane(1).redeemed, TokenAmount(9));
    EXPECT_EQ(lane(1).nonce, 3U);
    EXPECT_EQ(state<State>().to_send, TokenAmount(13));
    ASSERT_TRUE(ok(update(kPayee, voucher(1, 4, 0))));  // the payer may lower the amount
    EXPECT_EQ(state<State>().to_send, TokenAmount(4));
}

TEST_F(PaychTest, AVoucherMergesLanes) {
    construct_with_lanes(3);
    auto merging = voucher(0, 4, 3);
    merging.merges = {{1, 11}};
    ASSERT_TRUE(ok(update(kPayer, merging)));
    EXPECT_EQ(lane(0).redeemed, TokenAmount(3));
    EXPECT_EQ(lane(0).nonce, 4U);
    EXPECT_EQ(lane(1).redeemed, TokenAmount(2));
    EXPECT_EQ(lane(1).nonce, 11U);
    EXPECT_EQ(state<State>().to_send, TokenAmount(6));  // 6 + 3 - (1 + 2)
}

TEST_F(PaychTest, RefusedMerges) {
    const struct {
        std::uint64_t lane;
        std::uint64_t nonce;
        std::int64_t balance;
        std::uint64_t merge_nonce;
    } cases[] = {{1, 10, 100, 1}, {1, 0, 100, 10}, {1, 10, 1, 10}, {0, 10, 100, 10}, {999, 10, 100, 10}};
    for (const auto& one : cases) {
        SCOPED_TRACE(&one - cases);
        construct_with_lanes(2);
        set_balance(kChannel, one.balance);
        auto merging = voucher(0, one.nonce, 20);
        merging.merges = {{one.lane, one.merge_nonce}};
        EXPECT_TRUE(exits(ExitCode::illegal_argument, update(kPayer, merging)));
    }
}

TEST_F(PaychTest, TheExtraCallDecides) {
    construct(9);
    auto with_call = voucher(0, 1, 1);
    with_call.extra = ModVerifyParams{Address::id(kOther), 2, {1, 2, 3, 4}};
    ASSERT_TRUE(ok(update(kPayer, with_call)));
    ASSERT_EQ(sent_to(kOther, 2).size(), 1U);
    EXPECT_EQ(sent_to(kOther, 2)[0].params, (Bytes{1, 2, 3, 4}));
    with_call.nonce = 2;
    answer(kOther, 2, ExitCode::unspecified);
    EXPECT_TRUE(exits(ExitCode::unspecified, update(kPayer, with_call)));
}

TEST_F(PaychTest, TheSecretOpensAVoucher) {
    construct(9);
    auto locked = voucher(0, 1, 1);
    const Bytes secret = to_bytes(as_bytes("Magneto"));
    locked.secret_hash = to_bytes(Cid::hash_of(Codec::raw, secret).digest());  // blake2b-256
    EXPECT_TRUE(exits(ExitCode::illegal_argument, update(kPayer, locked, to_bytes(as_bytes("Profesr")))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, update(kPayer, locked, Bytes(257))));  // MAX_SECRET_SIZE is 256
    EXPECT_TRUE(ok(update(kPayer, locked, secret)));
}

TEST_F(PaychTest, VouchersDelayTheSettlement) {
    construct_with_lanes(1);
    at(10);
    ASSERT_TRUE(ok(call(kPayer, 3)));
    const ChainEpoch settling = kSettleDelay + 10;
    EXPECT_EQ(state<State>().settling_at, settling);
    EXPECT_TRUE(exits(ExitCode::illegal_state, call(kPayer, 3)));
    std::uint64_t nonce = 2;
    const struct {
        ChainEpoch asked;
        ChainEpoch height;
        ChainEpoch settling_at;
    } cases[] = {{0, 0, settling}, {2, 2, settling}, {12, 12, settling}, {settling + 1, settling + 1, settling + 1}};
    for (const auto& one : cases) {
        auto later = voucher(0, nonce++, 1);
        later.min_settle_height = one.asked;
        ASSERT_TRUE(ok(update(kPayer, later)));
        EXPECT_EQ(state<State>().min_settle_height, one.height);
        EXPECT_EQ(state<State>().settling_at, one.settling_at);
    }
    at(settling + 1);
    EXPECT_TRUE(exits(ExitCode{32}, update(kPayer, voucher(0, nonce, 1))));
}

TEST_F(PaychTest, SettlementWaitsForTheMinimumHeight) {
    construct_with_lanes(1);
    at(10);
    auto later = voucher(0, 2, 1);
    later.min_settle_height = 10 + kSettleDelay + 1;
    ASSERT_TRUE(ok(update(kPayer, later)));
    EXPECT_EQ(state<State>().settling_at, 0);
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kOther, 3)));
    ASSERT_TRUE(ok(call(kPayer, 3)));
    EXPECT_EQ(state<State>().settling_at, 10 + kSettleDelay + 1);
}

TEST_F(PaychTest, CollectPaysBothAndEndsTheChannel) {
    construct_with_lanes(2);
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kPayee, 4)));
    at(10);
    ASSERT_TRUE(ok(call(kPayer, 3)));
    at(10 + kSettleDelay - 1);
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kPayee, 4)));
    at(10 + kSettleDelay);
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kOther, 4)));
    ASSERT_TRUE(ok(call(kPayee, 4)));
    EXPECT_EQ(balance_of(kPayee), TokenAmount(3));
    EXPECT_EQ(balance_of(kPayer), TokenAmount(100'000 - 3));
    EXPECT_FALSE(world_.tree.get(kChannel).value());
}

}  // namespace
}  // namespace strata::actors::paych
