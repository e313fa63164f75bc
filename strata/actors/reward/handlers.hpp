#pragma once
// The methods of the reward actor that both versions have, each in its file.
#include <strata/actors/reward/state.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::reward {

inline constexpr std::int64_t kPenaltyMultiplier = 3;
inline constexpr MethodNumber kMinerApplyRewards = 14;

/// The dispatch refuses missing parameters. A null reaches the methods, which refuse it themselves.
struct RealizedPower {
    std::optional<StoragePower> power;
    STRATA_CBOR_TRANSPARENT(power);
};

struct ApplyRewardParams {
    TokenAmount reward;
    TokenAmount penalty;
    STRATA_CBOR_TUPLE(reward, penalty);
};

/// Returns the power, or the refusal of a null.
ActorResult<StoragePower> power_of(const RealizedPower& realized);
/// Checks the parameters of an award and returns the miner's ID. `balance` is the actor's.
ActorResult<ActorId> check_award(Runtime& rt, const AwardBlockRewardParams& params, const TokenAmount& balance);
/// Returns the reward of the block if the balance suffices.
TokenAmount expected_reward(const Issuance& issuance, const AwardBlockRewardParams& params);
/// Pays a miner, and burns `burn`. If the miner refuses its reward, that is burnt too, and the block stays valid.
Done pay_miner(Runtime& rt, ActorId miner, const TokenAmount& amount, const TokenAmount& penalty,
               TokenAmount burn = TokenAmount(0));

}  // namespace strata::actors::reward
