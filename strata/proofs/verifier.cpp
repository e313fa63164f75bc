#include <strata/proofs/verifier.hpp>

#include <strata/base/mapped_file.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/groth16/verifier.hpp>
#include <strata/proofs/params/parameter_name.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/porep/challenges.hpp>
#include <strata/proofs/post/post_config.hpp>
#include <strata/proofs/update/update.hpp>

namespace strata::proofs {
namespace {

/// Returns the commitment unless it is all zeros, which the reference's API refuses (docs/protocol/proofs.md §17).
Result<Hash256> refuse_zero(const Hash256& commitment) {
    if (commitment == Hash256{})
        return fail(Errc::invalid_argument, "the commitment is all zeros; no sector has such a commitment");
    return commitment;
}

Result<Hash256> comm_d_of(const Cid& unsealed) {
    STRATA_TRY(const auto commitment, commitment_of(unsealed));
    return refuse_zero(commitment);
}

Result<Hash256> comm_r_of(const Cid& sealed) {
    if (!sealed.defined() || sealed.codec() != Codec::commitment_sealed ||
        sealed.hash() != HashCode::poseidon_bls12_381_a2_fc1 || sealed.digest().size() != 32)
        return fail(Errc::invalid_argument,
                    (sealed.defined() ? sealed.to_string() : std::string("an empty CID")) +
                        " is not the CID of a sealed commitment, which begins with bagboea4b5abc");
    Hash256 out;
    std::ranges::copy(sealed.digest(), out.begin());
    return refuse_zero(out);
}

Result<Hash256> randomness_of(BytesView bytes) {
    if (bytes.size() != 32)
        return fail(Errc::invalid_argument,
                    "the randomness has " + std::to_string(bytes.size()) + " bytes, expected 32");
    Hash256 out;
    std::ranges::copy(bytes, out.begin());
    return out;
}

/// Names one check by its key, its proof bytes and its public inputs. The proof bytes alone do not suffice: a Groth16
/// proof can be changed into a different valid one for the same inputs, and the same bytes can come with different
/// inputs (docs/protocol/proofs.md §18.8).
Hash256 identity(const Groth16Verifier& verifier, BytesView proofs, std::span<const PublicInputs> inputs) {
    Bytes all = to_bytes(verifier.digest());
    append(all, proofs);
    for (const auto& of_one : inputs)
        for (const auto& input : of_one) append(all, input.to_bytes());
    return crypto::sha256(all);
}

// In the list that an actor sends, a healthy sector is repeated in the place of each faulty one. The reference takes
// each sector once.
Result<std::vector<PostSector>> sectors_of(const WindowPoStVerifyInfo& info, std::uint64_t size) {
    std::map<SectorNumber, Hash256> by_number;
    for (const auto& sector : info.challenged_sectors) {
        STRATA_TRY(const auto its_size, sector_size(sector.proof));
        if (static_cast<std::uint64_t>(its_size) != size)
            return fail(Errc::invalid_argument, "sector " + std::to_string(sector.number) + " has " +
                                                    std::to_string(static_cast<std::uint64_t>(its_size)) +
                                                    " bytes, but the proof is for sectors of " + std::to_string(size) +
                                                    " bytes");
        STRATA_TRY(const auto comm_r, comm_r_of(sector.sealed_cid));
        by_number[sector.number] = comm_r;
    }
    std::vector<PostSector> out;
    for (const auto& [number, comm_r] : by_number) out.push_back({number, comm_r});
    return out;
}

Result<Groth16Verifier> parse_key(const std::filesystem::path& path) {
    STRATA_TRY(const auto file, MappedFile::open(path));
    STRATA_TRY(auto key, VerifyingKey::from_bytes(file.bytes()));
    return Groth16Verifier::make(std::move(key));
}

Result<Groth16Verifier> read_key(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error)
        return fail(Errc::not_found, "the verifying key " + path.string() + " is missing");
    auto verifier = parse_key(path);
    // A damaged file says nothing about a proof, so its error must not look like the error of a wrong proof.
    if (!verifier)
        return fail(Errc::io, "the verifying key " + path.string() + " cannot be read: " + verifier.error().message());
    return verifier;
}

}  // namespace

Result<bool> verdict(const Status& checked) {
    if (checked) return true;
    const auto& error = checked.error();
    if (error.is_fatal()) return error;
    if (error.code() == Errc::not_found) return fail(Errc::io, error.message());
    return false;
}

Result<std::shared_ptr<const Groth16Verifier>> VerifyingKeys::of(CircuitKind kind, std::uint64_t sector_size) {
    STRATA_TRY(const auto name, parameter_name(kind, sector_size));
    return keys_.get({kind, sector_size}, [&] { return read_key(folder_ / (name + ".vk")); });
}

bool VerifiedProofs::has(const Hash256& check) {
    const Lock lock(mutex_);
    return known_.contains(check);
}

void VerifiedProofs::add(const Hash256& check) {
    const Lock lock(mutex_);
    if (!known_.insert(check).second) return;
    order_.push_back(check);
    if (order_.size() <= kMaxKnown) return;
    known_.erase(order_.front());
    order_.pop_front();
}

Status Verifier::load_key(CircuitKind kind, std::uint64_t sector_size) {
    STRATA_OK(keys_.of(kind, sector_size));
    return {};
}

Status Verifier::check(CircuitKind kind, std::uint64_t sector_size, BytesView proofs,
                       std::span<const PublicInputs> inputs) {
    STRATA_TRY(const auto verifier, keys_.of(kind, sector_size));
    const auto id = identity(*verifier, proofs, inputs);
    if (verified_.has(id)) return {};
    STRATA_OK(verifier->verify(proofs, inputs));
    verified_.add(id);
    return {};
}

Status Verifier::verify_seal(const SealVerifyInfo& info) {
    STRATA_TRY(const auto config, SealConfig::of(info.proof));
    if (config.feature == SealFeature::non_interactive)
        return fail(Errc::invalid_argument,
                    "the seal proof is non-interactive; such a proof is accepted only in an aggregate");
    SealSubject subject{config, prover_id_of(info.sector.miner), info.sector.number, {}};
    STRATA_TRY(subject.ticket, randomness_of(info.randomness));
    STRATA_TRY(const auto comm_d, comm_d_of(info.unsealed_cid));
    STRATA_TRY(const auto comm_r, comm_r_of(info.sealed_cid));
    STRATA_TRY(const auto seed, randomness_of(info.interactive_randomness));
    const ChallengeSeeds seeds{replica_id_of(subject, comm_d), comm_r, seed};
    const auto graph = config.graph();
    // Graph, challenges and inputs are derived here from the public values alone, and not from the proof.
    std::vector<PublicInputs> inputs(config.partitions);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
        STRATA_TRY(inputs[k], porep_public_inputs(config, graph, seeds, comm_d, k));
    }
    return check(CircuitKind::porep, config.sector_size, info.proof_bytes, inputs);
}

Status Verifier::verify_post(const WindowPoStVerifyInfo& info, CircuitKind kind) {
    if (info.proofs.size() != 1)
        return fail(Errc::invalid_argument,
                    "there are " + std::to_string(info.proofs.size()) + " PoSt proofs, expected one");
    const auto& proof = info.proofs.front();
    STRATA_TRY(const auto config, PostConfig::of(proof.proof));
    if ((config.kind == PostKind::winning) != (kind == CircuitKind::winning_post))
        return fail(Errc::invalid_argument, kind == CircuitKind::winning_post
                                                ? "the proof is a WindowPoSt, expected a WinningPoSt"
                                                : "the proof is a WinningPoSt, expected a WindowPoSt");
    STRATA_TRY(const auto randomness, randomness_of(info.randomness));
    STRATA_TRY(const auto sectors, sectors_of(info, config.sector_size));
    STRATA_TRY(const auto inputs, post_public_inputs(config, post_randomness(randomness), sectors));
    return check(kind, config.sector_size, proof.bytes, inputs);
}

Status Verifier::verify_window_post(const WindowPoStVerifyInfo& info) {
    return verify_post(info, CircuitKind::window_post);
}

Status Verifier::verify_winning_post(const WindowPoStVerifyInfo& info) {
    return verify_post(info, CircuitKind::winning_post);
}

Status Verifier::verify_replica_update(const ReplicaUpdateInfo& info) {
    STRATA_TRY(const auto size, sector_size(info.update_proof));
    const auto bytes = static_cast<std::uint64_t>(size);
    STRATA_TRY(const auto shape, update_shape(bytes));
    UpdateCommitments commitments;
    STRATA_TRY(commitments.comm_r_old, comm_r_of(info.old_sealed_cid));
    STRATA_TRY(commitments.comm_d_new, comm_d_of(info.new_unsealed_cid));
    STRATA_TRY(commitments.comm_r_new, comm_r_of(info.new_sealed_cid));
    std::vector<PublicInputs> inputs(std::size_t{1} << shape.log2_partitions);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
        STRATA_TRY(inputs[k], update_public_inputs(shape, commitments, k));
    }
    return check(CircuitKind::sector_update, bytes, info.proof, inputs);
}

}  // namespace strata::proofs
