#pragma once
// Computes the values of all variables of a circuit from what a prover knows, for Groth16. Challenges and sectors are
// independent and computed in parallel. Nothing here checks that the statement is true; first_unsatisfied() does.
#include <strata/proofs/circuit/porep_circuit.hpp>
#include <strata/proofs/circuit/post_circuit.hpp>
#include <strata/proofs/circuit/r1cs.hpp>
#include <strata/proofs/circuit/update_circuit.hpp>

namespace strata::proofs {

/// Errors: invalid_argument if the number of challenges, sectors, labels or siblings does not match the shape.
Result<Assignment> porep_witness(const PorepShape& shape, const PorepPublicValues& commitments,
                                 std::span<const PorepChallengeValues> challenges);
Result<Assignment> post_witness(const PostShape& shape, std::span<const PostSectorValues> sectors);
Result<Assignment> update_witness(const UpdateShape& shape, const UpdateValues& values);

}  // namespace strata::proofs
