// Sectors since version 19 (FIP-0118 §1). Cases and rules of upgrades: builtin-actors #1775,
// actors/miner/tests/upgrade_sector_quality_test.rs; of extensions: integration_tests/src/tests/extend_sectors_test.rs
// of #1782; of power: crate fil_actor_miner_state 27.2.0 src/v19/policy.rs.
#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/test_miner.hpp>
#include <strata/actors/verifreg/messages.hpp>

namespace strata::actors::miner {
namespace {

using namespace testing;

const PowerPair kNine{0, kRaw * 9};

class SolsticeMiner : public SectorsTest {
  protected:
    SolsticeMiner() : SectorsTest(methods19(), /*solstice=*/true) {
        world_.config.circulating_supply = fil(500'000'000);
    }
    SectorOnChainInfo record(SectorNumber number) { return Amt().get(number).value().value(); }
    AmtArray<SectorOnChainInfo> Amt() {
        return AmtArray<SectorOnChainInfo>::load(world_.store, state<State>().sectors, kSectorsAmtWidth).value();
    }
    /// Changes fields of a record that its partition does not count.
    template <class Change>
    void rewrite(SectorNumber number, Change change) {
        auto amt = Amt();
        auto sector = amt.get(number).value().value();
        change(sector);
        ASSERT_TRUE(amt.set(number, sector));
        auto changed = state<State>();
        changed.sectors = amt.flush().value();
        set_state(changed);
    }
    /// Two sectors from before version 19, proven and at the end of their first window.
    void legacy() {
        policy_.solstice = false;
        prove_two();
        policy_.solstice = true;
    }
    /// As legacy(), and half of sector 1 holds verified data.
    void half_verified() {
        policy_.solstice = false;
        prove_two();
        outside_.unsealed = unsealed(5);
        answer_with(kVerifiedRegistryId, verifreg::kClaimAllocations,
                    verifreg::ClaimAllocationsReturn{{1, {}}, {div_floor(kRaw, BigInt(2))}});
        ASSERT_TRUE(ok(update(1, std::uint64_t{1} << 34)));
        policy_.solstice = true;
    }
    vm::CallResult update(SectorNumber number, std::uint64_t size) {
        ProveReplicaUpdates3Params params;
        params.sector_updates = {
            {number, 0, 0, sealed(77), {{unsealed(7), size, VerifiedAllocationKey{kStranger, 42}, {}}}}};
        params.sector_proofs = {Bytes(4096)};
        params.update_proofs_type = RegisteredUpdateProof{3};
        params.require_activation_success = true;
        return call(kWorker, 35, params);
    }
    static UpgradeSectorQuality declared(const BitField& sectors, std::optional<ChainEpoch> expiration = {}) {
        return {0, 0, sectors, expiration};
    }
    vm::CallResult upgrade(std::vector<UpgradeSectorQuality> upgrades, ActorId from = kWorker) {
        return call(from, 37, UpgradeSectorQualityParams{std::move(upgrades)});
    }
};

TEST_F(SolsticeMiner, a_new_sector_counts_ten_times_whatever_it_holds) {
    ASSERT_TRUE(ok(precommit({sector(1), sector(2)})));
    at(kProve);
    ASSERT_TRUE(ok(prove(proofs_of({1, 2}))));
    EXPECT_EQ(pledge_delta(), record(1).initial_pledge * 2);
    for (const SectorNumber number : {1U, 2U}) {
        EXPECT_EQ(record(number).flags, kSimpleQaPower | kFullQaPower);
        EXPECT_TRUE(record(number).deal_weight.is_zero());
        EXPECT_TRUE(record(number).verified_deal_weight.is_zero());
        EXPECT_EQ(record(number).initial_pledge, kPledge * 10);
        EXPECT_TRUE(record(number).daily_fee.sign() > 0);
    }
    open(1);
    ASSERT_TRUE(ok(submit()));
    EXPECT_EQ(power_delta(), (PowerPair{kRaw * 2, kRaw * 20}));
}

TEST_F(SolsticeMiner, the_space_of_all_pieces_counts_as_verified_and_nobody_is_asked) {
    auto committed = sector(1);
    committed.unsealed_cid = unsealed(5);
    outside_.unsealed = unsealed(5);
    ASSERT_TRUE(ok(precommit({committed})));
    at(kProve);
    auto params = proofs_of({1});
    params.sector_activations[0].pieces = {{unsealed(7), 2048, VerifiedAllocationKey{kStranger, 42}, {}},
                                           {unsealed(8), 1024, {}, {}}};
    ASSERT_TRUE(ok(prove(params)));
    EXPECT_TRUE(sent_to(kVerifiedRegistryId, verifreg::kClaimAllocations).empty());
    EXPECT_TRUE(record(1).deal_weight.is_zero());
    EXPECT_EQ(record(1).verified_deal_weight, BigInt(3072) * BigInt(kExpiration - kProve));
    EXPECT_EQ(record(1).flags, kSimpleQaPower | kFullQaPower);
}

TEST_F(SolsticeMiner, a_pre_commit_names_no_deals) {
    auto with_deals = sector(1);
    with_deals.deal_ids = {7};
    with_deals.unsealed_cid = unsealed(5);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, precommit({with_deals})));
    ASSERT_TRUE(ok(precommit({sector(1)})));
    EXPECT_TRUE(sent_to(kMarketId, market::kVerifyDealsForActivation).empty());
}

TEST_F(SolsticeMiner, sectors_without_a_pre_commit_count_ten_times) {
    ProveCommitSectorsNiParams params;
    params.sectors = {{5, kMiner, sealed(5), 5, epoch() - 1, epoch() + 180 * kDay}};
    params.aggregate_proof = {1};
    params.seal_proof_type = RegisteredSealProof{18};
    params.aggregate_proof_type = RegisteredAggregateProof::snark_pack_v2;
    params.proving_deadline = 10;
    params.require_activation_success = true;
    ASSERT_TRUE(ok(call(kWorker, 36, params)));
    EXPECT_EQ(record(5).flags, kSimpleQaPower | kFullQaPower);
    EXPECT_EQ(record(5).initial_pledge, kPledge * 10);
}

TEST_F(SolsticeMiner, a_replica_update_raises_an_old_sector) {
    legacy();
    const auto before = record(1);
    outside_.unsealed = unsealed(5);
    ASSERT_TRUE(ok(update(1, 2048)));
    EXPECT_TRUE(sent_to(kVerifiedRegistryId, verifreg::kClaimAllocations).empty());
    EXPECT_EQ(power_delta(), kNine);
    EXPECT_EQ(pledge_delta(), kPledge * 9);
    EXPECT_EQ(record(1).flags, kSimpleQaPower | kFullQaPower);
    EXPECT_TRUE(record(1).deal_weight.is_zero());
    EXPECT_EQ(record(1).verified_deal_weight, BigInt(2048) * BigInt(kExpiration - epoch()));
    EXPECT_EQ(record(1).daily_fee, before.daily_fee * 10);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, update(1, 2048))) << "it has data now";
}

// The flag alone does not say that a sector has data.
TEST_F(SolsticeMiner, an_empty_new_sector_can_be_updated) {
    prove_two();
    outside_.unsealed = unsealed(5);
    ASSERT_TRUE(ok(update(1, 2048)));
    EXPECT_FALSE(power_delta());
    EXPECT_TRUE(pledge_delta().is_zero());
}

TEST_F(SolsticeMiner, an_extension_ignores_claims_and_keeps_quality_pledge_and_fee) {
    half_verified();
    rewrite(1, [](auto& s) { s.deal_weight = BigInt(1'000'000) * BigInt(s.expiration - s.power_base_epoch); });
    const auto before = record(1);
    at(epoch() + 100 * kDay);
    const ChainEpoch later = kExpiration + 42 * kDay;
    const SectorClaim claims{1, {400, 401}, {402}};
    ASSERT_TRUE(ok(call(kWorker, 32, ExtendSectorExpiration2Params{{{0, 0, {}, {claims}, later}}})));
    EXPECT_TRUE(sent_to(kVerifiedRegistryId, verifreg::kGetClaims).empty());
    EXPECT_FALSE(power_delta());
    EXPECT_TRUE(pledge_delta().is_zero());
    const auto after = record(1);
    EXPECT_EQ(after.expiration, later);
    EXPECT_EQ(after.power_base_epoch, epoch());
    EXPECT_EQ(after.verified_deal_weight, div_floor(kRaw, BigInt(2)) * BigInt(later - epoch()));
    EXPECT_EQ(after.deal_weight, BigInt(1'000'000) * BigInt(kExpiration - epoch())) << "only what remains";
    EXPECT_EQ(after.flags, before.flags);
    EXPECT_EQ(after.initial_pledge, before.initial_pledge);
    EXPECT_EQ(after.daily_fee, before.daily_fee);
}

TEST_F(SolsticeMiner, an_extension_gives_a_fee_to_a_sector_without_one) {
    legacy();
    const auto fee = record(1).daily_fee;
    rewrite(1, [](auto& s) { s.daily_fee = 0; });
    ASSERT_TRUE(ok(extend({1}, kExpiration + kDay)));
    EXPECT_EQ(record(1).daily_fee, fee);
}

TEST_F(SolsticeMiner, an_upgrade_in_place) {
    legacy();
    const auto before = record(1);
    const auto pledge = state<State>().initial_pledge;
    ASSERT_TRUE(ok(upgrade({declared({1})})));
    EXPECT_EQ(power_delta(), kNine);
    EXPECT_EQ(pledge_delta(), kPledge * 9);
    EXPECT_EQ(state<State>().initial_pledge, pledge + kPledge * 9);
    auto expected = before;
    expected.flags = kSimpleQaPower | kFullQaPower;
    expected.initial_pledge = kPledge * 10;
    expected.daily_fee = before.daily_fee * 10;
    EXPECT_EQ(to_cbor(record(1)), to_cbor(expected));
    // A second time there is nothing to do.
    const auto root = world_.tree.get(kMiner).value().value().head;
    ASSERT_TRUE(ok(upgrade({declared({1})})));
    EXPECT_FALSE(power_delta());
    EXPECT_TRUE(pledge_delta().is_zero());
    EXPECT_EQ(world_.tree.get(kMiner).value().value().head, root);
    EXPECT_TRUE(event_types().empty());
    // The next proof and the next extension leave it as it is.
    open(2);
    ASSERT_TRUE(ok(submit()));
    EXPECT_FALSE(power_delta());
    ASSERT_TRUE(ok(extend({1}, kExpiration + kDay)));
    EXPECT_FALSE(power_delta());
    EXPECT_EQ(record(1).flags, expected.flags);
    EXPECT_EQ(record(1).daily_fee, expected.daily_fee);
}

TEST_F(SolsticeMiner, an_upgrade_with_an_extension_in_the_open_deadline) {
    legacy();
    const auto before = record(1);
    open(2);
    ASSERT_TRUE(ok(submit()));
    const ChainEpoch later = kExpiration + 42 * kDay;
    ASSERT_TRUE(ok(upgrade({declared({1}, later)}, kOwner)));
    EXPECT_EQ(power_delta(), kNine);
    EXPECT_EQ(pledge_delta(), kPledge * 9);
    EXPECT_EQ(record(1).expiration, later);
    EXPECT_EQ(record(1).power_base_epoch, epoch());
    EXPECT_EQ(record(1).daily_fee, before.daily_fee * 10);
    // Declarations apply in order, so the last expiration stands.
    ASSERT_TRUE(ok(upgrade({declared({1, 2}, later + kDay), declared({1}, later + 2 * kDay)}, kControl1)));
    EXPECT_EQ(power_delta(), kNine) << "of sector 2";
    EXPECT_EQ(record(1).expiration, later + 2 * kDay);
    EXPECT_EQ(record(2).expiration, later + kDay);
    EXPECT_TRUE(
        exits(ExitCode::illegal_argument, upgrade({declared({1}, later + 4 * kDay), declared({1}, later + 3 * kDay)})));
}

TEST_F(SolsticeMiner, a_partly_verified_sector_keeps_its_weights) {
    half_verified();
    rewrite(1, [](auto& s) {
        s.flags = 0;  // from before FIP-0045
        s.expected_day_reward = fil(1);
        s.expected_storage_pledge = fil(2);
        s.replaced_day_reward = fil(3);
    });
    const auto before = record(1);
    ASSERT_TRUE(ok(upgrade({declared({1})})));
    EXPECT_EQ(power_delta(), (PowerPair{0, div_floor(kRaw * 9, BigInt(2))})) << "from 5.5 times to 10 times";
    EXPECT_EQ(record(1).verified_deal_weight, before.verified_deal_weight);
    EXPECT_EQ(record(1).flags, kSimpleQaPower | kFullQaPower);
    EXPECT_EQ(record(1).daily_fee, div_floor(before.daily_fee * 20, BigInt(11)));
    EXPECT_FALSE(record(1).expected_day_reward);
    EXPECT_FALSE(record(1).expected_storage_pledge);
    EXPECT_FALSE(record(1).replaced_day_reward);
}

TEST_F(SolsticeMiner, a_pledge_never_falls) {
    legacy();
    network_power_is(BigInt::pow2(70));  // a share so small that ten times the power needs less pledge
    ASSERT_TRUE(ok(upgrade({declared({1})})));
    EXPECT_EQ(power_delta(), kNine);
    EXPECT_TRUE(pledge_delta().is_zero());
    EXPECT_EQ(record(1).initial_pledge, kPledge);
}

TEST_F(SolsticeMiner, an_upgrade_pays_the_debt_first) {
    legacy();
    owe(fil(5));
    set_balance(kMiner, state<State>().initial_pledge + kPledge * 9 + fil(5) - 1);
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, upgrade({declared({1})})));
    EXPECT_EQ(record(1).flags, kSimpleQaPower);
    set_balance(kMiner, state<State>().initial_pledge + kPledge * 9 + fil(5));
    const auto burnt_before = burnt();
    ASSERT_TRUE(ok(upgrade({declared({1})})));
    EXPECT_TRUE(state<State>().fee_debt.is_zero());
    EXPECT_EQ(burnt(), burnt_before + fil(5));
}

TEST_F(SolsticeMiner, refused_upgrades_change_nothing) {
    legacy();
    const auto root = world_.tree.get(kMiner).value().value().head;
    const auto refused = [&](ExitCode code, std::vector<UpgradeSectorQuality> upgrades, ActorId from = kWorker) {
        EXPECT_TRUE(exits(code, upgrade(std::move(upgrades), from)));
    };
    const auto wrong = ExitCode::illegal_argument;
    refused(ExitCode::forbidden, {declared({1})}, kStranger);
    refused(wrong, {});
    refused(wrong, {declared({})});
    refused(wrong, {declared({}, INT64_MAX)});
    refused(wrong, {{48, 0, {1}, {}}});
    refused(ExitCode::not_found, {{0, 1, {1}, {}}});
    refused(ExitCode::not_found, {declared({9})});
    refused(ExitCode::not_found, {declared({1}), {1, 0, {2}, {}}});
    for (const ChainEpoch bad : {ChainEpoch{0}, ChainEpoch{-1}, epoch(), epoch() + 1278 * kDay + 1, kExpiration - 1})
        refused(wrong, {declared({1}, bad)});
    EXPECT_EQ(world_.tree.get(kMiner).value().value().head, root);
    ASSERT_TRUE(ok(fault({2})));
    refused(wrong, {declared({1}), declared({2})});
    EXPECT_EQ(record(1).flags, kSimpleQaPower);
}

TEST_F(SolsticeMiner, an_expired_sector_is_not_upgraded) {
    legacy();
    at(kExpiration + 1);
    EXPECT_TRUE(exits(ExitCode::forbidden, upgrade({declared({1})})));
    at(kExpiration);
    ASSERT_TRUE(ok(upgrade({declared({1})})));
    at(kExpiration + 1);
    ASSERT_TRUE(ok(upgrade({declared({1})}))) << "nothing to do, so nothing to refuse";
    EXPECT_TRUE(exits(ExitCode::forbidden, upgrade({declared({1}, kExpiration + kDay)})));
}

TEST_F(SolsticeMiner, older_versions_do_not_know_the_method) {
    for (const auto table : {methods(), methods17()})
        EXPECT_TRUE(std::ranges::none_of(table, [](const Method& m) { return m.number == 37; }));
    EXPECT_EQ(methods().size(), methods17().size() + 3);
    EXPECT_EQ(methods19().size(), methods().size() + 1);
}

}  // namespace
}  // namespace strata::actors::miner
