#pragma once
// SnarkPack (FIP-0013; docs/protocol/proofs.md §14): many Groth16 proofs of one circuit in one aggregate of logarithmic
// size.
#include <strata/proofs/groth16/verifier.hpp>

namespace strata::proofs {

/// V1's challenges do not cover all elements of an aggregate, so V1 is accepted for old network versions only.
enum class SnarkPackVersion : std::uint8_t { v1, v2 };

/// The part of the reference string that a verifier needs: generators and their multiples by its two secrets.
struct SnarkPackKey {
    crypto::G1Affine g, g_alpha, g_beta;
    crypto::G2Affine h, h_alpha, h_beta;
};

/// The reference API's limit on the proofs of an aggregate (docs/protocol/proofs.md §14).
inline constexpr std::uint32_t kMaxAggregated = 65536;

/// `inputs` are those of every proof before padding; `application` holds the bytes that the aggregate is bound to.
/// Errors: truncated, trailing, malformed or non_canonical if the bytes are not an aggregate; invalid_argument for the
/// wrong number of proofs or inputs; verification.
Status verify_aggregate(const SnarkPackKey& reference, const Groth16Verifier& verifier,
                        std::span<const PublicInputs> inputs, BytesView application, BytesView aggregate,
                        SnarkPackVersion version);

}  // namespace strata::proofs
