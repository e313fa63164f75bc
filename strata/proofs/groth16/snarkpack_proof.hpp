#pragma once
// The parts of a SnarkPack aggregate, in the order of its bytes (docs/protocol/proofs.md §14).
#include <strata/proofs/groth16/snarkpack.hpp>

namespace strata::proofs {

/// The two parts of a commitment, which is made under two keys.
template <class T>
struct Halves {
    T a, b;
};
/// The left and the right cross term of a round.
template <class T>
struct Sides {
    T left, right;
};
using PairCommitment = Halves<crypto::Gt>;

/// The cross terms of one halving of the vectors.
struct CrossTerms {
    Sides<PairCommitment> comm_ab, comm_c;
    Sides<crypto::Gt> z_ab;
    Sides<crypto::G1Affine> z_c;
};

struct SnarkPackProof {
    PairCommitment com_ab, com_c;
    crypto::Gt ip_ab;
    crypto::G1Affine agg_c;
    std::uint32_t count = 0;  // a power of two, at least two
    std::vector<CrossTerms> rounds;
    crypto::G1Affine final_a;
    crypto::G2Affine final_b;
    crypto::G1Affine final_c;
    Halves<crypto::G2Affine> vkey;
    Halves<crypto::G1Affine> wkey;
    Halves<crypto::G2Affine> vkey_opening;
    Halves<crypto::G1Affine> wkey_opening;

    /// Checks that every element is in its group. Errors: truncated, trailing, malformed, non_canonical.
    static Result<SnarkPackProof> from_bytes(BytesView bytes);
};

}  // namespace strata::proofs
