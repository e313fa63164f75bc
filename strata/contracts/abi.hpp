#pragma once
// Encodes and decodes the arguments of contracts as text: the types uintN, intN, address, bool, bytesN, string, bytes,
// and arrays and tuples of them. Data of a contract is hostile: the work and the size of the result are bounded.
// Source: Solidity 0.8.28, "Contract ABI Specification" (docs.soliditylang.org/en/v0.8.28/abi-spec.html).
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::contracts {

struct AbiType {
    enum class Kind : std::uint8_t {
        number,
        signed_number,
        address,
        boolean,
        fixed_bytes,
        bytes,
        string,
        array,
        tuple
    };
    Kind kind{};
    unsigned size = 0;                       // bits of a number; bytes of fixed_bytes
    std::shared_ptr<const AbiType> element;  // of an array
    std::optional<std::size_t> length;       // of an array; empty if each value has its own length
    std::vector<AbiType> fields;             // of a tuple, at least one

    /// Returns the canonical name, which is what a selector is made of: "uint256" for uint, "(uint256,bool)" for a
    /// tuple.
    std::string name() const;
    /// True if values are encoded behind an offset.
    bool is_dynamic() const;
};

/// The most items that one list of values may have, those of arrays included.
inline constexpr std::size_t kMaxAbiItems = 100'000;
/// The most bytes of encoded or decoded data.
inline constexpr std::size_t kMaxAbiBytes = std::size_t{4} << 20;

/// Reads "uint256,address,bytes[],(bool,string)"; no types if the text is empty. A type may be followed by words, which
/// are ignored, as in "string memory name". Errors: invalid_argument, naming the type; too_large.
Result<std::vector<AbiType>> parse_types(std::string_view text);

struct AbiFunction {
    std::string name;
    std::vector<AbiType> inputs;
    std::optional<std::vector<AbiType>> outputs;  // empty if the text did not name them
    /// Returns "transfer(address,uint256)".
    std::string signature() const;
    /// Returns the first four bytes of the signature's keccak-256.
    ByteArray<4> selector() const;
};
/// Reads "transfer(address,uint256)"; with what it returns, "balanceOf(address)(uint256)"; or a function as Solidity
/// declares it: "function balanceOf(address owner) external view returns (uint256)". Errors: invalid_argument;
/// too_large.
Result<AbiFunction> parse_function(std::string_view text);

/// Encodes values. A number is decimal or 0x…; an address is 0x…, f410… or f0…; a bool is true or false; bytes are 0x…;
/// an array is [value,value], and a tuple (value,value) or the same in brackets. In these a string with a comma, space,
/// bracket or parenthesis stands in double quotes, where a backslash stands before a quote, a backslash, or xNN for a
/// byte. Errors: invalid_argument, naming the argument, what it is and what was expected; too_large.
Result<Bytes> encode_values(const std::vector<AbiType>& types, const std::vector<std::string>& values);
/// Returns the selector and the encoded values.
Result<Bytes> encode_call(const AbiFunction& function, const std::vector<std::string>& values);
/// Decodes values to the texts that encode_values() reads, addresses with the checksum of EIP-55, and strings in arrays
/// and tuples in quotes. Bytes of a string that are not UTF-8 or are control characters are shown as \xNN. Errors:
/// malformed, if the data ends early, or if a number does not fit its type; too_large.
Result<std::vector<std::string>> decode_values(const std::vector<AbiType>& types, BytesView data);
/// The same with all strings in quotes, so that a list of values shows where each one ends.
Result<std::vector<std::string>> decode_quoted(const std::vector<AbiType>& types, BytesView data);

/// Returns "0x…" with the checksum of EIP-55.
std::string checksummed(const ByteArray<20>& address);
/// Reads an Ethereum address: "0x" and 40 digits, whose checksum must be right if it has one; an f410 address; or an f0
/// address, which has the masked form. Errors: invalid_argument.
Result<ByteArray<20>> parse_ethereum_address(std::string_view text);

}  // namespace strata::contracts
