// Who controls a miner, and its money. Cases and codes: builtin-actors v18 actors/miner/tests
// (miner_actor_test_construction.rs, change_worker_address_test.rs, change_owner_address_test.rs,
// change_beneficiary_test.rs, miner_actor_test_peer_info.rs, withdraw_balance.rs, apply_rewards.rs, repay_debts.rs,
// report_consensus_fault.rs, exported_getters.rs).
#include <strata/actors/miner/test_miner.hpp>

namespace strata::actors::miner {
namespace {

using namespace testing;

constexpr ActorId kFirst = 1999;
constexpr ActorId kSecond = 2001;

Address of(ActorId id) {
    return Address::id(id);
}

class ConstructionTest : public MinerTest {
  protected:
    vm::CallResult make(const power::MinerConstructorParams& params, ActorId caller = kInitId) {
        return call(caller, 1, params);
    }
};

TEST_F(ConstructionTest, KeepsItsInfoAndLocksADeposit) {
    set_balance(kMiner, fil(10));
    ASSERT_TRUE(ok(make(constructor_params())));
    const auto made = info();
    EXPECT_EQ(made.owner, of(kOwner));
    EXPECT_EQ(made.worker, of(kWorker));
    EXPECT_EQ(made.beneficiary, of(kOwner));
    EXPECT_EQ(made.control_addresses, (std::vector{of(kControl2), of(kControl1)}));
    EXPECT_EQ(made.peer_id, (Bytes{1, 2, 3}));
    EXPECT_EQ(made.sector_size, SectorSize::size_32GiB);
    EXPECT_EQ(made.window_post_partition_sectors, 2349U);
    const auto now = state<State>();
    EXPECT_EQ(now.proving_period_start, -2222);  // from the hash of f01000 and epoch 0
    EXPECT_EQ(now.current_deadline, 37U);        // 2222 / 60
    EXPECT_FALSE(now.deadline_cron_active);
    // FIP-0077: without network power the deposit of a new miner is the reward of one epoch, and it vests.
    EXPECT_EQ(now.locked_funds, fil(10));
    const auto vesting = returned<GetVestingFundsReturn>(call(kStranger, 1726876304)).vesting_funds;
    EXPECT_EQ(vesting.size(), 180U);
    set_balance(kMiner, fil(10) - 1);
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, make(constructor_params())));
}

TEST_F(ConstructionTest, ResolvesAddresses) {
    set_balance(kMiner, fil(10));
    auto params = constructor_params();
    params.control_addresses = {key_of(kControl1)};
    params.worker = key_of(kWorker);  // a BLS address is not asked for its key
    ASSERT_TRUE(ok(make(params)));
    EXPECT_TRUE(sent_to(kWorker, kPubkeyAddress).empty());
    EXPECT_EQ(info().control_addresses, std::vector{of(kControl1)});
    EXPECT_EQ(info().worker, of(kWorker));
}

TEST_F(ConstructionTest, Refusals) {
    set_balance(kMiner, fil(10));
    EXPECT_TRUE(exits(ExitCode::forbidden, make(constructor_params(), kOwner)));
    const auto refused = [&](auto change) {
        auto params = constructor_params();
        change(params);
        EXPECT_TRUE(exits(ExitCode::illegal_argument, make(params)));
    };
    refused([](auto& p) { p.peer_id = Bytes(129); });
    refused([](auto& p) { p.control_addresses.assign(11, of(kControl1)); });
    refused([](auto& p) { p.multi_addresses.assign(100, Bytes(12)); });
    refused([](auto& p) { p.multi_addresses = {{}, {1}}; });
    refused([](auto& p) { p.window_post_proof = RegisteredPoStProof{8}; });   // V1
    refused([](auto& p) { p.window_post_proof = RegisteredPoStProof{10}; });  // 2 KiB
    refused([](auto& p) { p.owner = Address::bls(Bytes(48, 9)); });
    refused([](auto& p) { p.worker = of(kInitId); });
    answer_with(kWorker, kPubkeyAddress, Address::secp256k1(Bytes(65, 1)));
    refused([](auto&) {});
}

// Limits: builtin-actors v18 runtime/src/runtime/policy.rs (MAX_PEER_ID_LENGTH, MAX_MULTIADDR_DATA,
// MAX_CONTROL_ADDRESSES).
TEST_F(ConstructionTest, WhatIsExactlyAtALimitIsAllowed) {
    set_balance(kMiner, fil(10));
    auto params = constructor_params();
    params.peer_id = Bytes(128);
    params.multi_addresses.assign(64, Bytes(16));
    params.control_addresses.assign(10, of(kControl1));
    EXPECT_TRUE(ok(make(params)));
}

class ControlTest : public MinerTest {
  protected:
    ControlTest() {
        for (const ActorId id : {kFirst, kSecond}) {
            world_.add(id, ActorType::account, 0);
            answer_with(id, kPubkeyAddress, Address::bls(Bytes(48, 2)));
        }
        construct();
    }
    vm::CallResult change_worker(ActorId from, const Address& worker, std::vector<Address> control = {}) {
        return call(from, 3, ChangeWorkerAddressParams{worker, std::move(control)});
    }
    vm::CallResult confirm_worker(ActorId from = kOwner) { return call(from, 21); }
    vm::CallResult change_owner(ActorId from, ActorId proposed) { return call(from, 23, of(proposed)); }
    vm::CallResult change_beneficiary(ActorId from, ActorId beneficiary, std::int64_t quota, ChainEpoch expiration) {
        return call(from, 30, ChangeBeneficiaryParams{of(beneficiary), quota, expiration});
    }
    void make_beneficiary(ActorId beneficiary, std::int64_t quota, ChainEpoch expiration) {
        ASSERT_TRUE(ok(change_beneficiary(kOwner, beneficiary, quota, expiration)));
        ASSERT_TRUE(ok(change_beneficiary(beneficiary, beneficiary, quota, expiration)));
    }
    GetBeneficiaryReturn beneficiary() { return returned<GetBeneficiaryReturn>(call(kStranger, 31)); }
    vm::CallResult withdraw(ActorId from, const TokenAmount& amount) {
        return call(from, 16, WithdrawBalanceParams{amount});
    }
};

TEST_F(ControlTest, AWorkerChangesAfterFinality) {
    at(2970);
    const std::vector control{of(kControl2), of(kControl1)};
    ASSERT_TRUE(ok(change_worker(kOwner, of(kFirst), control)));
    ASSERT_TRUE(info().pending_worker_key);
    EXPECT_EQ(info().pending_worker_key->effective_at, 2970 + 900);
    // A second change does not replace a pending one.
    ASSERT_TRUE(ok(change_worker(kOwner, of(kSecond), control)));
    EXPECT_EQ(info().pending_worker_key->new_worker, of(kFirst));
    at(2970 + 899);
    ASSERT_TRUE(ok(confirm_worker()));
    EXPECT_EQ(info().worker, of(kWorker));
    at(2970 + 900);
    EXPECT_TRUE(exits(ExitCode::forbidden, confirm_worker(kWorker)));
    ASSERT_TRUE(ok(confirm_worker()));
    EXPECT_EQ(info().worker, of(kFirst));
    EXPECT_FALSE(info().pending_worker_key);
    EXPECT_EQ(info().control_addresses, control);
}

TEST_F(ControlTest, ControlAddressesChangeAtOnce) {
    ASSERT_TRUE(ok(change_worker(kOwner, of(kWorker), {of(kFirst), key_of(kSecond)})));
    EXPECT_FALSE(info().pending_worker_key);
    EXPECT_EQ(info().control_addresses, (std::vector{of(kFirst), of(kSecond)}));
    ASSERT_TRUE(ok(change_worker(kOwner, of(kWorker))));
    EXPECT_TRUE(info().control_addresses.empty());
}

TEST_F(ControlTest, WorkerRefusals) {
    const auto wrong = ExitCode::illegal_argument;
    EXPECT_TRUE(exits(ExitCode::forbidden, change_worker(kWorker, of(kFirst))));
    EXPECT_TRUE(exits(wrong, change_worker(kOwner, of(kFirst), std::vector(11, of(kControl1)))));
    EXPECT_TRUE(exits(wrong, change_worker(kOwner, of(kFirst), {Address::bls(Bytes(48, 42))})));
    EXPECT_TRUE(exits(wrong, change_worker(kOwner, Address::bls(Bytes(48, 42)))));
    EXPECT_TRUE(exits(wrong, change_worker(kOwner, of(5001))));  // there is no such actor
    EXPECT_TRUE(exits(wrong, change_worker(kOwner, of(kCronId))));
    answer_with(kFirst, kPubkeyAddress, Address::secp256k1(Bytes(65, 1)));
    EXPECT_TRUE(exits(wrong, change_worker(kOwner, of(kFirst))));
    answer_with(kFirst, kPubkeyAddress, of(505));
    EXPECT_TRUE(exits(wrong, change_worker(kOwner, of(kFirst))));
}

TEST_F(ControlTest, AnOwnerIsProposedAndAccepts) {
    ASSERT_TRUE(ok(change_owner(kOwner, kFirst)));
    EXPECT_EQ(info().owner, of(kOwner));
    auto asked = returned<GetOwnerReturn>(call(kStranger, 3275365574));
    EXPECT_EQ(asked.owner, of(kOwner));
    EXPECT_EQ(asked.proposed, of(kFirst));
    EXPECT_TRUE(exits(ExitCode::forbidden, change_owner(kSecond, kFirst)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_owner(kFirst, kSecond)));  // it can confirm only itself
    ASSERT_TRUE(ok(change_owner(kFirst, kFirst)));
    EXPECT_EQ(info().owner, of(kFirst));
    EXPECT_EQ(info().beneficiary, of(kFirst));
    EXPECT_FALSE(info().pending_owner_address);
    EXPECT_TRUE(exits(ExitCode::forbidden, change_owner(kOwner, kOwner)));
}

TEST_F(ControlTest, OwnerProposalsAreChangedAndWithdrawn) {
    EXPECT_TRUE(exits(ExitCode::forbidden, change_owner(kWorker, kFirst)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kOwner, 23, Address::bls(Bytes(48, 1)))));
    ASSERT_TRUE(ok(change_owner(kOwner, kFirst)));
    ASSERT_TRUE(ok(change_owner(kOwner, kSecond)));
    EXPECT_TRUE(exits(ExitCode::forbidden, change_owner(kFirst, kFirst)));
    ASSERT_TRUE(ok(change_owner(kOwner, kOwner)));  // withdraws the proposal
    EXPECT_FALSE(info().pending_owner_address);
    EXPECT_TRUE(exits(ExitCode::forbidden, change_owner(kSecond, kSecond)));
}

TEST_F(ControlTest, ABeneficiaryOtherThanTheOwnerStays) {
    make_beneficiary(kFirst, 100, 200);
    ASSERT_TRUE(ok(change_owner(kOwner, kSecond)));
    ASSERT_TRUE(ok(change_owner(kSecond, kSecond)));
    EXPECT_EQ(info().beneficiary, of(kFirst));
}

TEST_F(ControlTest, ABeneficiaryNeedsTheAgreementOfBothSides) {
    EXPECT_EQ(beneficiary().active.beneficiary, of(kOwner));
    make_beneficiary(kFirst, 100, 200);  // the owner, who is the beneficiary, consents by proposing
    EXPECT_EQ(beneficiary().active.beneficiary, of(kFirst));
    EXPECT_EQ(beneficiary().active.term.quota, TokenAmount(100));
    EXPECT_FALSE(beneficiary().proposed);
    ASSERT_TRUE(ok(change_beneficiary(kOwner, kSecond, 101, 201)));
    ASSERT_TRUE(ok(change_beneficiary(kSecond, kSecond, 101, 201)));
    EXPECT_EQ(beneficiary().active.beneficiary, of(kFirst));
    EXPECT_FALSE(beneficiary().proposed->approved_by_beneficiary);
    EXPECT_TRUE(beneficiary().proposed->approved_by_nominee);
    ASSERT_TRUE(ok(change_beneficiary(kFirst, kSecond, 101, 201)));
    EXPECT_EQ(beneficiary().active.beneficiary, of(kSecond));
    EXPECT_EQ(beneficiary().active.term.expiration, 201);
}

TEST_F(ControlTest, ASpentBeneficiaryIsNotAsked) {
    make_beneficiary(kFirst, 100, 200);
    at(201);
    make_beneficiary(kSecond, 1001, 300);
    EXPECT_EQ(beneficiary().active.beneficiary, of(kSecond));
    ASSERT_TRUE(ok(withdraw(kSecond, 1001)));
    ASSERT_TRUE(ok(change_beneficiary(kOwner, kOwner, 0, 0)));  // the quota is used up
    EXPECT_EQ(beneficiary().active.beneficiary, of(kOwner));
    EXPECT_TRUE(beneficiary().active.term.quota.is_zero());
    EXPECT_TRUE(beneficiary().active.term.used_quota.is_zero());
}

TEST_F(ControlTest, BeneficiaryRefusals) {
    EXPECT_TRUE(exits(ExitCode::forbidden, change_beneficiary(kFirst, kFirst, 100, 200)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_beneficiary(kOwner, kFirst, 0, 200)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_beneficiary(kOwner, kOwner, 20, 0)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_beneficiary(kOwner, kOwner, 0, 1)));
    ASSERT_TRUE(ok(change_beneficiary(kOwner, kFirst, 100, 200)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_beneficiary(kFirst, kFirst, 100, 201)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_beneficiary(kFirst, kFirst, 101, 200)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change_beneficiary(kFirst, kSecond, 100, 200)));
    EXPECT_TRUE(exits(ExitCode::forbidden, change_beneficiary(kStranger, kFirst, 100, 200)));
    ASSERT_TRUE(ok(change_beneficiary(kOwner, kOwner, 0, 0)));  // withdraws the proposal
    EXPECT_FALSE(beneficiary().proposed);
}

TEST_F(ControlTest, PeerInfoIsChangedByAllWhoControl) {
    const auto change = [&](ActorId from, const Bytes& id) { return call(from, 4, ChangePeerIdParams{id}); };
    for (const ActorId id : {kOwner, kWorker, kControl1, kControl2}) EXPECT_TRUE(ok(change(id, {9, 9})));
    EXPECT_TRUE(exits(ExitCode::forbidden, change(kStranger, {1})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change(kOwner, Bytes(129))));
    EXPECT_EQ(returned<GetPeerIdReturn>(call(kStranger, 2812875329)).peer_id, (Bytes{9, 9}));
    const auto addresses = [&](ActorId from, std::vector<Bytes> list) {
        return call(from, 18, ChangeMultiaddrsParams{std::move(list)});
    };
    EXPECT_TRUE(ok(addresses(kControl1, {{1, 3, 3, 7}, {2}})));
    EXPECT_TRUE(exits(ExitCode::forbidden, addresses(kStranger, {{1}})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, addresses(kOwner, {{}})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, addresses(kOwner, {Bytes(1025)})));
    EXPECT_EQ(returned<GetMultiaddrsReturn>(call(kStranger, 1332909407)).multi_addrs,
              (std::vector<Bytes>{{1, 3, 3, 7}, {2}}));
}

TEST_F(ControlTest, AnyoneMayAsk) {
    constexpr ActorId contract = 3000;
    world_.add(contract, ActorType::evm, 0);
    const auto controls = [&](ActorId id) { return returned<bool>(call(contract, 348244887, of(id))); };
    for (const ActorId id : {kOwner, kWorker, kControl1, kControl2}) EXPECT_TRUE(controls(id));
    EXPECT_FALSE(controls(kStranger));
    EXPECT_FALSE(returned<bool>(call(contract, 348244887, Address::bls(Bytes(48, 9)))));
    EXPECT_EQ(returned<std::uint64_t>(call(contract, 3858292296)), std::uint64_t{1} << 35);
    EXPECT_EQ(returned<TokenAmount>(call(contract, 4026106874)), fil(1'000'000));
    EXPECT_TRUE(returned<TokenAmount>(call(contract, 3180523767)).is_zero());
    EXPECT_TRUE(exits(ExitCode::forbidden, call(contract, 31)));
    EXPECT_TRUE(ok(call(contract, 4158972569)));
}

TEST_F(ControlTest, WithdrawalsGoToTheBeneficiary) {
    const TokenAmount before = balance_of(kOwner);
    EXPECT_EQ(returned<TokenAmount>(withdraw(kOwner, fil(10'000))), fil(10'000));
    EXPECT_EQ(balance_of(kOwner), before + fil(10'000));
    EXPECT_TRUE(exits(ExitCode::forbidden, withdraw(kWorker, 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, withdraw(kOwner, -1)));
    make_beneficiary(kFirst, 100, 200);
    EXPECT_EQ(returned<TokenAmount>(withdraw(kOwner, 80)),
              TokenAmount(80));  // the owner asks for it, the beneficiary gets it
    EXPECT_EQ(balance_of(kFirst), TokenAmount(80));
    EXPECT_EQ(returned<TokenAmount>(withdraw(kFirst, 0)), TokenAmount(0));
    EXPECT_EQ(returned<TokenAmount>(withdraw(kFirst, 80)), TokenAmount(20));  // the rest of the quota
    EXPECT_TRUE(exits(ExitCode::forbidden, withdraw(kFirst, 1)));
    EXPECT_EQ(beneficiary().active.term.used_quota, TokenAmount(100));
    // The quota used so far counts toward a larger quota.
    make_beneficiary(kFirst, 120, 200);
    EXPECT_EQ(returned<TokenAmount>(withdraw(kFirst, 40)), TokenAmount(20));
    make_beneficiary(kFirst, 1000, 200);
    at(200);
    EXPECT_TRUE(exits(ExitCode::forbidden, withdraw(kFirst, 1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, withdraw(kSecond, 1)));
}

TEST_F(ControlTest, DebtComesBeforeWithdrawals) {
    owe(fil(1'000'001));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, withdraw(kOwner, 1)));
    owe(fil(990'000));
    EXPECT_EQ(returned<TokenAmount>(withdraw(kOwner, fil(1'000'000))), fil(10'000));
    EXPECT_EQ(burnt(), fil(990'000));
    EXPECT_TRUE(state<State>().fee_debt.is_zero());
    EXPECT_EQ(balance(), TokenAmount(0));
}

TEST_F(ControlTest, DebtIsRepaidAsFarAsFundsReach) {
    owe(fil(1'000'001));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kStranger, 22)));
    ASSERT_TRUE(ok(call(kWorker, 22)));
    EXPECT_EQ(burnt(), fil(1'000'000));
    EXPECT_EQ(state<State>().fee_debt, fil(1));
}

TEST_F(ControlTest, RewardsAreLockedForTheMostPart) {
    const auto apply = [&](ActorId from, std::int64_t reward, std::int64_t penalty) {
        return call(from, 14, ApplyRewardParams{reward, penalty});
    };
    EXPECT_TRUE(exits(ExitCode::forbidden, apply(kOwner, 1, 0)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, apply(kRewardId, -1, 0)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, apply(kRewardId, 1, -1)));
    ASSERT_TRUE(ok(apply(kRewardId, 1'000'000, 0)));
    EXPECT_EQ(state<State>().locked_funds, TokenAmount(750'000));
    EXPECT_EQ(pledge_delta(), TokenAmount(750'000));
    const auto vesting = returned<GetVestingFundsReturn>(call(kStranger, 1726876304)).vesting_funds;
    ASSERT_EQ(vesting.size(), 180U);
    EXPECT_EQ(vesting[0].first, 2880);  // a day later, on a grid of 12 hours
    EXPECT_EQ(vesting[179].first, 180 * 2880);
    ASSERT_TRUE(ok(apply(kRewardId, 600'000, 300'000)));  // the penalty is paid from the locked funds
    EXPECT_EQ(burnt(), TokenAmount(300'000));
    EXPECT_EQ(state<State>().locked_funds, TokenAmount(750'000 + 450'000 - 300'000));
}

TEST_F(ControlTest, APenaltyAboveAllFundsBecomesDebt) {
    const TokenAmount amount = fil(1'000'000);
    set_balance(kMiner, amount * 2);  // including the reward
    ASSERT_TRUE(ok(call(kRewardId, 14, ApplyRewardParams{amount, amount * 3})));
    EXPECT_EQ(burnt(), amount * 2);
    EXPECT_EQ(state<State>().fee_debt, amount);
    EXPECT_TRUE(sent_to(kPowerId, power::kUpdatePledgeTotal).empty());
}

TEST_F(ControlTest, RewardsPayDebt) {
    const TokenAmount amount = fil(1'000'000);
    owe(amount * 2);
    set_balance(kMiner, amount * 4);
    ASSERT_TRUE(ok(call(kRewardId, 14, ApplyRewardParams{amount * 3, 0})));
    const TokenAmount remaining = fil(250'000);  // 3/4 of three million, minus two million
    EXPECT_EQ(burnt(), amount * 2);
    EXPECT_EQ(pledge_delta(), remaining);
    EXPECT_EQ(state<State>().locked_funds, remaining);
    EXPECT_TRUE(state<State>().fee_debt.is_zero());
}

TEST_F(ControlTest, ConsensusFaultsArePunishedOnceInAWhile) {
    using Fault = vm::ConsensusFault;
    const auto report = [&](std::optional<Fault> fault) {
        outside_.fault = fault;
        return call(kStranger, 15, ReportConsensusFaultParams{});
    };
    const auto fault_at = [](ChainEpoch epoch) { return Fault{kMiner, epoch, Fault::Kind::double_fork_mining}; };
    at(333);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, report({})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, report(Fault{kStranger, 332, Fault::Kind::parent_grinding})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, report(fault_at(333))));
    EXPECT_EQ(info().consensus_fault_elapsed, -1);
    const TokenAmount before = balance_of(kStranger);
    ASSERT_TRUE(ok(report(fault_at(332))));
    // The penalty is five fifths of an epoch's reward. The reporter gets a quarter of a fifth (src/policy.rs).
    EXPECT_EQ(balance_of(kStranger) - before, div_floor(fil(10), 20));
    EXPECT_EQ(burnt(), fil(10) - div_floor(fil(10), 20));
    EXPECT_EQ(info().consensus_fault_elapsed, 333 + 900);
    EXPECT_TRUE(exits(ExitCode::forbidden, report(fault_at(332))));
    at(1233);
    EXPECT_TRUE(exits(ExitCode::forbidden, report(fault_at(1232))));
    at(1234);
    EXPECT_TRUE(ok(report(fault_at(1233))));
    EXPECT_EQ(info().consensus_fault_elapsed, 1234 + 900);
    EXPECT_TRUE(exits(ExitCode::forbidden, report(fault_at(333))));
}

}  // namespace
}  // namespace strata::actors::miner
