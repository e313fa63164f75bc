#include <strata/proofs/groth16/verifier.hpp>

#include <algorithm>

#include <strata/base/thread_pool.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::proofs {

using crypto::Fr;
using crypto::G1Affine;

namespace {

/// Returns everything that a batch checks. The hash of these bytes determines the factors, so that nobody can choose
/// wrong proofs whose errors cancel out.
Bytes transcript(const Hash256& key, std::span<const Proof> proofs, std::span<const PublicInputs> inputs) {
    Bytes out = to_bytes(as_bytes("strata groth16 batch"));
    append(out, key);
    for (std::size_t j = 0; j < proofs.size(); ++j) {
        append(out, proofs[j].to_bytes());
        for (const auto& input : inputs[j]) append(out, input.to_bytes());
    }
    return out;
}

}  // namespace

Groth16Verifier::Groth16Verifier(VerifyingKey key)
    : key_(std::move(key)), digest_(crypto::sha256(key_.to_bytes())), gamma_(key_.gamma_g2), delta_(key_.delta_g2) {
    const std::pair<G1Affine, crypto::G2Affine> pair{key_.alpha_g1, key_.beta_g2};
    alpha_beta_ = crypto::pairing_product({&pair, 1});
    const std::span<const G1Affine> ic(key_.ic);
    for (std::size_t at = 0; at < ic.size(); at += kInputsTogether)
        ic_.emplace_back(ic.subspan(at, std::min(kInputsTogether, ic.size() - at)));
}

Result<Groth16Verifier> Groth16Verifier::make(VerifyingKey key) {
    // A δ or γ at infinity would leave C or the inputs unchecked. A point of ic may be at infinity: its input occurs in
    // no row.
    if (key.ic.empty() || key.alpha_g1.is_infinity() || key.beta_g2.is_infinity() || key.gamma_g2.is_infinity() ||
        key.delta_g2.is_infinity())
        return fail(Errc::malformed,
                    "the verifying key has no inputs, or its alpha, beta, gamma or delta is the point at infinity");
    return Groth16Verifier(std::move(key));
}

Status Groth16Verifier::verify(const Proof& proof, const PublicInputs& inputs) const {
    return verify(std::span(&proof, 1), std::span(&inputs, 1));
}

Status Groth16Verifier::verify(BytesView proofs, std::span<const PublicInputs> inputs) const {
    if (proofs.size() != inputs.size() * Proof::kSize)
        return fail(Errc::invalid_argument, "the proofs have " + std::to_string(proofs.size()) + " bytes, expected " +
                                                std::to_string(inputs.size() * Proof::kSize));
    std::vector<Proof> read(inputs.size());
    std::vector<Status> checked(read.size());
    parallel_for(read.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (auto j = begin; j < end; ++j) {
            auto proof = Proof::from_bytes(proofs.subspan(j * Proof::kSize, Proof::kSize));
            if (proof)
                read[j] = *proof;
            else
                checked[j] = std::unexpected(proof.error());
        }
    });
    for (auto& status : checked) STRATA_OK(status);
    return verify(read, inputs);
}

Status Groth16Verifier::check_shape(std::span<const PublicInputs> inputs) const {
    if (inputs.empty()) return fail(Errc::invalid_argument, "there are 0 proofs to verify, expected at least one");
    for (const auto& of_one : inputs)
        if (of_one.size() + 1 != key_.ic.size())
            return fail(Errc::invalid_argument, "a proof has " + std::to_string(of_one.size()) +
                                                    " public inputs, expected " + std::to_string(key_.ic.size() - 1));
    return {};
}

// Factors of 128 bits are enough: a wrong proof passes with a probability of about 2^-127 (docs/protocol/proofs.md
// §13).
std::vector<Fr> Groth16Verifier::factors(std::span<const Proof> proofs, std::span<const PublicInputs> inputs) const {
    if (proofs.size() == 1) return {Fr::one()};
    ByteArray<40> seed{};
    std::ranges::copy(crypto::sha256(transcript(digest_, proofs, inputs)), seed.begin());
    std::vector<Fr> out;
    for (std::uint64_t j = 0; j < proofs.size(); ++j) {
        store_le(seed.data() + 32, j);
        const auto hash = crypto::sha256(seed);
        const auto low = load_le<std::uint64_t>(hash.data()), high = load_le<std::uint64_t>(hash.data() + 8);
        out.push_back(Fr::from_limbs({low | 1, high, 0, 0}));  // odd, so never zero
    }
    return out;
}

/// Returns e(-Σ scalar·IC, γ) over a part of the inputs.
crypto::MillerProduct Groth16Verifier::of_inputs(std::size_t part, std::span<const Fr> scalars) const {
    return gamma_.pairing(-ic_[part].multiply_sum(scalars.subspan(part * kInputsTogether, ic_[part].size())));
}

// The equation that is checked: Π e(z·A, B) · e(-Σ z·IC, γ) · e(-Σ z·C, δ) = e(α, β)^Σz
Status Groth16Verifier::verify(std::span<const Proof> proofs, std::span<const PublicInputs> inputs) const {
    if (proofs.size() != inputs.size())
        return fail(Errc::invalid_argument, "there are " + std::to_string(proofs.size()) +
                                                " proofs, expected one for each of the " +
                                                std::to_string(inputs.size()) + " lists of public inputs");
    STRATA_OK(check_shape(inputs));
    const auto z = factors(proofs, inputs);
    std::vector<Fr> scalars(key_.ic.size());
    std::vector<G1Affine> c;
    for (std::size_t j = 0; j < proofs.size(); ++j) {
        c.push_back(proofs[j].c);
        scalars[0] += z[j];
        for (std::size_t i = 0; i < inputs[j].size(); ++i) scalars[i + 1] += z[j] * inputs[j][i];
    }
    // The parts of the inputs come first because they take longest, then the sum of C, then the proofs' own pairings.
    // Pairings that are computed together share squarings, but there must be work for every thread.
    const std::size_t together = (proofs.size() + 2 * worker_threads() - 1) / (2 * worker_threads());
    const std::size_t first_of_proofs = ic_.size() + 1;
    std::vector<crypto::MillerProduct> products(first_of_proofs + (proofs.size() + together - 1) / together);
    const auto of_proofs = [&](std::size_t begin) {
        crypto::PointPairs pairs;
        for (auto j = begin; j < std::min(begin + together, proofs.size()); ++j)
            pairs.emplace_back(z[j] == Fr::one() ? proofs[j].a : proofs[j].a * z[j], proofs[j].b);
        return crypto::MillerProduct(pairs);
    };
    const auto product_at = [&](std::size_t i) -> crypto::MillerProduct {
        if (i < ic_.size()) return of_inputs(i, scalars);
        if (i == ic_.size()) return delta_.pairing(-crypto::multiply_sum(c, z));
        return of_proofs((i - first_of_proofs) * together);
    };
    parallel_for(products.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i) products[i] = product_at(i);
    });
    crypto::MillerProduct all;
    for (const auto& product : products) all *= product;
    const auto wanted = proofs.size() == 1 ? alpha_beta_ : alpha_beta_.pow(scalars[0]);
    if (all.finished() != wanted)
        return fail(Errc::verification, proofs.size() == 1 ? "the Groth16 proof does not verify"
                                                           : "one of the Groth16 proofs does not verify");
    return {};
}

}  // namespace strata::proofs
