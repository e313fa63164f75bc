// The less common messages about sectors: updates, sectors without a pre-commit, compaction, questions, claims. Cases
// and codes: builtin-actors v18 actors/miner/tests (prove_replica_test.rs, prove_replica_failures_test.rs,
// prove_commit_niporep.rs, compact_partitions_test.rs, sector_status_test.rs, extend_sector_expiration_test.rs).
#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/test_miner.hpp>
#include <strata/actors/verifreg/messages.hpp>
#include <strata/actors/verifreg/state.hpp>

namespace strata::actors::miner {
namespace {

using namespace testing;

using Codes = std::vector<ExitCode>;
using Names = std::vector<std::string>;

class UpdatesTest : public SectorsTest {
  protected:
    /// Fills a sector with verified data.
    static ProveReplicaUpdates3Params update_of(SectorNumber number) {
        ProveReplicaUpdates3Params out;
        out.sector_updates = {{number,
                               0,
                               0,
                               sealed(77),
                               {{unsealed(7), std::uint64_t{1} << 35, VerifiedAllocationKey{kStranger, 42}, {}}}}};
        out.sector_proofs = {Bytes(4096)};
        out.update_proofs_type = RegisteredUpdateProof{3};  // 32 GiB
        out.require_activation_success = true;
        return out;
    }
    void registry_claims(const BigInt& space) {
        outside_.unsealed = unsealed(5);
        answer_with(kVerifiedRegistryId, verifreg::kClaimAllocations,
                    verifreg::ClaimAllocationsReturn{{1, {}}, {space}});
    }
    vm::CallResult update(const ProveReplicaUpdates3Params& params, ActorId from = kWorker) {
        return call(from, 35, params);
    }
    ProveCommitSectorsNiParams ni(std::initializer_list<SectorNumber> numbers) const {
        ProveCommitSectorsNiParams out;
        for (const auto number : numbers)
            out.sectors.push_back(
                {number, kMiner, sealed(static_cast<std::uint8_t>(number)), number, epoch() - 1, epoch() + 180 * kDay});
        out.aggregate_proof = {1};
        out.seal_proof_type = RegisteredSealProof{18};
        out.aggregate_proof_type = RegisteredAggregateProof::snark_pack_v2;
        out.proving_deadline = 10;
        out.require_activation_success = true;
        return out;
    }
    vm::CallResult prove_ni(const ProveCommitSectorsNiParams& params, ActorId from = kWorker) {
        return call(from, 36, params);
    }
    vm::CallResult compact(std::uint64_t deadline, const BitField& partitions, ActorId from = kWorker) {
        return call(from, 19, CompactPartitionsParams{deadline, partitions});
    }
    GenerateSectorLocationReturn locate(SectorNumber number) {
        return returned<GenerateSectorLocationReturn>(
            call(kStranger, 1321604665, GenerateSectorLocationParams{number}));
    }
    vm::CallResult validate(SectorNumber number, SectorStatusCode code, const Bytes& place) {
        return call(kStranger, 3092458564, ValidateSectorStatusParams{number, {code}, place});
    }
};

TEST_F(UpdatesTest, AReplicaUpdateRaisesPowerAndPledge) {
    prove_two();
    registry_claims(kRaw);
    EXPECT_EQ(returned<BatchReturn>(update(update_of(1))).codes(), Codes{ExitCode::ok});
    EXPECT_EQ(event_types(), Names{"sector-updated"});
    EXPECT_EQ(power_delta(), (PowerPair{0, kRaw * 9}));  // verified data counts ten times
    EXPECT_EQ(pledge_delta(), kPledge * 9);
    EXPECT_EQ(state<State>().initial_pledge, kPledge * 11);
    const auto claimed = sent_to(kVerifiedRegistryId, verifreg::kClaimAllocations);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].as<verifreg::ClaimAllocationsParams>().sectors.at(0).expiry, kExpiration);
    EXPECT_EQ(expiration(1), kExpiration);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, update(update_of(1))));  // the sector already has data
    open(2);
    ASSERT_TRUE(ok(submit()));
    EXPECT_FALSE(power_delta());
}

TEST_F(UpdatesTest, RefusedReplicaUpdates) {
    commit_two();
    registry_claims(kRaw);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, update(update_of(1))));  // the sector is not proven yet
    open(1);
    ASSERT_TRUE(ok(submit()));
    ASSERT_TRUE(ok(close(1)));
    const auto refused = [&](const char* what, ExitCode code, auto change) {
        SCOPED_TRACE(what);
        auto bad = update_of(1);
        change(bad);
        EXPECT_TRUE(exits(code, update(bad)));
    };
    const auto wrong = ExitCode::illegal_argument;
    EXPECT_TRUE(exits(ExitCode::forbidden, update(update_of(1), kStranger)));
    refused("no proof", wrong, [](auto& p) { p.sector_proofs.clear(); });
    refused("both kinds", wrong, [](auto& p) { p.aggregate_proof = {1}; });
    refused("a proof too many", wrong, [](auto& p) { p.sector_proofs.emplace_back(1); });
    refused("an aggregate", wrong, [](auto& p) {
        p.sector_proofs.clear();
        p.aggregate_proof = {1};
        p.aggregate_proof_type = RegisteredAggregateProof::snark_pack_v2;
    });
    refused("an aggregate without a type", wrong, [](auto& p) {
        p.sector_proofs.clear();
        p.aggregate_proof = {1};
    });
    refused("a long proof", wrong, [](auto& p) { p.sector_proofs[0].push_back(0); });
    refused("64 GiB", wrong, [](auto& p) { p.update_proofs_type = RegisteredUpdateProof{4}; });
    refused("deadline 48", wrong, [](auto& p) { p.sector_updates[0].deadline = 48; });
    refused("a different deadline", ExitCode::not_found, [](auto& p) { p.sector_updates[0].deadline = 5; });
    refused("no such sector", ExitCode::not_found, [](auto& p) { p.sector_updates[0].sector = 9; });
    refused("sealed CID", wrong, [](auto& p) { p.sector_updates[0].new_sealed_cid = unsealed(1); });
    refused("twice", wrong, [](auto& p) {
        p.sector_updates.push_back(p.sector_updates[0]);
        p.sector_proofs.push_back(p.sector_proofs[0]);
    });
    outside_.proofs_hold = false;
    refused("a wrong proof", wrong, [](auto&) {});
    refused("wrong proofs, not all needed", wrong, [](auto& p) { p.require_activation_success = false; });
    outside_.proofs_hold = true;
    answer(kVerifiedRegistryId, verifreg::kClaimAllocations, ExitCode::illegal_argument);
    refused("a refused claim", wrong, [](auto&) {});
    registry_claims(kRaw);
    refused("a notification without a receiver", ExitCode{1000 + 3}, [](auto& p) {
        p.require_notification_success = true;
        p.sector_updates[0].pieces[0].notify = {{Address::id(kMarketId), {1}}};
    });
    ASSERT_TRUE(ok(fault({1})));
    refused("a faulty sector", wrong, [](auto&) {});
    at(2 * kDay - 60);
    refused("a window that opens next", wrong, [](auto& p) { p.sector_updates[0].sector = 2; });
}

TEST_F(UpdatesTest, ANonInteractiveSectorNeedsNoPreCommit) {
    EXPECT_EQ(returned<BatchReturn>(prove_ni(ni({1, 2}))).codes(), Codes(2, ExitCode::ok));
    EXPECT_EQ(event_types(), (Names{"sector-activated", "sector-activated"}));
    EXPECT_EQ(pledge_delta(), kPledge * 2);
    EXPECT_EQ(state<State>().initial_pledge, kPledge * 2);
    EXPECT_EQ(sent_to(kPowerId, power::kEnrollCronEvent).size(), 1U);
    EXPECT_EQ(from_cbor<SectorLocation>(locate(1).aux_data)->deadline, 10);
    EXPECT_EQ(expiration(1), kPreCommit + 180 * kDay);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, prove_ni(ni({1}))));  // the number is taken
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({sector(2)})));
}

TEST_F(UpdatesTest, RefusedNonInteractiveSectors) {
    const auto refused = [&](const char* what, ExitCode code, auto change) {
        SCOPED_TRACE(what);
        auto bad = ni({1, 2});
        change(bad);
        EXPECT_TRUE(exits(code, prove_ni(bad)));
    };
    const auto wrong = ExitCode::illegal_argument;
    at(200 * kDay);
    EXPECT_TRUE(exits(ExitCode::forbidden, prove_ni(ni({1}), kStranger)));
    refused("no sectors", wrong, [](auto& p) { p.sectors.clear(); });
    refused("66 sectors", wrong, [](auto& p) { p.sectors.assign(66, p.sectors[0]); });
    refused("a number twice", wrong, [](auto& p) { p.sectors[1] = p.sectors[0]; });
    refused("deadline 48", wrong, [](auto& p) { p.proving_deadline = 48; });
    refused("the open deadline", ExitCode::forbidden, [](auto& p) { p.proving_deadline = 0; });
    refused("the next deadline", ExitCode::forbidden, [](auto& p) { p.proving_deadline = 1; });
    refused("an interactive proof", wrong, [](auto& p) { p.seal_proof_type = kSeal32GiB; });
    refused("SnarkPackV1", wrong, [](auto& p) { p.aggregate_proof_type = RegisteredAggregateProof::snark_pack_v1; });
    refused("a ticket of now", wrong, [&](auto& p) { p.sectors[0].seal_rand_epoch = epoch(); });
    outside_.proofs_hold = false;
    refused("a wrong proof", wrong, [](auto&) {});
    outside_.proofs_hold = true;
    // A sector that is not valid fails the message only if the message requires all. Its number is taken in any case.
    const auto partly = [&](const char* what, SectorNumber first, auto change) {
        SCOPED_TRACE(what);
        auto params = ni({first, first + 1});
        change(params.sectors[1]);
        EXPECT_TRUE(exits(ExitCode::illegal_argument, prove_ni(params)));
        params.require_activation_success = false;
        EXPECT_EQ(returned<BatchReturn>(prove_ni(params)).codes(), (Codes{ExitCode::ok, ExitCode::illegal_argument}));
        EXPECT_TRUE(exits(ExitCode::illegal_argument, prove_ni(ni({first + 1}))));
    };
    partly("a sealer", 10, [](auto& s) { s.sealer_id = kMiner + 1; });
    partly("a number of sealing", 20, [](auto& s) { s.sealing_number = 99; });
    partly("a sealed CID", 30, [](auto& s) { s.sealed_cid = unsealed(1); });
    partly("a short life", 40, [](auto& s) { s.expiration -= 1; });
    partly("an old ticket", 50, [&](auto& s) { s.seal_rand_epoch = epoch() - 180 * kDay - 1; });
}

// The state's bit field of numbers has at most 32 KiB (sector_number_allocation.rs, compaction_with_mask).
TEST_F(UpdatesTest, NumbersFarApartAreRefusedBeforeTheStateCannotBeRead) {
    const auto mask = [&](std::uint64_t begin, std::uint64_t end) {
        std::vector<std::uint64_t> numbers;
        for (std::uint64_t i = begin; i < end; ++i) numbers.push_back(i << 50);
        return call(kWorker, 20, CompactSectorNumbersParams{BitField::of(numbers)});
    };
    ASSERT_TRUE(ok(mask(1, 2500)));
    EXPECT_TRUE(exits(ExitCode::serialization, mask(2500, 5000)));
    EXPECT_TRUE(ok(precommit({sector(1)})));
}

// actors/miner/src/lib.rs, internal_sector_setup_preseal: a genesis has sectors without proofs.
TEST_F(UpdatesTest, GenesisActivatesSectorsWithoutProofs) {
    ASSERT_TRUE(ok(precommit({sector(1), sector(2)})));
    const InternalSectorSetupForPresealParams params{
        {1, 2}, FilterEstimate::of(fil(10), 0), BigInt::pow2(50), FilterEstimate::of(BigInt::pow2(50), 0)};
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kWorker, 17, params)));
    ASSERT_TRUE(ok(call(kSystemId, 17, params)));
    EXPECT_EQ(event_types(), (Names{"sector-activated", "sector-activated"}));
    EXPECT_EQ(pledge_delta(), kPledge * 2);
    EXPECT_EQ(status(1), SectorStatusCode::active);
}

TEST_F(UpdatesTest, CompactionForgetsDeadSectors) {
    prove_two();
    ASSERT_TRUE(ok(terminate({1})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, compact(48, {0})));
    at(kDay + 60 + 1799);
    EXPECT_TRUE(exits(ExitCode::forbidden, compact(0, {0})));  // its proofs can still be disputed
    at(kDay + 60 + 1800);
    EXPECT_TRUE(exits(ExitCode::forbidden, compact(0, {0}, kStranger)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, compact(0, {1})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, compact(0, BitField::range(0, 11))));  // 25,000 / 2,349 sectors
    EXPECT_TRUE(ok(compact(0, {})));
    EXPECT_TRUE(ok(call(kStranger, 13, CheckSectorProvenParams{1})));
    ASSERT_TRUE(ok(compact(0, {0})));
    EXPECT_TRUE(exits(ExitCode::not_found, call(kStranger, 13, CheckSectorProvenParams{1})));
    EXPECT_EQ(status(1), SectorStatusCode::dead);
    EXPECT_EQ(status(2), SectorStatusCode::active);
    at(2 * kDay - 60);
    EXPECT_TRUE(exits(ExitCode::forbidden, compact(0, {0})));  // the window opens next
    at(2 * kDay);
    EXPECT_TRUE(exits(ExitCode::forbidden, compact(0, {0})));
    open(2);
    EXPECT_TRUE(ok(submit()));  // proves the sector that is left
}

TEST_F(UpdatesTest, PartitionsWithFaultyOrUnprovenSectorsStay) {
    commit_two();
    at(60 + 1800);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, compact(0, {0})));
    open(1);
    ASSERT_TRUE(ok(submit()));
    ASSERT_TRUE(ok(close(1)));
    ASSERT_TRUE(ok(fault({1})));
    at(kDay + 60 + 1800);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, compact(0, {0})));
}

// FIP-0112
TEST_F(UpdatesTest, OthersCheckTheStatusOfASector) {
    commit_two();
    const auto live = locate(1);
    EXPECT_EQ(live.status.code, SectorStatusCode::active);
    EXPECT_TRUE(returned<bool>(validate(1, SectorStatusCode::active, live.aux_data)));
    EXPECT_FALSE(returned<bool>(validate(1, SectorStatusCode::dead, live.aux_data)));
    EXPECT_FALSE(returned<bool>(validate(1, SectorStatusCode::faulty, live.aux_data)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, validate(1, SectorStatusCode::active, {1, 2, 3, 4})));
    EXPECT_TRUE(exits(ExitCode::not_found, validate(999, SectorStatusCode::active, live.aux_data)));
    const auto unknown = locate(999);
    EXPECT_EQ(unknown.status.code, SectorStatusCode::dead);
    EXPECT_EQ(from_cbor<SectorLocation>(unknown.aux_data)->deadline, -1);
    EXPECT_EQ(from_cbor<SectorLocation>(unknown.aux_data)->partition, -1);
    EXPECT_TRUE(returned<bool>(validate(999, SectorStatusCode::dead, unknown.aux_data)));
    EXPECT_FALSE(returned<bool>(validate(999, SectorStatusCode::active, unknown.aux_data)));
    EXPECT_TRUE(exits(ExitCode::not_found, validate(1, SectorStatusCode::dead, unknown.aux_data)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, validate(1, SectorStatusCode::dead, to_cbor(SectorLocation{0, -1}))));
    ASSERT_TRUE(ok(terminate({2})));
    EXPECT_FALSE(returned<bool>(validate(2, SectorStatusCode::active, live.aux_data)));
    EXPECT_TRUE(returned<bool>(validate(2, SectorStatusCode::dead, live.aux_data)));
    EXPECT_TRUE(exits(ExitCode::not_found, call(kStranger, 3010055991, SectorNumber{999})));
}

class ClaimsTest : public UpdatesTest {
  protected:
    /// A sector full of verified data, half of it for each of two claims.
    void prove_verified() {
        prove_two();
        registry_claims(kRaw);
        ASSERT_TRUE(ok(update(update_of(1))));
        updated_at_ = epoch();
    }
    verifreg::Claim half(ChainEpoch ends) const {
        return {kMiner, kStranger, unsealed(7), std::uint64_t{1} << 34, 180 * kDay, ends - updated_at_, updated_at_, 1};
    }
    vm::CallResult extend_with(const std::vector<verifreg::Claim>& claims, ChainEpoch new_expiration,
                               std::size_t dropped = 0) {
        const verifreg::GetClaimsReturn answer{{static_cast<std::uint32_t>(claims.size()), {}}, claims};
        answer_with(kVerifiedRegistryId, verifreg::kGetClaims, answer);
        SectorClaim named{1, {}, {}};
        for (std::size_t i = 0; i < claims.size(); ++i)
            (i + dropped < claims.size() ? named.maintain_claims : named.drop_claims).push_back(400 + i);
        return call(kWorker, 32, ExtendSectorExpiration2Params{{{0, 0, {}, {named}, new_expiration}}});
    }
    ChainEpoch updated_at_ = 0;
};

TEST_F(ClaimsTest, AnExtensionNamesAllClaims) {
    prove_verified();
    const ChainEpoch later = kExpiration + 42 * kDay;
    const auto wrong = ExitCode::illegal_argument;
    EXPECT_TRUE(exits(wrong, extend({1}, later)));  // the message names no claims
    EXPECT_TRUE(exits(wrong, extend_with({half(later)}, later)));
    EXPECT_TRUE(exits(ExitCode::forbidden, extend_with({half(later), half(later - 1)}, later)));
    auto foreign = half(later);
    foreign.provider = kMiner + 1;
    EXPECT_TRUE(exits(wrong, extend_with({half(later), foreign}, later)));
    foreign = half(later);
    foreign.sector = 2;
    EXPECT_TRUE(exits(wrong, extend_with({half(later), foreign}, later)));
    ASSERT_TRUE(ok(extend_with({half(later), half(later)}, later)));
    EXPECT_EQ(expiration(1), later);
    EXPECT_FALSE(power_delta());
}

TEST_F(ClaimsTest, ClaimsAreDroppedOnlyNearTheEnd) {
    prove_verified();
    const ChainEpoch later = kExpiration + 42 * kDay;
    at(kExpiration - 30 * kDay - 1);
    EXPECT_TRUE(exits(ExitCode::forbidden, extend_with({half(later), half(kExpiration)}, later, 1)));
    at(kExpiration - 30 * kDay);
    ASSERT_TRUE(ok(extend_with({half(later), half(kExpiration)}, later, 1)));
    // Half of the sector now counts once, so its power falls from 10 times 2^35 to 5.5 times.
    EXPECT_EQ(power_delta(), (PowerPair{0, BigInt(-154'618'822'656)}));
    EXPECT_EQ(expiration(1), later);
}

}  // namespace
}  // namespace strata::actors::miner
