#pragma once
// Names of key files. A name says which circuit the key is for (docs/protocol/proofs.md §15).
#include <string>

#include <strata/base/result.hpp>

namespace strata::proofs {

enum class CircuitKind : std::uint8_t;

/// Returns the string that the reference calls the cache identifier. The file name contains its SHA-256.
Result<std::string> parameter_identifier(CircuitKind kind, std::uint64_t sector_size);
/// Returns "v28-…-<hex>", without ".params" or ".vk". Errors: invalid_argument if the circuit does not exist.
Result<std::string> parameter_name(CircuitKind kind, std::uint64_t sector_size);

}  // namespace strata::proofs
