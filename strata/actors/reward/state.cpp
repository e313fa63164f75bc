#include <strata/actors/reward/state.hpp>

#include <strata/types/fixed_point.hpp>

namespace strata::actors::reward {
namespace {

// The constants are those of builtin-actors actors/reward/src/logic.rs, in Q.128. The factor `baseline_exponent`
// doubles the baseline in a year; `lambda` halves the remaining FIL to mint in six years.
const BigInt& baseline_exponent() {
    static const BigInt value = BigInt::constant("340282591298641078465964189926313473653");
    return value;
}
const BigInt& lambda() {
    static const BigInt value = BigInt::constant("37396271439864487274534522888786");
    return value;
}
const BigInt& exp_lambda_less_one() {  // e^lambda - 1
    static const BigInt value = BigInt::constant("37396273494747879394193016954629");
    return value;
}
const BigInt& initial_baseline() {
    static const BigInt value = BigInt::constant("2888888880000000000");
    return value;
}

// Returns the baseline of the epoch that follows an epoch with the baseline `power`.
StoragePower baseline_after(const StoragePower& power) {
    return (power * baseline_exponent()) >> kPrecision;
}

// Returns the effective network time in Q.128: the epoch at which a network that always met the baseline would have
// reached the realized sum of power. The time between two epochs is interpolated.
BigInt theta(const Issuance& s) {
    if (s.effective_network_time == 0) return 0;
    return (BigInt(s.effective_network_time) << kPrecision) -
           div_floor((s.cumsum_baseline - s.cumsum_realized) << kPrecision, s.effective_baseline_power);
}

// Returns the part of `total` that is minted up to the effective network time `at`, in Q.128 like `at`.
BigInt baseline_supply(const BigInt& at, const TokenAmount& total) {
    return (BigInt::pow2(kPrecision) - expneg((at * lambda()) >> kPrecision, kPrecision)) * total;
}

}  // namespace

const TokenAmount& simple_mint_total() {
    static const TokenAmount total = fil(330'000'000);
    return total;
}

State State::at_genesis(const StoragePower& realized_power) {
    State s;
    s.simple_total = simple_mint_total();
    s.baseline_total = fil(770'000'000);
    static_cast<Issuance&>(s) = Issuance::at_genesis(realized_power, s.simple_total, s.baseline_total);
    return s;
}

Issuance Issuance::at_genesis(const StoragePower& realized_power, const TokenAmount& simple_total,
                              const TokenAmount& baseline_total) {
    Issuance s;
    s.effective_baseline_power = initial_baseline();
    // The step to epoch 0 at the end multiplies this by baseline_exponent(), which gives the initial baseline.
    s.this_epoch_baseline_power = div_floor(initial_baseline() << (2 * kPrecision), baseline_exponent()) >> kPrecision;
    s.epoch = kEpochUndefined;
    // In attoFIL: the estimate of an epoch's reward, and its change per epoch.
    s.this_epoch_reward_smoothed =
        FilterEstimate::of(BigInt::constant("36266260308195979333"), BigInt(std::int64_t{-109897758509}));
    s.next_epoch_with_reward(realized_power, simple_total, baseline_total);
    return s;
}

void Issuance::next_epoch(const StoragePower& realized_power) {
    epoch += 1;
    this_epoch_baseline_power = baseline_after(this_epoch_baseline_power);
    cumsum_realized += min(this_epoch_baseline_power, realized_power);
    while (cumsum_realized > cumsum_baseline) {
        effective_network_time += 1;
        effective_baseline_power = baseline_after(effective_baseline_power);
        cumsum_baseline += effective_baseline_power;
    }
}

void Issuance::next_epoch_with_reward(const StoragePower& realized_power, const TokenAmount& simple_total,
                                      const TokenAmount& baseline_total) {
    const BigInt before = theta(*this);
    next_epoch(realized_power);
    const BigInt after = theta(*this);
    const BigInt simple =
        (simple_total * exp_lambda_less_one() * expneg(lambda() * BigInt(epoch), kPrecision)) >> kPrecision;
    const BigInt baseline = baseline_supply(after, baseline_total) - baseline_supply(before, baseline_total);
    this_epoch_reward = (simple + baseline) >> kPrecision;
}

void Issuance::advance(ChainEpoch now, const StoragePower& realized_power, const TokenAmount& simple_total,
                       const TokenAmount& baseline_total) {
    const ChainEpoch before = epoch;
    // Null rounds are processed without a reward. The last step computes the reward of the next epoch.
    while (epoch < now) next_epoch(realized_power);
    next_epoch_with_reward(realized_power, simple_total, baseline_total);
    this_epoch_reward_smoothed = next_estimate(this_epoch_reward_smoothed, this_epoch_reward, epoch - before);
}

}  // namespace strata::actors::reward
