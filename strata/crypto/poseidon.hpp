#pragma once
// Poseidon over the scalar field of BLS12-381, x^5, eight full rounds (proofs.md §6): the hash of columns, of the trees
// over replicas, and of sector update.
#include <memory>
#include <vector>

#include <strata/crypto/fr.hpp>

namespace strata::crypto {

class PoseidonLanes;

/// States are row vectors: a round multiplies them by a matrix from the right.
struct PoseidonConstants {
    using Matrix = std::vector<std::vector<Fr>>;
    /// A matrix with ones on the diagonal and else only a first column and first row.
    struct Sparse {
        std::vector<Fr> column;  // whole
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

    std::shared_ptr<const PoseidonLanes> lanes;  // for poseidon_many, where the machine has it

    unsigned arity() const { return width - 1; }
};

/// Arity 2, 4, 8, 11, 16, 24 or 36 (checked). Takes milliseconds: keep the result.
PoseidonConstants poseidon_constants(unsigned arity, const Fr& tag);
/// Tag 2^arity - 1; arity 2, 4, 8 or 11 (checked).
const PoseidonConstants& merkle_poseidon_constants(unsigned arity);
/// Arity 2, tag 2^40 (sector update).
const PoseidonConstants& update_poseidon_constants();

/// `inputs` has `arity` elements (checked).
Fr poseidon(const PoseidonConstants& constants, std::span<const Fr> inputs);

/// Values that a circuit of the hash computes, in order: of every S-box x → y the input x, x², x⁴ and y with its key
/// (not of the tag, and without x in the first round); the digest last. `out` has poseidon_step_count() places.
void poseidon_steps(const PoseidonConstants& constants, std::span<const Fr> inputs, std::span<Fr> out);
constexpr std::size_t poseidon_step_count(const PoseidonConstants& constants) {
    const std::size_t later = (PoseidonConstants::kFullRounds - 1) * constants.width + constants.partial_rounds;
    return 3 * std::size_t{constants.arity()} + 4 * later + 1;
}

/// `out[i]` = hash of inputs[i·arity .. (i+1)·arity). Single-threaded, several hashes side by side where the machine
/// can. Sizes are checked.
void poseidon_many(const PoseidonConstants& constants, std::span<const Fr> inputs, std::span<Fr> out);

}  // namespace strata::crypto
