#pragma once
// Runs recorded Groth16 proofs through our verifier; every valid one must also be refused with a bit changed in proof,
// key or input.
#include <strata/conformance/json.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/proofs/groth16/verifier.hpp>

namespace strata::conformance {

/// Returns the suite of negative.json and snarkpack.json.
const Suite& proofs_verify();

/// Runs the proof of a PoRep, PoSt or update case ("snark", "inputs") with the key that lies beside the file.
void run_snark_case(const Json& test, const std::filesystem::path& file, const std::string& name, Report& report);
/// Runs the proofs and keys of reference/proofs_vectors.json.
void run_collected_proofs(const Json& document, Report& report);

}  // namespace strata::conformance
