// Expected values and exit codes: builtin-actors v18 actors/multisig/tests/multisig_actor_test.rs.
#include <strata/actors/methods.hpp>

#include <strata/actors/multisig/state.hpp>
#include <strata/actors/receiver_hook.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::multisig {
namespace {

constexpr ActorId kWallet = 100;
constexpr ActorId kAnne = 101;
constexpr ActorId kBob = 102;
constexpr ActorId kChuck = 103;
constexpr ActorId kDarlene = 104;
constexpr MethodNumber kSomeMethod = 42;

Address of(ActorId id) {
    return Address::id(id);
}

class MultisigTest : public actors::testing::ActorTest {
  protected:
    MultisigTest() : ActorTest(ActorType::multisig, methods(), kWallet, NativeActor::Unknown::accept_exported) {
        for (const ActorId id : {kAnne, kBob, kChuck, kDarlene}) world_.add(id, ActorType::account, 0);
        set_balance(kInitId, fil(1));
    }
    vm::CallResult construct(std::vector<Address> signers, std::uint64_t threshold, ChainEpoch duration = 0,
                             ChainEpoch start = 0, const TokenAmount& value = 0) {
        return call(kInitId, 1, ConstructorParams{std::move(signers), threshold, duration, start}, value);
    }
    vm::CallResult propose(ActorId from, ActorId to, const TokenAmount& value, MethodNumber method = 0,
                           const Bytes& params = {}) {
        return call(from, 2, ProposeParams{of(to), value, method, params});
    }
    vm::CallResult approve(ActorId from, TxnId id, const Bytes& hash = {}) {
        return call(from, 3, TxnIdParams{id, hash});
    }
    vm::CallResult cancel(ActorId from, TxnId id, const Bytes& hash = {}) {
        return call(from, 4, TxnIdParams{id, hash});
    }
    // The wallet calls these methods on itself after its signers agree.
    vm::CallResult add_signer(const Address& signer, bool increase) {
        return call(kWallet, 5, AddSignerParams{signer, increase});
    }
    vm::CallResult remove_signer(const Address& signer, bool decrease) {
        return call(kWallet, 6, RemoveSignerParams{signer, decrease});
    }
    vm::CallResult swap_signer(const Address& from, const Address& to) {
        return call(kWallet, 7, SwapSignerParams{from, to});
    }
    vm::CallResult change_threshold(std::uint64_t threshold) {
        return call(kWallet, 8, ChangeThresholdParams{threshold});
    }
    vm::CallResult lock(ChainEpoch start, ChainEpoch duration, const TokenAmount& amount) {
        return call(kWallet, 9, LockBalanceParams{start, duration, amount});
    }
    std::map<TxnId, Transaction> waiting() {
        std::map<TxnId, Transaction> out;
        const auto map = PendingTransactions::load(world_.store, state<State>().pending_txns).value();
        EXPECT_TRUE(map.for_each([&](TxnId id, const Transaction& txn) -> Status {
            out[id] = txn;
            return {};
        }));
        return out;
    }
    std::vector<Address> approvers(TxnId id) { return waiting().at(id).approved; }
};

TEST_F(MultisigTest, ConstructorResolvesSignersAndKeepsTheThreshold) {
    const Address key = key_of(kAnne);
    ASSERT_TRUE(ok(construct({key, of(kBob), of(kChuck)}, 2)));
    const auto made = state<State>();
    EXPECT_EQ(made.signers, (std::vector{of(kAnne), of(kBob), of(kChuck)}));
    EXPECT_EQ(made.threshold, 2U);
    EXPECT_EQ(made.next_txn_id, 0);
    EXPECT_EQ(made.unlock_duration, 0);
    EXPECT_TRUE(made.initial_balance.is_zero());
}

TEST_F(MultisigTest, ConstructorKeepsAVestingScheduleOnlyWithADuration) {
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1, 200, 8, 100)));
    EXPECT_EQ(state<State>().initial_balance, TokenAmount(100));
    EXPECT_EQ(state<State>().unlock_duration, 200);
    EXPECT_EQ(state<State>().start_epoch, 8);
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1, 0, 8, 100)));
    EXPECT_TRUE(state<State>().initial_balance.is_zero());
    EXPECT_EQ(state<State>().start_epoch, 0);
}

TEST_F(MultisigTest, ConstructorRefusals) {
    const auto wrong = ExitCode::illegal_argument;
    EXPECT_TRUE(exits(wrong, construct({}, 1)));
    EXPECT_TRUE(exits(wrong, construct({of(kAnne), of(kBob)}, 3)));
    EXPECT_TRUE(exits(wrong, construct({of(kAnne)}, 0)));
    EXPECT_TRUE(exits(wrong, construct({of(kAnne), of(kBob), of(kBob)}, 2)));
    EXPECT_TRUE(exits(wrong, construct({of(kAnne), key_of(kAnne)}, 1)));
    EXPECT_TRUE(exits(wrong, construct({of(kAnne)}, 1, -1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kAnne, 1, ConstructorParams{{of(kAnne)}, 1, 0, 0})));
    // SIGNERS_MAX in actors/multisig/src/types.rs.
    std::vector<Address> signers;
    for (ActorId id = 1000; id < 1257; ++id) {
        world_.add(id, ActorType::account, 0);
        signers.push_back(of(id));
    }
    EXPECT_TRUE(exits(wrong, construct(signers, 1)));
    signers.pop_back();
    EXPECT_TRUE(ok(construct(signers, 1)));
}

TEST_F(MultisigTest, FundsVestLinearly) {
    constexpr ChainEpoch start = 8;
    constexpr ChainEpoch duration = 200;
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob), of(kChuck)}, 2, duration, start, 100)));
    at(start);
    ASSERT_TRUE(ok(propose(kAnne, kDarlene, 100)));
    ASSERT_TRUE(ok(propose(kAnne, kDarlene, 50)));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, approve(kBob, 0)));
    at(start + duration / 10);
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, approve(kBob, 1)));
    at(start + duration / 2);
    EXPECT_TRUE(returned<ApproveReturn>(approve(kBob, 1)).applied);
    EXPECT_EQ(balance_of(kDarlene), TokenAmount(50));
    at(start + duration);
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, approve(kBob, 0)));  // only 50 are left
    EXPECT_EQ(waiting().size(), 1U);
}

TEST_F(MultisigTest, VestingRoundsTheLockedAmountUp) {
    constexpr ChainEpoch start = 8;
    constexpr ChainEpoch duration = 200;
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1, duration, start, duration - 1)));
    const auto short_of_funds = ExitCode::insufficient_funds;
    at(start);
    EXPECT_TRUE(exits(short_of_funds, propose(kAnne, kBob, 1)));
    at(start + 1);
    EXPECT_TRUE(exits(short_of_funds, propose(kAnne, kBob, 1)));
    at(start + 2);
    EXPECT_TRUE(ok(propose(kAnne, kBob, 1)));
    set_balance(kWallet, duration - 1);
    at(start + duration - 1);
    EXPECT_TRUE(exits(short_of_funds, propose(kAnne, kBob, duration - 1)));
    EXPECT_TRUE(ok(propose(kAnne, kBob, duration - 2)));
    set_balance(kWallet, duration - 1);
    at(start + duration);
    EXPECT_TRUE(ok(propose(kAnne, kBob, duration - 1)));
}

TEST_F(MultisigTest, ZeroMayAlwaysBeSent) {
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1)));
    ASSERT_TRUE(ok(lock(8, 200, 10)));
    EXPECT_TRUE(ok(propose(kAnne, kBob, 0)));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, propose(kAnne, kBob, 1)));
}

TEST_F(MultisigTest, AProposalWaitsForTheThreshold) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob)}, 2, 0, 0, 10)));
    const auto proposed = returned<ProposeReturn>(propose(kAnne, kChuck, 10, kSomeMethod, {1, 2, 3, 4}));
    EXPECT_EQ(proposed.id, 0);
    EXPECT_FALSE(proposed.applied);
    EXPECT_EQ(approvers(0), std::vector{of(kAnne)});
    EXPECT_TRUE(sent_.empty());
    answer(kChuck, kSomeMethod, ExitCode::ok, Bytes{0x83, 1, 2, 3});
    const auto approved = returned<ApproveReturn>(approve(kBob, 0));
    EXPECT_TRUE(approved.applied);
    EXPECT_EQ(approved.code, 0U);
    EXPECT_EQ(approved.ret, (Bytes{0x83, 1, 2, 3}));
    ASSERT_EQ(sent_.size(), 1U);
    EXPECT_EQ(sent_[0].params, (Bytes{1, 2, 3, 4}));
    EXPECT_EQ(sent_[0].value, TokenAmount(10));
    EXPECT_TRUE(waiting().empty());
}

TEST_F(MultisigTest, OneApprovalIsEnoughForAThresholdOfOne) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob)}, 1, 0, 0, 10)));
    const auto proposed = returned<ProposeReturn>(propose(kAnne, kChuck, 10));
    EXPECT_TRUE(proposed.applied);
    EXPECT_EQ(balance_of(kChuck), TokenAmount(10));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, propose(kAnne, kChuck, 10)));
    EXPECT_EQ(state<State>().next_txn_id, 1);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, propose(kAnne, kChuck, -1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, propose(kDarlene, kChuck, 0)));
}

TEST_F(MultisigTest, AFailedCallIsPartOfTheResult) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob)}, 2, 0, 0, 10)));
    ASSERT_TRUE(ok(propose(kAnne, kChuck, 10, kSomeMethod)));
    answer(kChuck, kSomeMethod, ExitCode{1}, Bytes{0x83, 1, 2, 3});
    const auto approved = returned<ApproveReturn>(approve(kBob, 0));
    EXPECT_TRUE(approved.applied);
    EXPECT_EQ(ExitCode{approved.code}, ExitCode::assertion_failed);  // system codes are not passed on
    EXPECT_EQ(approved.ret, (Bytes{0x83, 1, 2, 3}));
    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(balance(), TokenAmount(10));
}

TEST_F(MultisigTest, ApprovalRefusals) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob)}, 2)));
    ASSERT_TRUE(ok(propose(kAnne, kChuck, 10, kSomeMethod)));
    EXPECT_TRUE(exits(ExitCode::forbidden, approve(kAnne, 0)));
    EXPECT_TRUE(exits(ExitCode::not_found, approve(kBob, 1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, approve(kDarlene, 0)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, approve(kBob, 0, Bytes(32, 7))));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, approve(kBob, 0)));
    EXPECT_EQ(approvers(0), std::vector{of(kAnne)});
}

// The hash is blake2b-256 of [requester, to, value, method, params] (actors/multisig/src/types.rs), here written out as
// bytes.
TEST_F(MultisigTest, TheHashOfAProposalNamesItsContent) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob)}, 2, 0, 0, 10)));
    ASSERT_TRUE(ok(propose(kAnne, kChuck, 10, kSomeMethod, {1, 2})));
    const Bytes encoded{0x85, 0x42, 0, 101, 0x42, 0, 103, 0x42, 0, 10, 0x18, 42, 0x42, 1, 2};
    const Cid hashed = Cid::hash_of(Codec::raw, encoded);  // blake2b-256
    EXPECT_TRUE(ok(approve(kBob, 0, to_bytes(hashed.digest()))));
    EXPECT_EQ(sent_to(kChuck, kSomeMethod).size(), 1U);
}

TEST_F(MultisigTest, OnlyTheProposerCancels) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob), of(kChuck)}, 3)));
    ASSERT_TRUE(ok(propose(kAnne, kChuck, 10, kSomeMethod)));
    ASSERT_TRUE(ok(approve(kBob, 0)));
    EXPECT_TRUE(exits(ExitCode::forbidden, cancel(kBob, 0)));
    EXPECT_TRUE(exits(ExitCode::forbidden, cancel(kDarlene, 0)));
    EXPECT_TRUE(exits(ExitCode::not_found, cancel(kAnne, 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_state, cancel(kAnne, 0, Bytes(32, 7))));
    EXPECT_TRUE(ok(cancel(kAnne, 0)));
    EXPECT_TRUE(waiting().empty());
}

TEST_F(MultisigTest, TheNextApproverInheritsAProposalOfARemovedSigner) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob), of(kChuck)}, 3)));
    ASSERT_TRUE(ok(propose(kAnne, kChuck, 10, kSomeMethod)));
    ASSERT_TRUE(ok(approve(kBob, 0)));
    ASSERT_TRUE(ok(remove_signer(of(kAnne), true)));
    EXPECT_TRUE(exits(ExitCode::forbidden, cancel(kAnne, 0)));
    ASSERT_TRUE(ok(add_signer(of(kAnne), true)));
    EXPECT_TRUE(exits(ExitCode::forbidden, cancel(kAnne, 0)));
    EXPECT_EQ(approvers(0), std::vector{of(kBob)});
    EXPECT_TRUE(ok(cancel(kBob, 0)));
}

TEST_F(MultisigTest, SignersAreAdded) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob)}, 2)));
    EXPECT_TRUE(exits(ExitCode::forbidden, add_signer(of(kBob), false)));
    EXPECT_TRUE(exits(ExitCode::forbidden, add_signer(key_of(kBob), true)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kAnne, 5, AddSignerParams{of(kChuck), false})));
    ASSERT_TRUE(ok(add_signer(of(kChuck), false)));
    EXPECT_EQ(state<State>().threshold, 2U);
    ASSERT_TRUE(ok(add_signer(key_of(kDarlene), true)));
    EXPECT_EQ(state<State>().threshold, 3U);
    EXPECT_EQ(state<State>().signers, (std::vector{of(kAnne), of(kBob), of(kChuck), of(kDarlene)}));
}

// Source: builtin-actors v18 actors/multisig/src/types.rs, SIGNERS_MAX.
TEST_F(MultisigTest, AWalletHasAtMost256Signers) {
    std::vector<Address> signers;
    for (ActorId id = 1'000; signers.size() < 255; ++id) {
        world_.add(id, ActorType::account, 0);
        signers.push_back(of(id));
    }
    ASSERT_TRUE(ok(construct(signers, 1)));
    EXPECT_TRUE(ok(add_signer(of(kAnne), false)));
    EXPECT_TRUE(exits(ExitCode::forbidden, add_signer(of(kBob), false)));
    EXPECT_EQ(state<State>().signers.size(), 256U);
}

TEST_F(MultisigTest, SignersAreRemoved) {
    const struct {
        std::vector<ActorId> signers;
        std::uint64_t threshold;
        ActorId removed;
        bool decrease;
        ExitCode code;
        std::vector<Address> left;
        std::uint64_t new_threshold;
    } cases[] = {
        {{kAnne, kBob, kChuck}, 2, kChuck, false, ExitCode::ok, {of(kAnne), of(kBob)}, 2},
        {{kAnne, kBob, kChuck}, 2, kChuck, true, ExitCode::ok, {of(kAnne), of(kBob)}, 1},
        {{kAnne, kBob, kChuck}, 3, kChuck, false, ExitCode::illegal_argument, {}, 0},
        {{kAnne}, 1, kAnne, false, ExitCode::forbidden, {}, 0},
        {{kAnne, kBob, kChuck}, 2, kDarlene, false, ExitCode::forbidden, {}, 0},
        {{kAnne, kBob, kChuck}, 1, kAnne, true, ExitCode::illegal_argument, {}, 0},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(&one - cases);
        std::vector<Address> signers;
        for (const auto id : one.signers) signers.push_back(of(id));
        ASSERT_TRUE(ok(construct(signers, one.threshold)));
        EXPECT_TRUE(exits(one.code, remove_signer(key_of(one.removed), one.decrease)));
        if (one.code != ExitCode::ok) continue;
        EXPECT_EQ(state<State>().signers, one.left);
        EXPECT_EQ(state<State>().threshold, one.new_threshold);
    }
}

TEST_F(MultisigTest, ASignerThatGoesTakesItsApprovalsAlong) {
    for (const bool swapped : {false, true}) {
        ASSERT_TRUE(ok(construct({of(kAnne), of(kBob), of(kChuck)}, 3)));
        ASSERT_TRUE(ok(propose(kAnne, kChuck, 0)));
        ASSERT_TRUE(ok(approve(kBob, 0)));
        ASSERT_TRUE(ok(propose(kBob, kChuck, 0)));
        ASSERT_TRUE(ok(approve(kAnne, 1)));
        ASSERT_TRUE(ok(propose(kAnne, kChuck, 0)));
        ASSERT_TRUE(ok(swapped ? swap_signer(of(kAnne), of(kDarlene)) : remove_signer(of(kAnne), true)));
        EXPECT_EQ(waiting().size(), 2U);  // the third had no other approval
        EXPECT_EQ(approvers(0), std::vector{of(kBob)});
        EXPECT_EQ(approvers(1), std::vector{of(kBob)});
    }
}

TEST_F(MultisigTest, SignersAreSwapped) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob)}, 1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, swap_signer(of(kDarlene), of(kChuck))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, swap_signer(of(kAnne), of(kBob))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, swap_signer(of(kAnne), key_of(kBob))));
    ASSERT_TRUE(ok(swap_signer(key_of(kBob), of(kChuck))));
    EXPECT_EQ(state<State>().signers, (std::vector{of(kAnne), of(kChuck)}));
}

TEST_F(MultisigTest, ThresholdChanges) {
    ASSERT_TRUE(ok(construct({of(kAnne), of(kBob), of(kChuck)}, 2, 0, 0, 10)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_threshold(0)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_threshold(4)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kAnne, 8, ChangeThresholdParams{1})));
    ASSERT_TRUE(ok(change_threshold(3)));
    ASSERT_TRUE(ok(propose(kAnne, kDarlene, 10, kSomeMethod)));
    // A lower threshold does not run a pending transaction; an approver must call Approve again.
    ASSERT_TRUE(ok(change_threshold(1)));
    EXPECT_EQ(waiting().size(), 1U);
    EXPECT_TRUE(exits(ExitCode::forbidden, approve(kDarlene, 0)));
    EXPECT_TRUE(returned<ApproveReturn>(approve(kAnne, 0)).applied);
    EXPECT_EQ(balance_of(kDarlene), TokenAmount(10));
}

TEST_F(MultisigTest, ALockMayBeginInThePast) {
    at(200);
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1)));
    ASSERT_TRUE(ok(lock(0, 1000, 100'000)));
    at(300);
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, propose(kAnne, kBob, 30'000)));
    set_balance(kWallet, 100'000);
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, propose(kAnne, kBob, 30'001)));
    EXPECT_TRUE(ok(propose(kAnne, kBob, 30'000)));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, propose(kAnne, kBob, 1)));
    at(1000);
    EXPECT_TRUE(ok(propose(kAnne, kBob, 70'000)));
}

TEST_F(MultisigTest, ALockMayBeginLater) {
    at(200);
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1)));
    ASSERT_TRUE(ok(lock(1000, 1000, 100'000)));
    set_balance(kWallet, 100'001);
    at(300);
    EXPECT_TRUE(ok(propose(kAnne, kBob, 1)));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, propose(kAnne, kBob, 1)));
    at(1200);
    EXPECT_TRUE(ok(propose(kAnne, kBob, 20'000)));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, propose(kAnne, kBob, 1)));
    at(2000);
    EXPECT_TRUE(ok(propose(kAnne, kBob, 80'000)));
}

TEST_F(MultisigTest, ALockIsSetOnce) {
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, lock(0, -1, 100'000)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, lock(0, 0, 100'000)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, lock(0, 1000, -1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kAnne, 9, LockBalanceParams{0, 1000, 1})));
    ASSERT_TRUE(ok(lock(-1, 1000, 100'000)));
    EXPECT_TRUE(exits(ExitCode::forbidden, lock(-1, 999, 100'000)));
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1, 1000, 100)));
    EXPECT_TRUE(exits(ExitCode::forbidden, lock(99, 1000, 0)));
}

TEST_F(MultisigTest, TokensAndUnknownExportedMethodsAreAccepted) {
    ASSERT_TRUE(ok(construct({of(kAnne)}, 1)));
    const auto received = call(kBob, kReceive, UniversalReceiverParams{0, {1, 2, 3}});
    EXPECT_TRUE(ok(received));
    EXPECT_FALSE(received.data);
    EXPECT_TRUE(ok(raw_call(kBob, kFirstExportedMethod, Bytes{0x83, 1, 2, 3}, 0)));
    EXPECT_TRUE(exits(ExitCode::unhandled_message, raw_call(kBob, kFirstExportedMethod - 1, Bytes{0x80}, 0)));
}

}  // namespace
}  // namespace strata::actors::multisig
