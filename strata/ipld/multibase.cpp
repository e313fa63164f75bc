#include <strata/ipld/multibase.hpp>

#include <cctype>
#include <ranges>

namespace strata {
namespace {

// A base whose digits each carry a whole number of bits (RFC 4648 family).
struct BitBase {
    char prefix;
    unsigned bits;
    bool padded;
    std::string_view alphabet;
    bool any_case;  // decoding accepts both cases
};

constexpr std::string_view kBase32Lower = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kBase32Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kBase32HexLower = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view kBase32HexUpper = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr BitBase kBitBases[] = {
    // prefix, bits of a digit, padded, alphabet, any case
    {'0', 1, false, "01", false},
    {'7', 3, false, "01234567", false},
    {'f', 4, false, "0123456789abcdef", true},
    {'F', 4, false, "0123456789ABCDEF", true},
    {'b', 5, false, kBase32Lower, true},
    {'B', 5, false, kBase32Upper, true},
    {'c', 5, true, kBase32Lower, true},
    {'C', 5, true, kBase32Upper, true},
    {'v', 5, false, kBase32HexLower, true},
    {'V', 5, false, kBase32HexUpper, true},
    {'t', 5, true, kBase32HexLower, true},
    {'T', 5, true, kBase32HexUpper, true},
    {'h', 5, false, "ybndrfg8ejkmcpqxot1uwisza345h769", false},
    {'m', 6, false, kBase64, false},
    {'M', 6, true, kBase64, false},
    {'u', 6, false, kBase64Url, false},
    {'U', 6, true, kBase64Url, false},
};

// The base of addresses and CIDs: base32 in lower case only.
constexpr BitBase kStrictBase32{.prefix = 'b', .bits = 5, .padded = false, .alphabet = kBase32Lower, .any_case = false};

// A base that reads the text as one big number.
struct NumberBase {
    char prefix;
    std::string_view alphabet;
    bool any_case;
};

constexpr std::string_view kBase58Btc = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr NumberBase kNumberBases[] = {
    // prefix, alphabet, any case
    {'9', "0123456789", false},
    {'k', "0123456789abcdefghijklmnopqrstuvwxyz", true},
    {'K', "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", true},
    {'z', kBase58Btc, false},
    {'Z', "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", false},
};
// The cost of number bases grows with the square of the length, so the length is bounded.
constexpr std::size_t kMaxNumberText = 1024;

int digit_of(std::string_view alphabet, char c, bool any_case) {
    auto at = alphabet.find(c);
    if (at == std::string_view::npos && any_case) {
        const auto u = static_cast<unsigned char>(c);
        at = alphabet.find(static_cast<char>(std::isupper(u) ? std::tolower(u) : std::toupper(u)));
    }
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

Error not_a_digit(std::string_view alphabet, std::size_t offset) {
    return fail(Errc::malformed, "the character at offset " + std::to_string(offset) +
                                     " of the text is not in the alphabet " + std::string(alphabet));
}

Error unknown_prefix(char prefix) {
    return fail(Errc::unsupported, "the multibase prefix with the code " +
                                       std::to_string(static_cast<unsigned char>(prefix)) + " is unknown");
}

/// Padding fills groups that stand for whole bytes: 8 digits of base32 or 4 of base64.
unsigned group_digits(unsigned bits) {
    return bits == 5 ? 8 : 4;
}

// `buffer` holds the `held` bits that are not written yet. Zeros complete the last digit.
std::string encode_bits(const BitBase& base, BytesView bytes) {
    std::string out;
    std::uint32_t buffer = 0;
    unsigned held = 0;
    const std::uint32_t mask = (1U << base.bits) - 1;
    for (const auto byte : bytes) {
        buffer = buffer << 8 | byte;
        for (held += 8; held >= base.bits; held -= base.bits) out += base.alphabet[buffer >> (held - base.bits) & mask];
        buffer &= (1U << held) - 1;
    }
    if (held > 0) out += base.alphabet[buffer << (base.bits - held) & mask];
    while (base.padded && out.size() % group_digits(base.bits) != 0) out += '=';
    return out;
}

Result<Bytes> decode_bits(const BitBase& base, std::string_view text) {
    if (base.padded) {
        if (text.size() % group_digits(base.bits) != 0)
            return fail(Errc::malformed, "the text has " + std::to_string(text.size()) +
                                             " characters, expected a multiple of " +
                                             std::to_string(group_digits(base.bits)) + " with padding");
        while (text.ends_with('=')) text.remove_suffix(1);
    }
    Bytes out;
    out.reserve(text.size() * base.bits / 8);
    std::uint32_t buffer = 0;
    unsigned held = 0;
    for (const char& c : text) {
        const int digit = digit_of(base.alphabet, c, base.any_case);
        if (digit < 0) return not_a_digit(base.alphabet, static_cast<std::size_t>(&c - text.data()));
        buffer = buffer << base.bits | static_cast<std::uint32_t>(digit);
        held += base.bits;
        if (held >= 8) {
            held -= 8;
            out.push_back(static_cast<std::uint8_t>(buffer >> held));
            buffer &= (1U << held) - 1;
        }
    }
    // The bits after the last byte must be zero, and too few to be a digit of their own.
    if (held >= base.bits || buffer != 0)
        return fail(Errc::non_canonical,
                    "the last digit of the text is superfluous, or its bits after the last byte are not zero");
    return out;
}

std::string encode_number(const NumberBase& base, BytesView bytes) {
    const std::size_t radix = base.alphabet.size();
    // Leading zeros would vanish in the number, so each is written as one zero digit.
    std::size_t zeros = 0;
    while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
    // Each byte multiplies the number so far by 256 and is added, digit by digit with a carry.
    std::vector<std::uint8_t> digits;  // the least significant first
    for (const auto byte : bytes.subspan(zeros)) {
        std::size_t carry = byte;
        for (auto& digit : digits) {
            carry += std::size_t{digit} << 8;
            digit = static_cast<std::uint8_t>(carry % radix);
            carry /= radix;
        }
        for (; carry > 0; carry /= radix) digits.push_back(static_cast<std::uint8_t>(carry % radix));
    }
    std::string out(zeros, base.alphabet[0]);
    for (const auto digit : digits | std::views::reverse) out += base.alphabet[digit];
    return out;
}

// The reverse of encode_number(): each digit multiplies the number so far by the radix and is added, byte by byte with
// a carry.
Result<Bytes> decode_number(const NumberBase& base, std::string_view text) {
    if (text.size() > kMaxNumberText) return Errc::too_large;
    const std::size_t radix = base.alphabet.size();
    std::size_t zeros = 0;
    while (zeros < text.size() && text[zeros] == base.alphabet[0]) ++zeros;
    Bytes little;  // the least significant byte first
    for (const char& c : text.substr(zeros)) {
        const int digit = digit_of(base.alphabet, c, base.any_case);
        if (digit < 0) return not_a_digit(base.alphabet, static_cast<std::size_t>(&c - text.data()));
        std::size_t carry = static_cast<std::size_t>(digit);
        for (auto& byte : little) {
            carry += byte * radix;
            byte = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
        for (; carry > 0; carry >>= 8) little.push_back(static_cast<std::uint8_t>(carry));
    }
    Bytes out(zeros, 0);
    out.insert(out.end(), little.rbegin(), little.rend());
    return out;
}

}  // namespace

std::string to_base32(BytesView bytes) {
    return encode_bits(kStrictBase32, bytes);
}
Result<Bytes> from_base32(std::string_view text) {
    return decode_bits(kStrictBase32, text);
}
std::string to_base58btc(BytesView bytes) {
    return encode_number({.prefix = 'z', .alphabet = kBase58Btc, .any_case = false}, bytes);
}
Result<Bytes> from_base58btc(std::string_view text) {
    if (text.size() > 200) return Errc::too_large;
    return decode_number({.prefix = 'z', .alphabet = kBase58Btc, .any_case = false}, text);
}

Result<std::string> multibase_encode(char prefix, BytesView bytes) {
    if (prefix == '\0') return std::string(1, '\0') + std::string(as_text(bytes));
    for (const auto& base : kBitBases)
        if (base.prefix == prefix) return prefix + encode_bits(base, bytes);
    for (const auto& base : kNumberBases)
        if (base.prefix == prefix) return prefix + encode_number(base, bytes);
    return unknown_prefix(prefix);
}

Result<Bytes> multibase_decode(std::string_view text) {
    if (text.empty()) return Errc::truncated;
    const auto body = text.substr(1);
    if (text[0] == '\0') return to_bytes(as_bytes(body));
    for (const auto& base : kBitBases)
        if (base.prefix == text[0]) return decode_bits(base, body);
    for (const auto& base : kNumberBases)
        if (base.prefix == text[0]) return decode_number(base, body);
    return unknown_prefix(text[0]);
}

}  // namespace strata
