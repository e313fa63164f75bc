#include <strata/api/ethereum_json.hpp>

#include <charconv>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kShown = 100;  // characters of a client's text in an error

Result<std::string> text_in(const Json& from, const char* expected) {
    if (from.is_string()) return from.get<std::string>();
    return fail(Errc::malformed, std::string("got the JSON type ") + from.type_name() + ", expected " + expected);
}

// Returns the digits after the prefix. A missing first zero is added, as Lotus does (handleHexStringPrefix).
std::string digits_of(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    return (text.size() % 2 == 1 ? "0" : "") + std::string(text);
}

template <std::size_t kSize>
Result<ByteArray<kSize>> parse_fixed(std::string_view text, const char* what) {
    const std::string digits = digits_of(text.substr(0, 2 * kSize + 4));
    const auto bytes = digits.size() == 2 * kSize ? from_hex(digits) : Result<Bytes>(Errc::malformed);
    if (!bytes)
        return fail(Errc::malformed, std::string(what) + " is '" + std::string(text.substr(0, kShown)) +
                                         "', expected 0x and " + std::to_string(2 * kSize) + " hexadecimal digits");
    ByteArray<kSize> out{};
    std::ranges::copy(*bytes, out.begin());
    return out;
}

}  // namespace

std::string quantity(const BigInt& number) {
    const std::string hex = to_hex(number.magnitude_be());
    const auto first = hex.find_first_not_of('0');
    return "0x" + (first == std::string::npos ? "0" : hex.substr(first));
}

std::string hex_text(BytesView bytes) {
    return "0x" + to_hex(bytes);
}

std::optional<std::uint64_t> parse_quantity(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Result<EthereumAddress> parse_ethereum_address(std::string_view text) {
    return parse_fixed<20>(text, "the Ethereum address");
}
Result<Hash256> parse_ethereum_hash(std::string_view text) {
    return parse_fixed<32>(text, "the hash");
}

Status read(const Json& from, Quantity& to) {
    if (from.is_number_unsigned()) {
        to.value = from.get<std::uint64_t>();
        return {};
    }
    STRATA_TRY(const auto text, text_in(from, "a number, as hexadecimal after 0x or as decimal"));
    const auto value = parse_quantity(text);
    if (!value)
        return fail(Errc::malformed, "the number is '" + text.substr(0, kShown) +
                                         "', expected hexadecimal after 0x or decimal, of at most 64 bits");
    to.value = *value;
    return {};
}

Status read(const Json& from, HexBytes& to) {
    STRATA_TRY(const auto text, text_in(from, "bytes as hexadecimal after 0x"));
    auto bytes = from_hex(digits_of(text));
    if (!bytes) return std::move(bytes).error().with_context("bytes as hexadecimal");
    to.value = std::move(*bytes);
    return {};
}

Status read(const Json& from, HexHash& to) {
    STRATA_TRY(const auto text, text_in(from, "a hash of 32 bytes"));
    STRATA_TRY(to.value, parse_ethereum_hash(text));
    return {};
}

Status read(const Json& from, HexAddress& to) {
    STRATA_TRY(const auto text, text_in(from, "an Ethereum address"));
    STRATA_TRY(to.value, parse_ethereum_address(text));
    return {};
}

}  // namespace strata::api
