#pragma once
// Checks whether a prover's witness satisfies mainnet's circuit with the recorded public inputs.
#include <strata/conformance/json.hpp>
#include <strata/proofs/circuit/circuits.hpp>

namespace strata::conformance {

/// Checks a witness. `inputs` are the recorded public inputs of one partition, without the constant ONE. Errors:
/// verification, naming the input that differs or the first row that is not satisfied.
Status check_witness(const proofs::R1cs& circuit, const Result<proofs::Assignment>& witness, const Json& inputs);

}  // namespace strata::conformance
