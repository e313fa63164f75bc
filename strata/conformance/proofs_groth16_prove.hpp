#pragma once
// Checks keys and proofs of vectors/proofs/groth16: our generator must make the recorded files from the recorded
// secrets, and our prover the recorded bytes from the recorded r and s.
#include <strata/conformance/json.hpp>
#include <strata/proofs/groth16/prover.hpp>

namespace strata::proofs {
enum class CircuitKind : std::uint8_t;
}

namespace strata::conformance {

/// Returns the suite of keys.json and tiny.json.
const Suite& proofs_groth16_prove();

/// Returns a key set of keys.json. Errors: not_found, malformed.
Result<Json> recorded_key(const std::filesystem::path& keys_json, std::string_view circuit, std::string_view sector);
/// Makes the key set `key` in `folder`, and a prover with these keys.
Result<proofs::Groth16Prover> prover_of(const Json& key, const std::filesystem::path& folder,
                                        std::shared_ptr<const proofs::R1cs> circuit);
/// Compares the recorded proofs ("snark" of a case) byte by byte; partition k proves witnesses[k].
Status check_snark(const proofs::Groth16Prover& prover, std::span<const proofs::Assignment> witnesses,
                   const Json& snark);

class Comparison;
/// Does the same for a case of any file of vectors/proofs, with the recorded keys of its circuit and sector size. A
/// case without a proof is left out; so is a case whose keys take long, unless `slow` is set.
void compare_snark(const Json& test, proofs::CircuitKind kind, std::shared_ptr<const proofs::R1cs> circuit,
                   std::span<const proofs::Assignment> witnesses, const std::filesystem::path& file, bool slow,
                   Comparison& with);

}  // namespace strata::conformance
