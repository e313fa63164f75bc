#pragma once
// Runs vectors/proofs: everything below the SNARK. It is a single suite, which knows the kind of a case by its fields.
#include <strata/conformance/json.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/proofs/porep/seal_config.hpp>

namespace strata::conformance {

const Suite& proofs_vanilla();

/// Reads the fields "sector", "porep_id", "rules" and "features" of a case. A case must have "sector"; the other
/// fields are zero, 1.1.0 and none if they are missing.
Result<proofs::SealConfig> seal_config_of(const Json& test);
/// Returns the bytes of a hexadecimal field with zeros added on the right. Errors: malformed if there are more than 32.
Result<Hash256> hash_field(const Json& test, const char* name);
/// Returns field elements as a list of their hexadecimal bytes.
Json hex_list(std::span<const crypto::Fr> elements);

/// Runs a complete seal (seal.json). `file` is the file of the case; the recorded keys are in its folder.
void run_seal_case(const Json& test, const std::string& name, const std::filesystem::path& file, Report& report);
/// Runs a PoSt over fresh sectors (post.json): vanilla proofs and public inputs.
void run_post_case(const Json& test, const std::string& name, const std::filesystem::path& file, Report& report);
/// Runs a sector update (update.json): encoding, challenges, public inputs.
void run_update_case(const Json& test, const std::string& name, const std::filesystem::path& file, Report& report);
/// Runs reference/proofs_vectors.json.
void run_collected_vectors(const Json& document, Report& report);

}  // namespace strata::conformance
