#include <strata/actors/miner/seal_verification.hpp>

#include <set>

#include <strata/actors/miner/checked.hpp>
#include <strata/actors/miner/commd.hpp>
#include <strata/actors/miner/lifetime.hpp>
#include <strata/actors/miner/monies.hpp>

namespace strata::actors::miner {
namespace {

struct Bounds {
    std::size_t min;
    std::size_t max;
};
// runtime/src/runtime/policy.rs
constexpr Bounds kAggregatedSectors{4, 819};
constexpr Bounds kAggregatedSectorsNi{1, 65};
constexpr std::size_t kMaxAggregatedProofSize = 81'960;
constexpr ChainEpoch kMaxProveCommitNiRandomnessLookback = 180 * kEpochsInDay;

Bytes randomness_entropy(Runtime& rt) {
    return to_cbor(Address::id(rt.receiver()));
}

// A sector that may not be proven now either fails the message or is left out.
Done add_outcome(BatchReturn& results, bool valid, bool all_or_nothing) {
    if (!valid && all_or_nothing) return illegal_argument("an invalid sector, and all are required");
    results.add(valid ? ExitCode::ok : ExitCode::illegal_argument);
    return {};
}

ActorResult<SealVerifyInfo> seal_input(Runtime& rt, const SectorPreCommitOnChainInfo& pre, const Bytes& entropy) {
    const auto& info = pre.info;
    const ChainEpoch interactive_epoch = pre.pre_commit_epoch + rt.policy().pre_commit_challenge_delay;
    if (rt.epoch() <= interactive_epoch) return forbidden("too early to prove the sector");
    STRATA_TRY(const auto ticket, rt.chain_randomness(kSealRandomnessTag, info.seal_rand_epoch, entropy));
    STRATA_TRY(const auto seed, rt.beacon_randomness(kInteractiveSealChallengeSeedTag, interactive_epoch, entropy));
    STRATA_TRY(const Cid unsealed_cid, full_commd(info.unsealed_cid, info.seal_proof));
    return SealVerifyInfo{.proof = info.seal_proof,
                          .sector = {rt.receiver(), info.sector_number},
                          .deal_ids = {},
                          .randomness = to_bytes(ticket),
                          .interactive_randomness = to_bytes(seed),
                          .proof_bytes = {},
                          .sealed_cid = info.sealed_cid,
                          .unsealed_cid = unsealed_cid};
}

bool is_valid(Runtime& rt, const SectorNiActivationInfo& sector, RegisteredSealProof seal_proof) {
    return sector.sector_number <= kMaxSectorNumber &&
           validate_expiration(rt.epoch(), rt.epoch(), sector.expiration, seal_proof).has_value() &&
           sector.sealer_id == rt.receiver() && sector.sector_number == sector.sealing_number &&
           is_sealed_sector(sector.sealed_cid) &&
           sector.seal_rand_epoch >= rt.epoch() - kMaxProveCommitNiRandomnessLookback;
}

}  // namespace

ActorResult<SealProofInputs> validate_precommits(Runtime& rt, const std::vector<SectorPreCommitOnChainInfo>& precommits,
                                                 bool all_or_nothing) {
    const Bytes entropy = randomness_entropy(rt);
    SealProofInputs out;
    for (const auto& pre : precommits) {
        const auto duration = max_prove_commit_duration(rt.policy(), pre.info.seal_proof);
        if (!duration) return illegal_state("no sealing duration for this seal proof");
        if (pre.info.seal_proof != precommits.front().info.seal_proof)
            return illegal_state("sectors of different seal proofs");
        STRATA_TRY(out.infos.emplace_back(), seal_input(rt, pre, entropy));
        const bool in_time = rt.epoch() <= pre.pre_commit_epoch + *duration;
        // Deals are activated by notifications only.
        STRATA_OK(add_outcome(out.results, in_time && pre.info.deal_ids.empty(), all_or_nothing));
    }
    return out;
}

ActorResult<SealProofInputs> validate_ni_sectors(Runtime& rt, const std::vector<SectorNiActivationInfo>& sectors,
                                                 RegisteredSealProof seal_proof, bool all_or_nothing) {
    const Bytes entropy = randomness_entropy(rt);
    STRATA_TRY(const Cid unsealed_cid, full_commd(std::nullopt, seal_proof));
    SealProofInputs out;
    std::set<SectorNumber> seen;
    for (const auto& sector : sectors) {
        if (!seen.insert(sector.sector_number).second) return illegal_argument("a sector number twice");
        STRATA_OK(check_bit(sector.sector_number));
        const bool valid = is_valid(rt, sector, seal_proof);
        if (sector.seal_rand_epoch >= rt.epoch()) return illegal_argument("the seal's randomness is not past");
        STRATA_TRY(const auto ticket, rt.chain_randomness(kSealRandomnessTag, sector.seal_rand_epoch, entropy));
        out.infos.push_back({.proof = seal_proof,
                             .sector = {rt.receiver(), sector.sealing_number},
                             .deal_ids = {},
                             .randomness = to_bytes(ticket),
                             .interactive_randomness = Bytes(32, 1),  // no seed: the challenges come from the ticket
                             .proof_bytes = {},
                             .sealed_cid = sector.sealed_cid,
                             .unsealed_cid = unsealed_cid});
        STRATA_OK(add_outcome(out.results, valid, all_or_nothing));
    }
    return out;
}

Done check_seal_proof_sizes(RegisteredSealProof seal_proof, const std::vector<Bytes>& proofs) {
    const auto size = sector_size(seal_proof);
    if (!size) return illegal_state("unknown seal proof");
    // Groth16 proofs of 192 bytes: one for small sectors, ten for large ones (fvm_shared proof_size()).
    const std::size_t limit = *size >= SectorSize::size_32GiB ? 1920 : 192;
    for (const auto& proof : proofs)
        if (proof.size() > limit) return illegal_argument("the proof is too large");
    return {};
}

Done check_aggregate_proof(const Bytes& proof, std::size_t sectors, bool interactive) {
    const Bounds bounds = interactive ? kAggregatedSectors : kAggregatedSectorsNi;
    if (sectors > bounds.max) return illegal_argument("too many sectors for an aggregate");
    if (sectors < bounds.min) return illegal_argument("too few sectors for an aggregate");
    if (proof.size() > kMaxAggregatedProofSize) return illegal_argument("the aggregate proof is too large");
    return {};
}

Done verify_aggregate_seal(Runtime& rt, const SealProofInputs& inputs, RegisteredSealProof seal_proof,
                           RegisteredAggregateProof aggregate_proof, const Bytes& proof) {
    AggregateSealVerifyProofs aggregate{rt.receiver(), seal_proof, aggregate_proof, proof, {}};
    for (const auto& info : inputs.infos)
        aggregate.infos.push_back(
            {info.sector.number, info.randomness, info.interactive_randomness, info.sealed_cid, info.unsealed_cid});
    STRATA_TRY(const bool holds,
               rt.unwrap(rt.kernel().verify_aggregate_seals(aggregate), ExitCode::illegal_argument, "aggregate proof"));
    if (!holds) return illegal_argument("the aggregate proof does not hold");
    return {};
}

}  // namespace strata::actors::miner
