#pragma once
// For tests: a miner of 32 GiB sectors whose proving periods begin at multiples of 2,880, with money and no sectors.
#include <strata/actors/methods.hpp>
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/proving_messages.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::miner::testing {

inline constexpr ActorId kOwner = 100;
inline constexpr ActorId kWorker = 101;
inline constexpr ActorId kControl1 = 998;
inline constexpr ActorId kControl2 = 999;
inline constexpr ActorId kMiner = 1000;
inline constexpr ActorId kStranger = 1234;
inline constexpr RegisteredPoStProof kWindow32GiB{13};
inline constexpr RegisteredSealProof kSeal32GiB{8};
inline constexpr MethodNumber kPubkeyAddress = 2;  // a method of accounts

class MinerTest : public actors::testing::ActorTest {
  protected:
    explicit MinerTest(std::span<const Method> table = methods(), bool solstice = false)
        : ActorTest(ActorType::miner, table, kMiner) {
        policy_.solstice = solstice;
        for (const ActorId id : {kOwner, kWorker, kControl1, kControl2, kStranger})
            world_.add(id, ActorType::account, fil(1));
        answer_with(kWorker, kPubkeyAddress, Address::bls(Bytes(48, 1)));
        // The reward of an epoch is 10 FIL. The baseline is 2^50 bytes, and the network has no power yet.
        answer_with(kRewardId, reward::kThisEpochReward,
                    reward::ThisEpochRewardReturn{FilterEstimate::of(fil(10), 0), BigInt::pow2(50)});
        network_power_is(0);
        at(0);
    }
    void network_power_is(const BigInt& bytes) {
        power::CurrentTotalPowerReturn power;
        power.quality_adj_power_smoothed = FilterEstimate::of(bytes, 0);
        answer_with(kPowerId, power::kCurrentTotalPower, power);
    }
    static power::MinerConstructorParams constructor_params() {
        return {
            Address::id(kOwner), Address::id(kWorker), {Address::id(kControl2), Address::id(kControl1)}, kWindow32GiB,
            {1, 2, 3},           {{1, 2, 3}}};
    }
    /// Sets the miner's balance to one million FIL, all of it free.
    void construct() {
        set_balance(kMiner, fil(1'000'010));
        ASSERT_TRUE(ok(call(kInitId, 1, constructor_params())));
        auto changed = state<State>();
        changed.locked_funds = 0;
        changed.vesting_funds = {};
        changed.proving_period_start = 0;
        changed.current_deadline = 0;
        set_state(changed);
        set_balance(kMiner, fil(1'000'000));
    }
    MinerInfo info() { return get_cbor<MinerInfo>(world_.store, state<State>().info).value(); }
    void owe(const TokenAmount& debt) {
        auto changed = state<State>();
        changed.fee_debt = debt;
        set_state(changed);
    }
    /// The change of power that the latest message reported; empty if it reported none.
    std::optional<PowerPair> power_delta() {
        const auto told = sent_to(kPowerId, power::kUpdateClaimedPower);
        if (told.empty()) return {};
        const auto params = told[0].as<power::UpdateClaimedPowerParams>();
        return PowerPair{params.raw_byte_delta, params.quality_adjusted_delta};
    }
    /// The change of pledge that the latest message reported; zero if it reported none.
    TokenAmount pledge_delta() {
        const auto told = sent_to(kPowerId, power::kUpdatePledgeTotal);
        return told.empty() ? TokenAmount(0) : told[0].as<TokenAmount>();
    }
    TokenAmount burnt() { return balance_of(kBurntFundsId); }
};

// The amounts follow from docs/protocol/storage.md §4 with a network of 2^50 bytes that earns 10 FIL an epoch: a sector
// of 2^35 bytes earns 10 / 32768 FIL in each.
inline constexpr ChainEpoch kDay = 2880;
inline constexpr ChainEpoch kExpiration = 240 * kDay;
inline constexpr ChainEpoch kPreCommit = 1;
inline constexpr ChainEpoch kProve = kPreCommit + 151;  // after the challenge delay
inline constexpr ChainEpoch kLatestProve = kPreCommit + 30 * kDay + 150;
inline const TokenAmount kDeposit = BigInt::constant("175781250000000000000");  // 20 days, as if all data were verified
inline const TokenAmount kPledge = BigInt::constant("999999984306749440");      // capped at 10^18 / 2^35 for each byte
inline const BigInt kRaw = BigInt::pow2(35);
inline const TokenAmount kFaultFee = BigInt::constant("3084716796875000000");  // 3.51 days
inline const TokenAmount kTerminationFee =
    BigInt::constant("3238952636718750000");  // 105 % of the fault fee, as in sector_status_test.rs
inline const TokenAmount kInvalidPostFee = BigInt::constant("4842529296875000000");  // 5.51 days, in addition to 20 FIL

inline Cid sealed(std::uint8_t name) {
    return Cid::v1(Codec::commitment_sealed, HashCode::poseidon_bls12_381_a2_fc1, Bytes(32, name));
}
inline Cid unsealed(std::uint8_t name) {
    return Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, Bytes(32, name));
}
inline SectorPreCommitInfo sector(SectorNumber number) {
    return {kSeal32GiB, number, sealed(static_cast<std::uint8_t>(number)), 0, {}, kExpiration, {}};
}
inline PowerPair power_of(std::int64_t sectors) {
    return {kRaw * sectors, kRaw * sectors};
}

/// A miner at its first pre-commit. Its sectors are assigned to deadline 0, which opens at multiples of a day.
class SectorsTest : public MinerTest {
  protected:
    explicit SectorsTest(std::span<const Method> table = methods(), bool solstice = false)
        : MinerTest(table, solstice) {
        construct();
        network_power_is(BigInt::pow2(50));
        at(kPreCommit);
    }
    vm::CallResult precommit(std::vector<SectorPreCommitInfo> sectors, ActorId from = kWorker) {
        return call(from, 28, PreCommitSectorBatchParams2{std::move(sectors)});
    }
    static ProveCommitSectors3Params proofs_of(std::initializer_list<SectorNumber> numbers) {
        ProveCommitSectors3Params out;
        for (const auto number : numbers) {
            out.sector_activations.push_back({number, {}});
            out.sector_proofs.emplace_back(1920);
        }
        out.require_activation_success = true;
        return out;
    }
    vm::CallResult prove(const ProveCommitSectors3Params& params, ActorId from = kWorker) {
        return call(from, 34, params);
    }
    vm::CallResult cron(ChainEpoch now, CronEvent event = CronEvent::proving_deadline) {
        at(now);
        return call(kPowerId, 12,
                    power::DeferredCronEventParams{to_cbor(CronEventPayload{event}), FilterEstimate::of(fil(10), 0),
                                                   FilterEstimate::of(BigInt::pow2(50), 0)});
    }
    /// Two sectors in deadline 0, without their first proof.
    void commit_two() {
        ASSERT_TRUE(ok(precommit({sector(1), sector(2)})));
        at(kProve);
        ASSERT_TRUE(ok(prove(proofs_of({1, 2}))));
    }
    /// Opens deadline 0 of the period; its window has 60 epochs.
    void open(std::int64_t period) { at(period * kDay + 5); }
    /// Runs cron at the window's last epoch, and moves to the next epoch.
    vm::CallResult close(std::int64_t period) {
        auto result = cron(period * kDay + 59);
        at(period * kDay + 60);
        return result;
    }
    SubmitWindowedPoStParams post_now(const BitField& skipped = {}) const {
        const ChainEpoch committed = epoch() - 1;
        Bytes seed(8);
        seed[7] = 9;  // PoStChainCommit
        seed.resize(40);
        for (int shift = 56; shift >= 0; shift -= 8) seed.push_back(static_cast<std::uint8_t>(committed >> shift));
        SubmitWindowedPoStParams out;
        out.partitions = {{0, skipped}};
        out.proofs = {{kWindow32GiB, Bytes(192)}};
        out.chain_commit_epoch = committed;
        out.chain_commit_rand = to_bytes(Cid::hash_of(Codec::raw, seed).digest());
        return out;
    }
    vm::CallResult submit(const SubmitWindowedPoStParams& params, ActorId from = kWorker) {
        return call(from, 5, params);
    }
    vm::CallResult submit() { return submit(post_now()); }
    /// Two sectors with power, at the end of their first window.
    void prove_two() {
        commit_two();
        open(1);
        ASSERT_TRUE(ok(submit()));
        ASSERT_TRUE(ok(close(1)));
    }
    vm::CallResult declare(MethodNumber method, const BitField& sectors, ActorId from = kWorker,
                           std::uint64_t deadline = 0, std::uint64_t partition = 0) {
        return call(from, method, DeclareFaultsParams{{{deadline, partition, sectors}}});
    }
    vm::CallResult fault(const BitField& sectors) { return declare(10, sectors); }
    vm::CallResult recover(const BitField& sectors) { return declare(11, sectors); }
    vm::CallResult terminate(const BitField& sectors, ActorId from = kWorker) {
        return call(from, 9, TerminateSectorsParams{{{0, 0, sectors}}});
    }
    vm::CallResult dispute(std::uint64_t deadline = 0, std::uint64_t index = 0) {
        return call(kStranger, 24, DisputeWindowedPoStParams{deadline, index});
    }
    vm::CallResult extend(const BitField& sectors, ChainEpoch expiration, ActorId from = kWorker) {
        return call(from, 32, ExtendSectorExpiration2Params{{{0, 0, sectors, {}, expiration}}});
    }
    SectorStatusCode status(SectorNumber number) {
        return returned<GenerateSectorLocationReturn>(call(kStranger, 1321604665, GenerateSectorLocationParams{number}))
            .status.code;
    }
    ChainEpoch expiration(SectorNumber number) { return returned<ChainEpoch>(call(kStranger, 3010055991, number)); }
};

}  // namespace strata::actors::miner::testing
