// Sectors from their pre-commit to their end, through the miner's messages. Cases and codes: builtin-actors v18
// actors/miner/tests (miner_actor_test_precommit_batch.rs, prove_commit.rs, prove_commit_sector_3*.rs,
// miner_actor_test_wpost.rs, declare_faults.rs, declare_recoveries.rs, deadline_cron.rs, terminate_sectors_test.rs,
// extend_sector_expiration_test.rs).
#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/test_miner.hpp>
#include <strata/actors/verifreg/messages.hpp>

namespace strata::actors::miner {
namespace {

using namespace testing;

using Codes = std::vector<ExitCode>;
using Names = std::vector<std::string>;

class LifecycleTest : public SectorsTest {};

TEST_F(LifecycleTest, APreCommitTakesADepositAndAsksForCron) {
    ASSERT_TRUE(ok(precommit({sector(1), sector(2)})));
    EXPECT_EQ(event_types(), (Names{"sector-precommitted", "sector-precommitted"}));
    EXPECT_EQ(state<State>().pre_commit_deposits, kDeposit * 2);
    EXPECT_TRUE(state<State>().deadline_cron_active);
    const auto enrolled = sent_to(kPowerId, power::kEnrollCronEvent);
    ASSERT_EQ(enrolled.size(), 1U);
    EXPECT_EQ(enrolled[0].as<power::EnrollCronEventParams>().event_epoch, 59);  // the end of deadline 0
    ASSERT_TRUE(ok(precommit({sector(3)})));
    EXPECT_TRUE(sent_to(kPowerId, power::kEnrollCronEvent).empty());
    EXPECT_EQ(returned<TokenAmount>(call(kStranger, 4026106874)), fil(1'000'000) - kDeposit * 3);
}

TEST_F(LifecycleTest, RefusedPreCommits) {
    const auto refused = [&](const char* what, auto change) {
        SCOPED_TRACE(what);
        auto bad = sector(1);
        change(bad);
        EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({bad})));
    };
    at(20 * kDay);
    const ChainEpoch now = epoch();
    refused("2 KiB on mainnet", [](auto& s) { s.seal_proof = RegisteredSealProof{5}; });
    refused("V1", [](auto& s) { s.seal_proof = RegisteredSealProof{3}; });
    refused("non-interactive", [](auto& s) { s.seal_proof = RegisteredSealProof{18}; });
    refused("64 GiB", [](auto& s) { s.seal_proof = RegisteredSealProof{9}; });
    refused("number", [](auto& s) { s.sector_number = std::uint64_t{1} << 63; });
    refused("sealed CID", [](auto& s) { s.sealed_cid = unsealed(1); });
    refused("unsealed CID", [](auto& s) { s.unsealed_cid = sealed(1); });
    refused("ticket of now", [&](auto& s) { s.seal_rand_epoch = now; });
    refused("old ticket", [&](auto& s) { s.seal_rand_epoch = now - kDay - 901; });
    const auto fresh = [&](SectorNumber number) {
        auto out = sector(number);
        out.seal_rand_epoch = now - kDay - 900;
        return out;
    };
    const ChainEpoch activation = now + 30 * kDay + 150;
    for (const ChainEpoch end : {activation, activation + 180 * kDay - 1, now + 1278 * kDay + 1}) {
        auto bad = fresh(1);
        bad.expiration = end;
        EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({bad}))) << end;
    }
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({fresh(1), fresh(1)})));
    EXPECT_TRUE(exits(ExitCode::forbidden, precommit({fresh(1)}, kStranger)));
    set_balance(kMiner, kDeposit - 1);
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, precommit({fresh(1)})));
    set_balance(kMiner, fil(1000));
    owe(fil(1001));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, precommit({fresh(1)})));
    owe(fil(500));  // the pre-commit pays the debt
    EXPECT_TRUE(ok(precommit({fresh(1)})));
    EXPECT_EQ(burnt(), fil(500));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({fresh(1)})));  // the number is taken
}

TEST_F(LifecycleTest, DealsMustMatchTheUnsealedCid) {
    auto with_deals = sector(1);
    with_deals.deal_ids = {7};
    answer_with(kMarketId, market::kVerifyDealsForActivation, market::VerifyDealsForActivationReturn{{unsealed(5)}});
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({with_deals})));
    with_deals.unsealed_cid = unsealed(6);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({with_deals})));
    with_deals.deal_ids.assign(257, 7);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({with_deals})));
    with_deals.deal_ids = {7};
    with_deals.unsealed_cid = unsealed(5);
    EXPECT_TRUE(ok(precommit({with_deals})));
    // The deals of a pre-commit can no longer be activated. Only notifications activate deals.
    at(kProve);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, prove(proofs_of({1}))));
}

TEST_F(LifecycleTest, NumbersMayBeGivenUp) {
    const auto compact = [&](const BitField& mask, ActorId from = kWorker) {
        return call(from, 20, CompactSectorNumbersParams{mask});
    };
    EXPECT_TRUE(exits(ExitCode::illegal_argument, compact({})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, compact({std::uint64_t{1} << 63})));
    EXPECT_TRUE(exits(ExitCode::forbidden, compact({1}, kStranger)));
    ASSERT_TRUE(ok(compact(BitField::range(1, 100))));
    EXPECT_TRUE(ok(compact({50, 100})));  // 50 again, and a new number
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({sector(100)})));
    EXPECT_TRUE(ok(precommit({sector(101)})));
}

TEST_F(LifecycleTest, AnUnprovenPreCommitLosesItsDeposit) {
    ASSERT_TRUE(ok(precommit({sector(1)})));
    // Eight hours after the last moment for a proof, at the end of a deadline.
    ASSERT_TRUE(ok(cron(kLatestProve + 8 * 120)));
    EXPECT_EQ(burnt(), TokenAmount(0));
    ASSERT_TRUE(ok(cron(kLatestProve + 8 * 120 + 60)));
    EXPECT_EQ(burnt(), kDeposit);
    EXPECT_TRUE(state<State>().pre_commit_deposits.is_zero());
    // The miner has no deposits, pledge or locked funds left, so its cron ends.
    EXPECT_FALSE(state<State>().deadline_cron_active);
    EXPECT_TRUE(sent_to(kPowerId, power::kEnrollCronEvent).empty());
}

TEST_F(LifecycleTest, ProvenSectorsTurnTheDepositIntoAPledge) {
    commit_two();
    EXPECT_EQ(event_types(), (Names{"sector-activated", "sector-activated"}));
    EXPECT_EQ(pledge_delta(), kPledge * 2);
    EXPECT_FALSE(power_delta());  // there is no power before the first window
    EXPECT_TRUE(state<State>().pre_commit_deposits.is_zero());
    EXPECT_EQ(state<State>().initial_pledge, kPledge * 2);
    EXPECT_EQ(expiration(1), kExpiration);
    EXPECT_EQ(status(1), SectorStatusCode::active);
    EXPECT_EQ(status(9), SectorStatusCode::dead);
    EXPECT_TRUE(ok(call(kStranger, 13, CheckSectorProvenParams{1})));
    EXPECT_TRUE(exits(ExitCode::not_found, call(kStranger, 13, CheckSectorProvenParams{9})));
    EXPECT_TRUE(exits(ExitCode::not_found, prove(proofs_of({1}))));  // the pre-commit no longer exists
}

TEST_F(LifecycleTest, RefusedProofs) {
    ASSERT_TRUE(ok(precommit({sector(1), sector(2)})));
    at(kProve - 1);
    EXPECT_TRUE(exits(ExitCode::forbidden, prove(proofs_of({1}))));
    at(kProve);
    EXPECT_TRUE(exits(ExitCode::forbidden, prove(proofs_of({1}), kStranger)));
    EXPECT_TRUE(exits(ExitCode::not_found, prove(proofs_of({1, 9}))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, prove(proofs_of({}))));
    const auto refused = [&](const char* what, auto change) {
        SCOPED_TRACE(what);
        auto bad = proofs_of({1, 2});
        change(bad);
        EXPECT_TRUE(exits(ExitCode::illegal_argument, prove(bad)));
    };
    refused("a proof too few", [](auto& p) { p.sector_proofs.pop_back(); });
    refused("no proof", [](auto& p) { p.sector_proofs.clear(); });
    refused("both kinds", [](auto& p) { p.aggregate_proof = {1}; });
    refused("a long proof", [](auto& p) { p.sector_proofs[0].push_back(0); });
    refused("a type without an aggregate",
            [](auto& p) { p.aggregate_proof_type = RegisteredAggregateProof::snark_pack_v2; });
    refused("an aggregate of two", [](auto& p) {
        p.sector_proofs.clear();
        p.aggregate_proof = {1};
        p.aggregate_proof_type = RegisteredAggregateProof::snark_pack_v2;
    });
    outside_.proofs_hold = false;
    refused("wrong proofs", [](auto&) {});
    refused("wrong proofs, not all needed", [](auto& p) { p.require_activation_success = false; });
    outside_.proofs_hold = true;
    set_balance(kMiner, kDeposit * 2 + kPledge);
    EXPECT_TRUE(ok(prove(proofs_of({1}))));
    set_balance(kMiner, kPledge);  // less than deposits and pledge
    EXPECT_FALSE(ok(prove(proofs_of({2}))));
    set_balance(kMiner, fil(1000));
    at(kLatestProve + 1);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, prove(proofs_of({2}))));
    at(kLatestProve);
    EXPECT_TRUE(ok(prove(proofs_of({2}))));
}

TEST_F(LifecycleTest, AggregatesProveFourOrMore) {
    ASSERT_TRUE(ok(precommit({sector(1), sector(2), sector(3), sector(4)})));
    at(kProve);
    auto params = proofs_of({1, 2, 3, 4});
    params.sector_proofs.clear();
    params.aggregate_proof = Bytes(81'960);
    params.aggregate_proof_type = RegisteredAggregateProof::snark_pack_v1;
    EXPECT_TRUE(exits(ExitCode::illegal_argument, prove(params)));
    params.aggregate_proof_type = RegisteredAggregateProof::snark_pack_v2;
    params.aggregate_proof.push_back(0);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, prove(params)));
    params.aggregate_proof.pop_back();
    outside_.proofs_hold = false;
    EXPECT_TRUE(exits(ExitCode::illegal_argument, prove(params)));
    outside_.proofs_hold = true;
    EXPECT_EQ(returned<BatchReturn>(prove(params)).codes(), Codes(4, ExitCode::ok));
    EXPECT_EQ(burnt(), TokenAmount(0));  // FIP-0100: there is no fee for batches
}

TEST_F(LifecycleTest, VerifiedDataCountsTenTimes) {
    auto with_data = sector(1);
    with_data.unsealed_cid = unsealed(5);
    ASSERT_TRUE(ok(precommit({with_data})));
    at(kProve);
    auto params = proofs_of({1});
    params.require_notification_success = true;
    params.sector_activations[0].pieces = {
        {unsealed(7), std::uint64_t{1} << 35, VerifiedAllocationKey{kStranger, 42}, {{Address::id(kMarketId), {1}}}}};
    EXPECT_TRUE(exits(ExitCode::illegal_argument, prove(params)));  // the pieces have a different commitment
    outside_.unsealed = unsealed(5);
    answer_with(kVerifiedRegistryId, verifreg::kClaimAllocations, verifreg::ClaimAllocationsReturn{{1, {}}, {kRaw}});
    answer_with(kMarketId, market::kSectorContentChanged, market::SectorContentChangedReturn{{{false}}});
    EXPECT_FALSE(ok(prove(params)));  // the market does not accept the piece
    answer_with(kMarketId, market::kSectorContentChanged, market::SectorContentChangedReturn{{{true}}});
    ASSERT_TRUE(ok(prove(params)));
    const auto claimed = sent_to(kVerifiedRegistryId, verifreg::kClaimAllocations);
    ASSERT_EQ(claimed.size(), 1U);
    const auto claims = claimed[0].as<verifreg::ClaimAllocationsParams>();
    EXPECT_EQ(claims.sectors.at(0).expiry, kExpiration);
    EXPECT_EQ(claims.sectors.at(0).claims.at(0).allocation_id, 42U);
    const auto told = sent_to(kMarketId, market::kSectorContentChanged);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].as<market::SectorContentChangedParams>().at(0).minimum_commitment_epoch, kExpiration);
    open(1);
    ASSERT_TRUE(ok(submit()));
    EXPECT_EQ(power_delta(), (PowerPair{kRaw, kRaw * 10}));
}

TEST_F(LifecycleTest, TheFirstWindowGivesPower) {
    commit_two();
    open(1);
    ASSERT_TRUE(ok(submit()));
    EXPECT_EQ(power_delta(), power_of(2));
    EXPECT_EQ(outside_.challenged, 0U);                        // the proof is not verified until someone disputes it
    EXPECT_TRUE(exits(ExitCode::illegal_argument, submit()));  // the partition is already proven
    ASSERT_TRUE(ok(close(1)));
    EXPECT_FALSE(power_delta());
    EXPECT_EQ(burnt(), TokenAmount(0));
    const auto enrolled = sent_to(kPowerId, power::kEnrollCronEvent);
    ASSERT_EQ(enrolled.size(), 1U);
    EXPECT_EQ(enrolled[0].as<power::EnrollCronEventParams>().event_epoch, kDay + 119);
    open(2);
    ASSERT_TRUE(ok(submit()));
    EXPECT_FALSE(power_delta());  // the power stays the same
}

TEST_F(LifecycleTest, RefusedWindowProofs) {
    commit_two();
    open(1);
    const auto refused = [&](const char* what, ExitCode code, auto change) {
        SCOPED_TRACE(what);
        auto bad = post_now();
        change(bad);
        EXPECT_TRUE(exits(code, submit(bad)));
    };
    const auto wrong = ExitCode::illegal_argument;
    refused("deadline 48", wrong, [](auto& p) { p.deadline = 48; });
    refused("a deadline that is not open", wrong, [](auto& p) { p.deadline = 1; });
    refused("no proof", wrong, [](auto& p) { p.proofs.clear(); });
    refused("two proofs", wrong, [](auto& p) { p.proofs.push_back(p.proofs[0]); });
    refused("a type that is not allowed", wrong, [](auto& p) { p.proofs[0].proof = RegisteredPoStProof{11}; });
    refused("the type of other miners", wrong, [](auto& p) { p.proofs[0].proof = RegisteredPoStProof{14}; });
    refused("a long proof", wrong, [](auto& p) { p.proofs[0].bytes.push_back(0); });
    refused("four partitions", wrong, [](auto& p) { p.partitions.assign(4, p.partitions[0]); });
    refused("a partition twice", wrong, [](auto& p) { p.partitions.assign(2, p.partitions[0]); });
    refused("no such partition", ExitCode::not_found, [](auto& p) { p.partitions[0].index = 1; });
    refused("skipped elsewhere", wrong, [](auto& p) { p.partitions[0].skipped = {123}; });
    refused("all skipped", wrong, [](auto& p) { p.partitions[0].skipped = {1, 2}; });
    refused("long randomness", wrong, [](auto& p) { p.chain_commit_rand.push_back(0); });
    refused("different randomness", wrong, [](auto& p) { p.chain_commit_rand[0] ^= 1; });
    refused("before the challenge", wrong, [](auto& p) { p.chain_commit_epoch = kDay - 21; });
    refused("not in the past", wrong, [&](auto& p) { p.chain_commit_epoch = epoch(); });
    EXPECT_TRUE(exits(ExitCode::forbidden, submit(post_now(), kStranger)));
    EXPECT_TRUE(ok(submit(post_now(), kControl1)));
}

TEST_F(LifecycleTest, AMissedWindowMakesAllFaultyAndCostsFromTheNextOn) {
    prove_two();
    ASSERT_TRUE(ok(close(2)));
    EXPECT_EQ(power_delta(), -power_of(2));
    EXPECT_EQ(burnt(), TokenAmount(0));
    EXPECT_EQ(status(1), SectorStatusCode::faulty);
    ASSERT_TRUE(ok(close(3)));
    EXPECT_FALSE(power_delta());
    EXPECT_EQ(burnt(), kFaultFee * 2);
}

TEST_F(LifecycleTest, DeclaredFaultsLosePowerAndRecoverWithAProof) {
    prove_two();
    ASSERT_TRUE(ok(fault({1})));
    EXPECT_EQ(power_delta(), -power_of(1));
    ASSERT_TRUE(ok(fault({1})));
    EXPECT_FALSE(power_delta());  // the fault is already known
    open(2);
    ASSERT_TRUE(ok(submit()));
    EXPECT_FALSE(power_delta());
    ASSERT_TRUE(ok(close(2)));
    EXPECT_EQ(burnt(), kFaultFee);
    ASSERT_TRUE(ok(recover({1})));
    EXPECT_FALSE(power_delta());
    open(3);
    outside_.proofs_hold = false;
    EXPECT_TRUE(exits(ExitCode::illegal_argument, submit()));  // a proof that recovers power is verified at once
    outside_.proofs_hold = true;
    ASSERT_TRUE(ok(submit()));
    EXPECT_EQ(outside_.challenged, 2U);
    EXPECT_EQ(power_delta(), power_of(1));
    ASSERT_TRUE(ok(close(3)));
    EXPECT_EQ(burnt(), kFaultFee);  // the sector recovered before the window closed
    EXPECT_EQ(status(1), SectorStatusCode::active);
}

TEST_F(LifecycleTest, RefusedDeclarations) {
    prove_two();
    for (const auto method : {MethodNumber{10}, MethodNumber{11}}) {
        EXPECT_TRUE(exits(ExitCode::forbidden, declare(method, {1}, kStranger)));
        EXPECT_TRUE(exits(ExitCode::illegal_argument, declare(method, {1}, kWorker, 48)));
        EXPECT_TRUE(exits(ExitCode::not_found, declare(method, {1}, kWorker, 0, 1)));
        EXPECT_TRUE(exits(ExitCode::illegal_argument, declare(method, {99})));
        at(2 * kDay - 70);  // the window's cutoff
        EXPECT_TRUE(exits(ExitCode::illegal_argument, declare(method, {1})));
        at(2 * kDay - 71);
    }
    ASSERT_TRUE(ok(fault({1})));
    owe(fil(1'000'001));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, recover({1})));
    owe(fil(10));
    outside_.fault = vm::ConsensusFault{kMiner, epoch() - 1, vm::ConsensusFault::Kind::double_fork_mining};
    ASSERT_TRUE(ok(call(kStranger, 15, ReportConsensusFaultParams{})));
    EXPECT_TRUE(exits(ExitCode::forbidden, recover({1})));
}

TEST_F(LifecycleTest, SkippedSectorsBecomeFaulty) {
    prove_two();
    open(2);
    ASSERT_TRUE(ok(submit(post_now({1}))));
    EXPECT_EQ(power_delta(), -power_of(1));
    ASSERT_TRUE(ok(close(2)));
    EXPECT_EQ(burnt(), kFaultFee);
    // A sector that is skipped after its recovery was declared stays faulty, and no more power is lost.
    ASSERT_TRUE(ok(recover({1})));
    open(3);
    ASSERT_TRUE(ok(submit(post_now({1}))));
    EXPECT_FALSE(power_delta());
    EXPECT_EQ(status(1), SectorStatusCode::faulty);
}

TEST_F(LifecycleTest, AWrongProofIsDisputed) {
    commit_two();
    open(1);
    ASSERT_TRUE(ok(submit()));
    EXPECT_TRUE(exits(ExitCode::forbidden, dispute()));  // the window is open
    ASSERT_TRUE(ok(close(1)));
    at(kDay + 60);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, dispute()));  // the proof is valid
    EXPECT_TRUE(exits(ExitCode::illegal_argument, dispute(48)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, dispute(0, 1)));
    outside_.proofs_hold = false;
    at(kDay + 60 + 1800);
    EXPECT_TRUE(exits(ExitCode::forbidden, dispute()));  // the dispute window of two finalities is over
    at(kDay + 60 + 1799);
    const TokenAmount before = balance_of(kStranger);
    ASSERT_TRUE(ok(dispute()));
    EXPECT_EQ(outside_.challenged, 2U);
    EXPECT_EQ(power_delta(), -power_of(2));
    EXPECT_EQ(balance_of(kStranger) - before, fil(4));
    EXPECT_EQ(burnt(), fil(20) + kInvalidPostFee * 2);
    EXPECT_EQ(status(1), SectorStatusCode::faulty);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, dispute()));  // a proof can be disputed successfully only once
}

TEST_F(LifecycleTest, TerminationCostsAFeeAndReturnsThePledge) {
    prove_two();
    EXPECT_TRUE(exits(ExitCode::forbidden, terminate({1}, kStranger)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, terminate({99})));
    at(2 * kDay - 60);  // the window opens next
    EXPECT_TRUE(exits(ExitCode::illegal_argument, terminate({1})));
    at(2 * kDay - 61);
    EXPECT_TRUE(returned<TerminateSectorsReturn>(terminate({1})).done);
    EXPECT_TRUE(sent_to(kMarketId, market::kOnMinerSectorsTerminate).empty());  // the sector had no data
    EXPECT_EQ(event_types(), Names{"sector-terminated"});
    EXPECT_EQ(power_delta(), -power_of(1));
    EXPECT_EQ(pledge_delta(), -kPledge);
    EXPECT_EQ(burnt(), kTerminationFee);
    EXPECT_EQ(state<State>().initial_pledge, kPledge);
    EXPECT_EQ(status(1), SectorStatusCode::dead);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, terminate({1})));
}

TEST_F(LifecycleTest, TerminationTellsTheMarketOfData) {
    auto with_data = sector(1);
    with_data.unsealed_cid = outside_.unsealed = unsealed(5);
    ASSERT_TRUE(ok(precommit({with_data})));
    at(kProve);
    auto params = proofs_of({1});
    params.sector_activations[0].pieces = {{unsealed(7), 1024, {}, {}}};
    ASSERT_TRUE(ok(prove(params)));
    open(1);
    ASSERT_TRUE(ok(submit()));
    ASSERT_TRUE(ok(close(1)));
    answer(kMarketId, market::kOnMinerSectorsTerminate, ExitCode::illegal_state);
    EXPECT_TRUE(exits(ExitCode::illegal_state, terminate({1})));
    answer(kMarketId, market::kOnMinerSectorsTerminate, ExitCode::ok);
    ASSERT_TRUE(ok(terminate({1})));
    const auto told = sent_to(kMarketId, market::kOnMinerSectorsTerminate);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].as<market::OnMinerSectorsTerminateParams>().sectors, BitField{1});
}

TEST_F(LifecycleTest, SectorsThatStayFaultyAreTerminatedAfterSixWeeks) {
    prove_two();
    ASSERT_TRUE(ok(fault({1})));
    for (std::int64_t period = 2; period < 45; ++period) {
        EXPECT_EQ(status(1), SectorStatusCode::faulty) << period;
        open(period);
        ASSERT_TRUE(ok(submit()));
        ASSERT_TRUE(ok(close(period)));
        if (event_types().empty()) continue;
        EXPECT_EQ(period, 2 + 42);
        EXPECT_EQ(event_types(), Names{"sector-terminated"});
        EXPECT_EQ(pledge_delta(), -kPledge);
    }
    EXPECT_EQ(status(1), SectorStatusCode::dead);
    EXPECT_EQ(state<State>().initial_pledge, kPledge);
    EXPECT_EQ(burnt(), kFaultFee * 43 + kTerminationFee);
}

TEST_F(LifecycleTest, ExpirationsAreExtended) {
    prove_two();
    const ChainEpoch later = kExpiration + 42 * kDay;
    EXPECT_TRUE(exits(ExitCode::forbidden, extend({1}, later, kStranger)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, extend({1}, kExpiration - 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, extend({1}, epoch() + 1278 * kDay + 1)));
    EXPECT_TRUE(exits(ExitCode::not_found, extend({99}, later)));
    ASSERT_TRUE(ok(extend({1}, later)));
    EXPECT_EQ(expiration(1), later);
    EXPECT_EQ(expiration(2), kExpiration);
    EXPECT_FALSE(power_delta());
    ASSERT_TRUE(ok(extend({1, 2}, epoch() + 1278 * kDay)));
    EXPECT_TRUE(
        exits(ExitCode::illegal_argument, call(kWorker, 32, ExtendSectorExpiration2Params{{{48, 0, {1}, {}, later}}})));
}

TEST_F(LifecycleTest, SectorsLeaveOnTime) {
    prove_two();
    const std::int64_t last = kExpiration / kDay;
    // Until then, the sectors are proven in every period, which changes nothing.
    at(last * kDay + 5);
    ASSERT_TRUE(ok(submit()));
    ASSERT_TRUE(ok(close(last)));
    EXPECT_EQ(power_delta(), -power_of(2));
    EXPECT_EQ(pledge_delta(), -kPledge * 2);
    EXPECT_EQ(burnt(), TokenAmount(0));
    EXPECT_TRUE(event_types().empty());
    EXPECT_EQ(status(1), SectorStatusCode::dead);
    EXPECT_TRUE(state<State>().initial_pledge.is_zero());
    EXPECT_FALSE(state<State>().deadline_cron_active);
}

TEST_F(LifecycleTest, TheDailyFeeFollowsTheSupply) {
    world_.config.circulating_supply = fil(696'700'000);
    commit_two();
    open(1);
    ASSERT_TRUE(ok(submit()));
    ASSERT_TRUE(ok(close(1)));
    // FIP-0100: 3,873,652,000,000 attoFIL for 32 GiB, rounded down slightly, for two sectors.
    const TokenAmount off = BigInt(2) * 3'873'652'000'000 - burnt();
    EXPECT_GE(off, TokenAmount(0));
    EXPECT_LE(off, TokenAmount(20'000'000));
}

TEST_F(LifecycleTest, CronIsForThePowerActor) {
    EXPECT_TRUE(exits(ExitCode::forbidden,
                      call(kOwner, 12, power::DeferredCronEventParams{to_cbor(CronEventPayload{}), {}, {}})));
    EXPECT_TRUE(ok(cron(59, CronEvent::process_early_terminations)));  // there are no early terminations
    EXPECT_TRUE(ok(cron(59, CronEvent::worker_key_change)));
}

}  // namespace
}  // namespace strata::actors::miner
