#pragma once
// Names of key files, which say what circuit they are for (proofs.md §15).
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::proofs {

/// The text that the reference calls cache identifier, whose SHA-256 is in the file name.
Result<std::string> parameter_identifier(CircuitKind kind, std::uint64_t sector_size);
/// "v28-…-<hex>", without ".params" or ".vk". Errors: invalid_argument where there is no such circuit.
Result<std::string> parameter_name(CircuitKind kind, std::uint64_t sector_size);

}  // namespace strata::proofs
