#include <strata/actors/miner/lifetime.hpp>

#include <strata/actors/miner/monies.hpp>

namespace strata::actors::miner {
namespace {

constexpr ChainEpoch kEpochsInYear = 1'051'897;

// The numbers of the proofs come in groups of five sector sizes: V1, V1P1, synthetic, non-interactive. Returns the
// group, or -1 for an unknown proof.
std::int64_t group_of(RegisteredSealProof proof) {
    const auto number = static_cast<std::int64_t>(proof);
    return (number < 0 || number >= 20) ? -1 : number / 5;
}

std::optional<ChainEpoch> maximum_lifetime(RegisteredSealProof proof) {
    switch (group_of(proof)) {
        case -1:
            return std::nullopt;
        case 0:  // V1
            return 540 * kEpochsInDay;
        default:
            return 5 * kEpochsInYear;
    }
}

}  // namespace

std::optional<ChainEpoch> max_prove_commit_duration(const Policy& policy, RegisteredSealProof seal_proof) {
    switch (group_of(seal_proof)) {
        case 0:  // V1
            return kEpochsInDay + policy.pre_commit_challenge_delay;
        case 1:  // V1P1
        case 2:  // synthetic
            return 30 * kEpochsInDay + policy.pre_commit_challenge_delay;
        default:  // a non-interactive proof needs no pre-commit
            return std::nullopt;
    }
}

Done validate_expiration(ChainEpoch now, ChainEpoch activation, ChainEpoch expiration, RegisteredSealProof seal_proof) {
    if (expiration <= activation)
        return illegal_argument("the sector expires at epoch " + std::to_string(expiration) +
                                ", expected an epoch after its activation at epoch " + std::to_string(activation));
    if (expiration - activation < kMinSectorLifetime)
        return illegal_argument("the sector would live " + std::to_string(expiration - activation) +
                                " epochs, expected at least " + std::to_string(kMinSectorLifetime));
    if (expiration > now + kMaxSectorExtension)
        return illegal_argument("the sector would expire at epoch " + std::to_string(expiration) +
                                ", expected at most epoch " + std::to_string(now + kMaxSectorExtension));
    const auto longest = maximum_lifetime(seal_proof);
    if (!longest)
        return illegal_argument("seal proof type " + std::to_string(std::to_underlying(seal_proof)) + " is unknown");
    if (expiration - activation > *longest)
        return illegal_argument("the sector would live " + std::to_string(expiration - activation) +
                                " epochs, expected at most " + std::to_string(*longest));
    return {};
}

}  // namespace strata::actors::miner
