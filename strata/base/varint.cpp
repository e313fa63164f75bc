#include <strata/base/varint.hpp>

namespace strata {

void put_uvarint(Bytes& to, std::uint64_t value) {
    while (value >= 0x80) {
        to.push_back(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    to.push_back(static_cast<std::uint8_t>(value));
}

Bytes uvarint(std::uint64_t value) {
    Bytes out;
    put_uvarint(out, value);
    return out;
}

Bytes varint(std::int64_t value) {
    // Zig-zag: 0, -1, 1, -2 … become 0, 1, 2, 3 …, so that small negative numbers stay short. The shift of the sign
    // gives all zeros or all ones.
    const auto bits = static_cast<std::uint64_t>(value);
    return uvarint(bits << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

Result<std::uint64_t> take_uvarint(BytesView& from) {
    // Ten bytes hold 70 bits, so the tenth byte may only be 0 or 1.
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 10; ++i) {
        if (i == from.size()) return fail(Errc::truncated, "a varint ends early");
        const std::uint8_t byte = from[i];
        if (i == 9 && byte > 1) return fail(Errc::out_of_range, "a varint does not fit into 64 bits");
        value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            if (byte == 0 && i > 0) return fail(Errc::non_canonical, "a varint is longer than it needs to be");
            from = from.subspan(i + 1);
            return value;
        }
    }
    return fail(Errc::out_of_range, "a varint is longer than ten bytes");
}

Result<std::uint64_t> parse_uvarint(BytesView from) {
    STRATA_TRY(const auto value, take_uvarint(from));
    if (!from.empty())
        return fail(Errc::trailing, std::to_string(from.size()) + " bytes follow the varint, expected none");
    return value;
}

Result<std::int64_t> parse_varint(BytesView from) {
    STRATA_TRY(const auto value, parse_uvarint(from));
    // In zig-zag, the lowest bit is the sign.
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace strata
