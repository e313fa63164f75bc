#pragma once
// The circuit of each proof, by sector size (docs/protocol/proofs.md §3, §16).
#include <string_view>

#include <strata/base/result.hpp>
#include <strata/proofs/circuit/porep_circuit.hpp>
#include <strata/proofs/circuit/post_circuit.hpp>
#include <strata/proofs/circuit/update_circuit.hpp>

namespace strata::proofs {

enum class CircuitKind : std::uint8_t { porep, winning_post, window_post, sector_update };

/// The names are "porep", "winning", "window" and "update".
Result<CircuitKind> parse_circuit_kind(std::string_view name);
std::string_view circuit_kind_name(CircuitKind kind);
/// Reads a number and its unit, such as "2KiB", "8MiB" or "32GiB". Returns bytes.
Result<std::uint64_t> parse_sector_bytes(std::string_view text);

/// `sector_size` is in bytes: one of mainnet's five or a small test size (docs/protocol/proofs.md §3; update: §16).
/// Errors: invalid_argument.
Result<PorepShape> porep_shape(std::uint64_t sector_size);
Result<PostShape> winning_post_shape(std::uint64_t sector_size);
Result<PostShape> window_post_shape(std::uint64_t sector_size);
Result<UpdateShape> update_shape(std::uint64_t sector_size);

}  // namespace strata::proofs
