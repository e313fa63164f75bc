#pragma once
// Defines limits that a Go node's decoders impose on messages and headers. Lotus cannot read a block that exceeds them,
// so they are rules of the chain, although no rule of the protocol names them. They do not hold for the parameters of
// actors: the VM decodes those with Rust's limits. Source: lotus chain/types/cbor_gen.go, go-address address.go.
#include <strata/types/address.hpp>

namespace strata {

/// The limits: byte strings of at most 2 MiB (cbor-gen's ByteArrayMaxLen) and arrays of at most 8,192 items (its
/// MaxLength).
inline constexpr CborLimits kWireLimits{.bytes = 2'097'152, .items = 8'192};

/// The largest ID of an f0 address and the largest namespace of an f4 address (go-address: math.MaxInt64).
inline constexpr std::uint64_t kMaxWireId = 0x7fff'ffff'ffff'ffff;

/// Checks the ID or namespace of an address. Errors: malformed if it is above kMaxWireId. The undefined address passes.
Status check_wire_address(const Address& address);

}  // namespace strata
