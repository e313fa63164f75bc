#pragma once
// Values of the Ethereum JSON-RPC as JSON, both ways: quantities are hexadecimal without leading zeros, all else is
// hexadecimal of whole bytes. Reading is as lenient as Lotus. Source: docs/protocol/node.md §29 (lotus
// chain/types/ethtypes/eth_types.go); the Ethereum execution API specification for the forms.
#include <strata/api/json.hpp>
#include <strata/chain/ethereum_address.hpp>

namespace strata::api {

using chain::EthereumAddress;

/// Prints a number: "0x0", "0x2a". The number is not negative.
std::string quantity(const BigInt& number);
inline std::string quantity(std::uint64_t number) {
    return quantity(BigInt(number));
}
inline std::string quantity(std::int64_t number) {
    return quantity(BigInt(number));
}
/// Prints bytes, hashes and addresses: "0x", "0x00ff".
std::string hex_text(BytesView bytes);

/// A number of 64 bits from a client: hexadecimal after 0x or decimal, as text, or a JSON number.
struct Quantity {
    std::uint64_t value = 0;
};
/// Bytes from a client, as hexadecimal. An odd digit stands for a byte of its own (Lotus puts a zero in front).
struct HexBytes {
    Bytes value;
};

/// 32 bytes from a client, as hexadecimal.
struct HexHash {
    Hash256 value{};
};
/// An Ethereum address from a client.
struct HexAddress {
    EthereumAddress value{};
};

/// Reads a number, hexadecimal after 0x and otherwise decimal. Empty if the text is not a number of 64 bits.
std::optional<std::uint64_t> parse_quantity(std::string_view text);
/// Reads 40 hexadecimal digits, with or without 0x or 0X. Errors: malformed.
Result<EthereumAddress> parse_ethereum_address(std::string_view text);
/// Reads 64 hexadecimal digits, with or without 0x or 0X. Errors: malformed.
Result<Hash256> parse_ethereum_hash(std::string_view text);

// These functions read parameters from JSON. Errors: malformed.
Status read(const Json& from, Quantity& to);
Status read(const Json& from, HexBytes& to);
Status read(const Json& from, HexHash& to);
Status read(const Json& from, HexAddress& to);

}  // namespace strata::api
