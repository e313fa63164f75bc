#pragma once
// Values of all variables of a circuit from what a prover knows, for Groth16. Challenges and sectors are independent
// and are computed in parallel. No check that the statement is true: the rows say that (first_unsatisfied).
#include <strata/proofs/circuit/porep_circuit.hpp>
#include <strata/proofs/circuit/post_circuit.hpp>
#include <strata/proofs/circuit/r1cs.hpp>
#include <strata/proofs/circuit/update_circuit.hpp>

namespace strata::proofs {

/// Errors: invalid_argument where a number of challenges, sectors, labels or siblings is not the shape's.
Result<Assignment> porep_witness(const PorepShape& shape, const PorepPublicValues& commitments,
                                 std::span<const PorepChallengeValues> challenges);
Result<Assignment> post_witness(const PostShape& shape, std::span<const PostSectorValues> sectors);
Result<Assignment> update_witness(const UpdateShape& shape, const UpdateValues& values);

}  // namespace strata::proofs
