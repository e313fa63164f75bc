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
Done add_outcome(BatchReturn& results, SectorNumber number, bool valid, bool all_or_nothing) {
    if (!valid && all_or_nothing)
        return illegal_argument("sector " + std::to_string(number) +
                                " is not valid, and the message requires every activation to succeed");
    results.add(valid ? ExitCode::ok : ExitCode::illegal_argument);
    return {};
}

ActorResult<SealVerifyInfo> seal_input(Runtime& rt, const SectorPreCommitOnChainInfo& pre, const Bytes& entropy) {
    const auto& info = pre.info;
    // The challenge comes from a beacon round after the pre-commit, so the miner cannot make its replica fit the
    // challenge.
    const ChainEpoch interactive_epoch = pre.pre_commit_epoch + rt.policy().pre_commit_challenge_delay;
    if (rt.epoch() <= interactive_epoch)
        return forbidden("sector " + std::to_string(info.sector_number) + " can be proven after epoch " +
                         std::to_string(interactive_epoch) + "; the current epoch is " + std::to_string(rt.epoch()));
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
        if (!duration)
            return illegal_state("seal proof type " + std::to_string(std::to_underlying(pre.info.seal_proof)) +
                                 " cannot be pre-committed");
        if (pre.info.seal_proof != precommits.front().info.seal_proof)
            return illegal_state("the sectors have seal proof types " +
                                 std::to_string(std::to_underlying(precommits.front().info.seal_proof)) + " and " +
                                 std::to_string(std::to_underlying(pre.info.seal_proof)) +
                                 ", expected the same type for all");
        STRATA_TRY(out.infos.emplace_back(), seal_input(rt, pre, entropy));
        const bool in_time = rt.epoch() <= pre.pre_commit_epoch + *duration;
        // This method activates deals with notifications (FIP-0076), so a pre-commit that lists deals is not valid.
        STRATA_OK(
            add_outcome(out.results, pre.info.sector_number, in_time && pre.info.deal_ids.empty(), all_or_nothing));
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
        if (!seen.insert(sector.sector_number).second)
            return illegal_argument(sector_named_twice(sector.sector_number));
        STRATA_OK(check_bit(sector.sector_number));
        const bool valid = is_valid(rt, sector, seal_proof);
        if (sector.seal_rand_epoch >= rt.epoch())
            return illegal_argument("the seal's randomness is from epoch " + std::to_string(sector.seal_rand_epoch) +
                                    ", expected an epoch before the current epoch " + std::to_string(rt.epoch()));
        STRATA_TRY(const auto ticket, rt.chain_randomness(kSealRandomnessTag, sector.seal_rand_epoch, entropy));
        out.infos.push_back({.proof = seal_proof,
                             .sector = {rt.receiver(), sector.sealing_number},
                             .deal_ids = {},
                             .randomness = to_bytes(ticket),
                             .interactive_randomness = Bytes(32, 1),  // no seed: the challenges come from the ticket
                             .proof_bytes = {},
                             .sealed_cid = sector.sealed_cid,
                             .unsealed_cid = unsealed_cid});
        STRATA_OK(add_outcome(out.results, sector.sector_number, valid, all_or_nothing));
    }
    return out;
}

Done check_seal_proof_sizes(RegisteredSealProof seal_proof, const std::vector<Bytes>& proofs) {
    const auto size = sector_size(seal_proof);
    if (!size)
        return illegal_state("seal proof type " + std::to_string(std::to_underlying(seal_proof)) + " is unknown");
    // A seal has Groth16 proofs of 192 bytes, one for small sectors and ten for large ones (fvm_shared proof_size()).
    const std::size_t limit = *size >= SectorSize::size_32GiB ? 1920 : 192;
    for (const auto& proof : proofs)
        if (proof.size() > limit)
            return illegal_argument("a seal proof has " + std::to_string(proof.size()) + " bytes, expected at most " +
                                    std::to_string(limit));
    return {};
}

Done check_aggregate_proof(const Bytes& proof, std::size_t sectors, bool interactive) {
    const Bounds bounds = interactive ? kAggregatedSectors : kAggregatedSectorsNi;
    if (sectors > bounds.max || sectors < bounds.min)
        return illegal_argument("the aggregate proof covers " + std::to_string(sectors) + " sectors, expected " +
                                std::to_string(bounds.min) + " to " + std::to_string(bounds.max));
    if (proof.size() > kMaxAggregatedProofSize)
        return illegal_argument("the aggregate proof has " + std::to_string(proof.size()) +
                                " bytes, expected at most " + std::to_string(kMaxAggregatedProofSize));
    return {};
}

Done verify_aggregate_seal(Runtime& rt, const SealProofInputs& inputs, RegisteredSealProof seal_proof,
                           RegisteredAggregateProof aggregate_proof, const Bytes& proof) {
    AggregateSealVerifyProofs aggregate{.miner = rt.receiver(),
                                        .seal_proof = seal_proof,
                                        .aggregate_proof = aggregate_proof,
                                        .proof = proof,
                                        .infos = {}};
    for (const auto& info : inputs.infos)
        aggregate.infos.push_back(
            {info.sector.number, info.randomness, info.interactive_randomness, info.sealed_cid, info.unsealed_cid});
    STRATA_TRY(const bool valid,
               rt.unwrap(rt.kernel().verify_aggregate_seals(aggregate), ExitCode::illegal_argument, "aggregate proof"));
    if (!valid)
        return illegal_argument("the aggregate proof of " + std::to_string(inputs.infos.size()) +
                                " sectors does not verify");
    return {};
}

}  // namespace strata::actors::miner
