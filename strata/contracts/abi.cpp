#include <strata/contracts/abi.hpp>

#include <charconv>

#include <strata/actors/eam/eth_address.hpp>
#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::contracts {
namespace {

using Kind = AbiType::Kind;

constexpr std::size_t kMaxTypeText = 16'384;     // characters of a list of types
constexpr std::size_t kMaxTypes = 256;           // of one list
constexpr unsigned kMaxDepth = 8;                // of arrays and tuples in one another
constexpr std::size_t kMaxArrayLength = 10'000;  // of an array whose length stands in the type

Error wrong(const std::string& what) {
    return fail(Errc::invalid_argument, what);
}

Error unknown_type(std::string_view text) {
    return wrong(
        "the type \"" + std::string(text.substr(0, 60)) +
        "\" is unknown; expected uintN, intN, address, bool, bytesN, bytes, string, an array T[] or T[N], or a "
        "tuple (T,T)");
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

bool is_identifier(std::string_view text) {
    return !text.empty() && is_letter(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// Takes the words that the text begins with: identifiers between spaces. Empty if something else stands there.
std::optional<std::vector<std::string_view>> words_of(std::string_view text) {
    std::vector<std::string_view> out;
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        const auto word = text.substr(0, text.find(' '));
        if (!is_identifier(word)) return std::nullopt;
        out.push_back(word);
        text.remove_prefix(word.size());
    }
    return out;
}

/// Returns where the parenthesis at the start of the text is closed; npos if it is not.
std::size_t closing(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return i;
    }
    return std::string_view::npos;
}

/// Splits a list at its outer commas.
std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> out;
    std::size_t depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && depth > 0) --depth;
        if (text[i] != ',' || depth != 0) continue;
        out.push_back(text.substr(begin, i - begin));
        begin = i + 1;
    }
    out.push_back(text.substr(begin));
    return out;
}

/// Reads a decimal number without sign and leading zeros.
std::optional<std::size_t> whole(std::string_view digits) {
    std::size_t out = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || digits.front() == '0')
        return std::nullopt;
    return out;
}

AbiType type_of(Kind kind, unsigned size = 0) {
    AbiType out;
    out.kind = kind;
    out.size = size;
    return out;
}

std::optional<AbiType> plain_type(std::string_view text) {
    constexpr unsigned kWordBits = 256;
    if (text == "address") return type_of(Kind::address);
    if (text == "bool") return type_of(Kind::boolean);
    if (text == "string") return type_of(Kind::string);
    if (text == "bytes") return type_of(Kind::bytes);
    const auto sized = [&](std::string_view prefix, Kind kind, unsigned most, unsigned step) -> std::optional<AbiType> {
        if (!text.starts_with(prefix)) return std::nullopt;
        const auto rest = text.substr(prefix.size());
        if (rest.empty()) return kind == Kind::fixed_bytes ? std::nullopt : std::optional(type_of(kind, most));
        const auto size = whole(rest);
        if (!size || *size > most || *size % step != 0) return std::nullopt;
        return type_of(kind, static_cast<unsigned>(*size));
    };
    if (const auto type = sized("uint", Kind::number, kWordBits, 8)) return type;
    if (const auto type = sized("int", Kind::signed_number, kWordBits, 8)) return type;
    return sized("bytes", Kind::fixed_bytes, 32, 1);
}

Result<std::vector<AbiType>> parse_list(std::string_view text, unsigned depth);

Result<AbiType> parse_array(std::string_view text, unsigned depth);

Result<AbiType> parse_tuple(std::string_view text, unsigned depth) {
    const auto inner = text.starts_with("tuple(") ? text.substr(5) : text;
    if (depth == kMaxDepth || !inner.starts_with('(') || closing(inner) != inner.size() - 1) return unknown_type(text);
    AbiType out = type_of(Kind::tuple);
    STRATA_TRY(out.fields, parse_list(inner.substr(1, inner.size() - 2), depth + 1));
    return out.fields.empty() ? Result<AbiType>(unknown_type(text)) : std::move(out);
}

Result<AbiType> parse_type(std::string_view text, unsigned depth) {
    if (text.ends_with(']')) return parse_array(text, depth);
    if (text.ends_with(')')) return parse_tuple(text, depth);
    const auto type = plain_type(text);
    return type ? Result<AbiType>(*type) : unknown_type(text);
}

Result<AbiType> parse_array(std::string_view text, unsigned depth) {
    const auto open = text.rfind('[');
    if (open == std::string_view::npos || depth == kMaxDepth) return unknown_type(text);
    AbiType out = type_of(Kind::array);
    const auto digits = text.substr(open + 1, text.size() - open - 2);
    if (!digits.empty()) {
        out.length = whole(digits);
        if (!out.length || *out.length > kMaxArrayLength) return unknown_type(text);
    }
    STRATA_TRY(auto element, parse_type(text.substr(0, open), depth + 1));
    out.element = std::make_shared<const AbiType>(std::move(element));
    return out;
}

/// Reads a type and ignores the words behind it, such as "memory" and a name.
Result<AbiType> parse_parameter(std::string_view text, unsigned depth) {
    text = trimmed(text);
    const auto open = text.find_first_of("( ");
    const bool is_tuple = open != std::string_view::npos && text[open] == '(';
    const auto after = is_tuple ? closing(text.substr(open)) : 0;
    if (after == std::string_view::npos) return unknown_type(text);
    const auto end = text.find(' ', is_tuple ? open + after : 0);
    if (end != std::string_view::npos && !words_of(text.substr(end))) return unknown_type(text);
    return parse_type(text.substr(0, end), depth);
}

Result<std::vector<AbiType>> parse_list(std::string_view text, unsigned depth) {
    std::vector<AbiType> out;
    if (trimmed(text).empty()) return out;
    const auto parts = split(text);
    if (parts.size() > kMaxTypes) return wrong("there are more than " + std::to_string(kMaxTypes) + " types");
    for (const auto part : parts) {
        STRATA_TRY(auto type, parse_parameter(part, depth));
        out.push_back(std::move(type));
    }
    return out;
}

Error too_long(std::string_view text) {
    return fail(Errc::too_large, "the types have " + std::to_string(text.size()) + " characters, expected at most " +
                                     std::to_string(kMaxTypeText));
}

/// Reads what follows the arguments of a function: nothing, "(T,T)", or words of Solidity that may end with
/// "returns (T,T)". Empty if it is something else.
std::optional<std::string_view> returned_types(std::string_view text) {
    constexpr std::string_view kWords[] = {"external", "public", "view", "pure", "payable", "nonpayable", "virtual"};
    text = trimmed(text);
    if (text.ends_with(';')) text = trimmed(text.substr(0, text.size() - 1));
    const auto open = text.find('(');
    auto words = words_of(text.substr(0, open));
    if (!words) return std::nullopt;
    if (open != std::string_view::npos) {
        if (closing(text.substr(open)) != text.size() - open - 1) return std::nullopt;
        if (!words->empty()) {
            if (words->back() != "returns") return std::nullopt;
            words->pop_back();
        }
    }
    const auto is_known = [&](std::string_view word) { return std::ranges::find(kWords, word) != std::end(kWords); };
    if (!std::ranges::all_of(*words, is_known)) return std::nullopt;
    return open == std::string_view::npos ? text.substr(0, 0) : text.substr(open);
}

std::string joined(const std::vector<AbiType>& types) {
    std::string out = "(";
    for (const auto& type : types) out += (&type == types.data() ? "" : ",") + type.name();
    return out + ")";
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
        case Kind::tuple:
            return joined(fields);
    }
    return {};
}

bool AbiType::is_dynamic() const {
    if (kind == Kind::array) return !length || element->is_dynamic();
    if (kind == Kind::tuple) return std::ranges::any_of(fields, &AbiType::is_dynamic);
    return kind == Kind::bytes || kind == Kind::string;
}

Result<std::vector<AbiType>> parse_types(std::string_view text) {
    if (text.size() > kMaxTypeText) return too_long(text);
    return parse_list(text, 0);
}

std::string AbiFunction::signature() const {
    return name + joined(inputs);
}

ByteArray<4> AbiFunction::selector() const {
    const auto hash = crypto::keccak_256(as_bytes(signature()));
    return {hash[0], hash[1], hash[2], hash[3]};
}

Result<AbiFunction> parse_function(std::string_view text) {
    if (text.size() > kMaxTypeText) return too_long(text);
    constexpr std::string_view kKeyword = "function ";
    const auto refuse = [shown = std::string(text.substr(0, 100))] {
        return wrong("\"" + shown +
                     "\" is not a function; expected a name with types, such as transfer(address,uint256)");
    };
    text = trimmed(text);
    if (text.starts_with(kKeyword)) text = trimmed(text.substr(kKeyword.size()));
    const auto open = text.find('(');
    const auto name = trimmed(text.substr(0, open));
    if (open == std::string_view::npos || !is_identifier(name)) return refuse();
    const auto close = closing(text.substr(open));
    if (close == std::string_view::npos) return refuse();
    const auto returned = returned_types(text.substr(open + close + 1));
    if (!returned) return refuse();
    AbiFunction out{std::string(name), {}, {}};
    STRATA_TRY(out.inputs, parse_list(text.substr(open + 1, close - 1), 0));
    if (!returned->empty()) {
        STRATA_TRY(out.outputs, parse_list(returned->substr(1, returned->size() - 2), 0));
    }
    return out;
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
