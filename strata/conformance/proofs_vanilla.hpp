#pragma once
// vectors/proofs: everything below the SNARK. One suite; the files' cases are told apart by their fields.
#include <strata/conformance/json.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/proofs/porep/seal_config.hpp>

namespace strata::conformance {

const Suite& proofs_vanilla();

/// Fields "sector", "porep_id", "rules" and "features" of a case; what is absent is zero, 1.1.0 and none.
Result<proofs::SealConfig> seal_config_of(const Json& test);
/// Bytes of a hexadecimal field, zeros added on the right. Errors: malformed where there are more than 32.
Result<Hash256> hash_field(const Json& test, const char* name);
/// Field elements as a list of their hexadecimal bytes.
Json hex_list(std::span<const crypto::Fr> elements);

/// A whole seal (seal.json). `file`: where the case is from; recorded keys lie beside it.
void run_seal_case(const Json& test, const std::string& name, const std::filesystem::path& file, Report& report);
/// PoSt over fresh sectors (post.json): vanilla proofs and public inputs.
void run_post_case(const Json& test, const std::string& name, const std::filesystem::path& file, Report& report);
/// A sector update (update.json): encoding, challenges, public inputs.
void run_update_case(const Json& test, const std::string& name, const std::filesystem::path& file, Report& report);
/// reference/proofs_vectors.json.
void run_collected_vectors(const Json& document, Report& report);

}  // namespace strata::conformance
