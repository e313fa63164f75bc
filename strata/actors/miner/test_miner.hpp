#pragma once
// For tests: a miner of 32 GiB sectors whose proving periods begin at multiples of 2,880, with money and no sectors.
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/methods.hpp>
#include <strata/actors/miner/proving_messages.hpp>
#include <strata/actors/miner/state.hpp>
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
inline constexpr MethodNumber kPubkeyAddress = 2;  // of accounts

class MinerTest : public actors::testing::ActorTest {
  protected:
    MinerTest() : ActorTest(ActorType::miner, methods(), kMiner) {
        for (const ActorId id : {kOwner, kWorker, kControl1, kControl2, kStranger})
            world_.add(id, ActorType::account, fil(1));
        answer_with(kWorker, kPubkeyAddress, Address::bls(Bytes(48, 1)));
        // 10 FIL are the reward of an epoch. The network has 2^50 bytes, or no power before anyone has proven any.
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
    /// Leaves the miner with one million FIL, all of it free.
    void construct() {
        set_balance(kMiner, fil(1'000'010));
        ASSERT_TRUE(ok(call(kInitId, 1, constructor_params())));
        auto now = state<State>();
        now.locked_funds = 0;
        now.vesting_funds = {};
        now.proving_period_start = 0;
        now.current_deadline = 0;
        set_state(now);
        set_balance(kMiner, fil(1'000'000));
    }
    MinerInfo info() { return get_cbor<MinerInfo>(world_.store, state<State>().info).value(); }
    void owe(const TokenAmount& debt) {
        auto now = state<State>();
        now.fee_debt = debt;
        set_state(now);
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

}  // namespace strata::actors::miner::testing
