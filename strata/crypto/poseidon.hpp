#pragma once
// Poseidon over the scalar field of BLS12-381, x^5, eight full rounds (docs/protocol/proofs.md §6): the hash of
// columns, of the trees over replicas, and of sector update.
#include <memory>
#include <vector>

#include <strata/crypto/fr.hpp>

namespace strata::crypto {

class PoseidonLanes;

/// States are row vectors: a round multiplies them by a matrix from the right.
struct PoseidonConstants {
    using Matrix = std::vector<std::vector<Fr>>;
    /// A matrix that has ones on the diagonal and is otherwise zero outside its first column and first row.
    struct Sparse {
        std::vector<Fr> column;  // complete
        std::vector<Fr> row;     // without its first element
    };
    static constexpr unsigned kFullRounds = 8;

    unsigned width = 0;  // arity + 1
    unsigned partial_rounds = 0;
    Fr tag;                      // element 0 of the first state
    Matrix round_constants;      // of the plain form, by round
    std::vector<Fr> keys;        // moved behind the S-boxes, in order of use: 8·width + partial_rounds
    Matrix mds;                  // symmetric
    Matrix pre_sparse;           // ends the first four full rounds
    std::vector<Sparse> sparse;  // one for each partial round

    std::shared_ptr<const PoseidonLanes> lanes;  // used by poseidon_many; null if the machine lacks the instructions

    unsigned arity() const { return width - 1; }
};

/// Makes the constants for arity 2, 4, 8, 11, 16, 24 or 36 (checked). That takes milliseconds: keep the result.
PoseidonConstants poseidon_constants(unsigned arity, const Fr& tag);
/// Returns the constants with tag 2^arity - 1 for arity 2, 4, 8 or 11 (checked).
const PoseidonConstants& merkle_poseidon_constants(unsigned arity);
/// Returns the constants of arity 2 with tag 2^40, which sector update uses.
const PoseidonConstants& update_poseidon_constants();

/// `inputs` has `arity` elements (checked).
Fr poseidon(const PoseidonConstants& constants, std::span<const Fr> inputs);

/// Writes the values that a circuit of the hash computes, in order. For each S-box, which maps x to x⁵, these are x,
/// x², x⁴ and x⁵ plus the S-box's key. The S-box of the tag is left out, and so is every x of the first round. The
/// digest comes last. `out` has poseidon_step_count() places.
void poseidon_steps(const PoseidonConstants& constants, std::span<const Fr> inputs, std::span<Fr> out);
constexpr std::size_t poseidon_step_count(const PoseidonConstants& constants) {
    const std::size_t later = (PoseidonConstants::kFullRounds - 1) * constants.width + constants.partial_rounds;
    return 3 * std::size_t{constants.arity()} + 4 * later + 1;
}

/// Sets out[i] to the hash of inputs[i·arity .. (i+1)·arity). It runs on the calling thread, with eight hashes side by
/// side on machines with AVX-512 IFMA. Sizes are checked.
void poseidon_many(const PoseidonConstants& constants, std::span<const Fr> inputs, std::span<Fr> out);

}  // namespace strata::crypto
