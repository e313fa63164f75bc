#include <strata/contracts/abi.hpp>

#include <charconv>

#include <strata/actors/eam/eth_address.hpp>
#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::contracts {
namespace {

using Kind = AbiType::Kind;

constexpr std::size_t kMaxTypeText = 4096;  // characters of a list of types
constexpr std::size_t kMaxTypes = 256;
constexpr unsigned kMaxArrayDepth = 8;
constexpr std::size_t kMaxArrayLength = 10'000;  // of an array whose length stands in the type

Error wrong(const std::string& what) {
    return fail(Errc::invalid_argument, what);
}

/// Reads a decimal number without sign and leading zeros.
std::optional<std::size_t> whole(std::string_view digits) {
    std::size_t out = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || digits.front() == '0')
        return std::nullopt;
    return out;
}

std::optional<AbiType> plain_type(std::string_view text) {
    constexpr unsigned kWordBits = 256;
    if (text == "address") return AbiType{Kind::address, 0, {}, {}};
    if (text == "bool") return AbiType{Kind::boolean, 0, {}, {}};
    if (text == "string") return AbiType{Kind::string, 0, {}, {}};
    if (text == "bytes") return AbiType{Kind::bytes, 0, {}, {}};
    const auto sized = [&](std::string_view prefix, Kind kind, unsigned most, unsigned step) -> std::optional<AbiType> {
        if (!text.starts_with(prefix)) return std::nullopt;
        const auto rest = text.substr(prefix.size());
        if (rest.empty()) return kind == Kind::fixed_bytes ? std::nullopt : std::optional(AbiType{kind, most, {}, {}});
        const auto size = whole(rest);
        if (!size || *size > most || *size % step != 0) return std::nullopt;
        return AbiType{kind, static_cast<unsigned>(*size), {}, {}};
    };
    if (const auto type = sized("uint", Kind::number, kWordBits, 8)) return type;
    if (const auto type = sized("int", Kind::signed_number, kWordBits, 8)) return type;
    return sized("bytes", Kind::fixed_bytes, 32, 1);
}

Result<AbiType> parse_type(std::string_view text, unsigned depth = 0) {
    const auto refuse = [&] {
        return wrong(
            "the type \"" + std::string(text.substr(0, 60)) +
            "\" is unknown; expected uintN, intN, address, bool, bytesN, bytes, string, or an array T[] or T[N]");
    };
    if (!text.ends_with(']')) {
        const auto type = plain_type(text);
        return type ? Result<AbiType>(*type) : refuse();
    }
    const auto open = text.rfind('[');
    if (open == std::string_view::npos || depth == kMaxArrayDepth) return refuse();
    AbiType out{Kind::array, 0, {}, {}};
    const auto digits = text.substr(open + 1, text.size() - open - 2);
    if (!digits.empty()) {
        out.length = whole(digits);
        if (!out.length || *out.length > kMaxArrayLength) return refuse();
    }
    auto element = parse_type(text.substr(0, open), depth + 1);
    if (!element) return refuse();
    out.element = std::make_shared<const AbiType>(std::move(*element));
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

}  // namespace

std::string AbiType::name() const {
    switch (kind) {
        case Kind::number:
            return "uint" + std::to_string(size);
        case Kind::signed_number:
            return "int" + std::to_string(size);
        case Kind::address:
            return "address";
        case Kind::boolean:
            return "bool";
        case Kind::fixed_bytes:
            return "bytes" + std::to_string(size);
        case Kind::bytes:
            return "bytes";
        case Kind::string:
            return "string";
        case Kind::array:
            return element->name() + "[" + (length ? std::to_string(*length) : "") + "]";
    }
    return {};
}

bool AbiType::is_dynamic() const {
    if (kind == Kind::array) return !length || element->is_dynamic();
    return kind == Kind::bytes || kind == Kind::string;
}

Result<std::vector<AbiType>> parse_types(std::string_view text) {
    std::vector<AbiType> out;
    if (text.size() > kMaxTypeText)
        return fail(Errc::too_large, "the types have " + std::to_string(text.size()) +
                                         " characters, expected at most " + std::to_string(kMaxTypeText));
    if (trimmed(text).empty()) return out;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        STRATA_TRY(auto type, parse_type(trimmed(text.substr(0, comma))));
        if (out.size() == kMaxTypes) return wrong("there are more than " + std::to_string(kMaxTypes) + " types");
        out.push_back(std::move(type));
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
    }
    return out;
}

std::string AbiFunction::signature() const {
    std::string out = name + "(";
    for (const auto& type : inputs) out += (&type == inputs.data() ? "" : ",") + type.name();
    return out + ")";
}

ByteArray<4> AbiFunction::selector() const {
    const auto hash = crypto::keccak_256(as_bytes(signature()));
    return {hash[0], hash[1], hash[2], hash[3]};
}

Result<AbiFunction> parse_function(std::string_view text) {
    text = trimmed(text);
    const auto open = text.find('(');
    const auto name = trimmed(text.substr(0, open));
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    };
    const auto may_stand_in_name = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
    if (open == std::string_view::npos || !text.ends_with(')') || name.empty() || !is_letter(name.front()) ||
        !std::ranges::all_of(name, may_stand_in_name))
        return wrong("\"" + std::string(text.substr(0, 100)) +
                     "\" is not a function; expected a name with types, such as transfer(address,uint256)");
    STRATA_TRY(auto inputs, parse_types(text.substr(open + 1, text.size() - open - 2)));
    return AbiFunction{std::string(name), std::move(inputs)};
}

std::string checksummed(const ByteArray<20>& address) {
    std::string digits = to_hex(address);
    const std::string hash = to_hex(crypto::keccak_256(as_bytes(digits)));
    // EIP-55: a letter is a capital if the digit of the hash at its place is 8 or more.
    for (std::size_t i = 0; i < digits.size(); ++i)
        if (digits[i] >= 'a' && hash[i] >= '8') digits[i] = static_cast<char>(digits[i] - 'a' + 'A');
    return "0x" + digits;
}

Result<ByteArray<20>> parse_ethereum_address(std::string_view text) {
    const std::string shown(text.substr(0, 100));
    ByteArray<20> out{};
    if (!text.starts_with("0x")) {
        const auto address = Address::parse(text);
        if (!address)
            return wrong("the address " + shown + " is not valid (" + address.error().message() +
                         "); expected 0x with 40 digits, or an f410 or f0 address");
        if (const auto id = address->as_id()) return actors::eam::masked_id(*id);
        if (address->delegated_space() != kEamId || address->subaddress().size() != out.size())
            return wrong("the address " + shown + " has no form that contracts know; expected 0x…, f410… or f0…");
        std::ranges::copy(address->subaddress(), out.begin());
        return out;
    }
    const auto digits = text.substr(2);
    const auto bytes = from_hex(digits);
    if (!bytes || bytes->size() != out.size())
        return wrong("the address " + shown + " is not valid; expected 0x with 40 hexadecimal digits");
    std::ranges::copy(*bytes, out.begin());
    // Only an address with both small and capital letters has a checksum (EIP-55).
    const bool small = std::ranges::any_of(digits, [](char c) { return c >= 'a'; });
    const bool capital = std::ranges::any_of(digits, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (small && capital && checksummed(out) != text)
        return wrong("the checksum of the address " + shown + " is wrong; expected " + checksummed(out));
    return out;
}

}  // namespace strata::contracts
