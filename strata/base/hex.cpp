#include <strata/base/hex.hpp>

namespace strata {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_hex(BytesView bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (auto b : bytes) {
        out += kHex[b >> 4];
        out += kHex[b & 15];
    }
    return out;
}

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0)
        return fail(Errc::malformed,
                    "the hexadecimal text has " + std::to_string(text.size()) + " digits, expected an even number");
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0)
            return fail(Errc::malformed, "the character at offset " + std::to_string(high < 0 ? i : i + 1) +
                                             " of the hexadecimal text is not a hexadecimal digit");
        out.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return out;
}

std::string to_base64(BytesView bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? bytes[i + k] : 0U);
        // n bytes fill n + 1 digits; padding completes the group.
        for (std::size_t k = 0; k < 4; ++k) out += k <= n ? kBase64[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

Result<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0)
        return fail(Errc::malformed,
                    "the base64 text has " + std::to_string(text.size()) + " characters, expected a multiple of four");
    Bytes out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t group = 0;
        std::size_t padding = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const char c = text[i + k];
            const auto digit = kBase64.find(c);
            // Padding may only be the last one or two characters of the whole text.
            if (c == '=' && k >= 2 && i + 4 == text.size()) {
                ++padding;
            } else if (digit == std::string_view::npos || padding > 0) {
                return fail(Errc::malformed, "the character at offset " + std::to_string(i + k) +
                                                 " of the base64 text is wrong, expected base64 digits, with '=' only "
                                                 "as padding at the end");
            }
            group = group << 6 | (c == '=' ? 0U : static_cast<std::uint32_t>(digit));
        }
        if ((padding == 1 && (group & 0xff) != 0) || (padding == 2 && (group & 0xffff) != 0))
            return fail(Errc::non_canonical, "the unused bits of the last base64 digit are not zero");
        for (std::size_t k = 0; k < 3 - padding; ++k) out.push_back(static_cast<std::uint8_t>(group >> (16 - 8 * k)));
    }
    return out;
}

}  // namespace strata
