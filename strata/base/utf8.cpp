#include <strata/base/utf8.hpp>

#include <cstdint>

namespace strata {

bool is_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<std::uint8_t>(text[i++]);
        if (lead < 0x80) continue;
        const unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;  // the number of bytes that must follow
        if (lead < 0xc2 || lead > 0xf4 || text.size() - i < more) return false;
        const auto second = static_cast<std::uint8_t>(text[i]);
        // The range of the second byte excludes overlong forms (after e0 and f0), surrogates (ed), and numbers above
        // U+10FFFF (f4).
        const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high) return false;
        for (unsigned k = 1; k < more; ++k)
            if ((static_cast<std::uint8_t>(text[i + k]) & 0xc0) != 0x80) return false;
        i += more;
    }
    return true;
}

}  // namespace strata
