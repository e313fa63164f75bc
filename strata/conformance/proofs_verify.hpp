#pragma once
// Runs recorded Groth16 proofs through our verifier; every valid proof must also be refused after a change of the
// proof, the key or an input.
#include <strata/conformance/json.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/proofs/groth16/verifier.hpp>

namespace strata::conformance {

/// Returns the suite of negative.json and snarkpack.json.
const Suite& proofs_verify();

/// Runs the proof of a PoRep, PoSt or update case ("snark", "inputs") with the key in the folder of the file, or in its
/// folder groth16.
void run_snark_case(const Json& test, const std::filesystem::path& file, const std::string& name, Report& report);
/// Runs the proofs and keys of reference/proofs_vectors.json.
void run_collected_proofs(const Json& document, Report& report);

}  // namespace strata::conformance
