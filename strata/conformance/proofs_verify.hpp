#pragma once
// Recorded Groth16 proofs through our verifier; every good one also with one bit changed in proof, key or input, which
// must be refused.
#include <strata/conformance/json.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/proofs/groth16/verifier.hpp>

namespace strata::conformance {

/// negative.json and snarkpack.json.
const Suite& proofs_verify();

/// The proof of a PoRep, PoSt or update case ("snark", "inputs"), with the key that lies beside the file.
void run_snark_case(const Json& test, const std::filesystem::path& file, const std::string& name, Report& report);
/// Proofs and keys of reference/proofs_vectors.json.
void run_collected_proofs(const Json& document, Report& report);

}  // namespace strata::conformance
