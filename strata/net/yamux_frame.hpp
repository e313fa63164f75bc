#pragma once
// The header of a Yamux frame: version, type, flags, stream, length; big-endian. Source: hashicorp/yamux spec.md;
// go-yamux const.go.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::net {

struct YamuxHeader {
    static constexpr std::size_t kSize = 12;

    enum class Type : std::uint8_t { data = 0, window = 1, ping = 2, go_away = 3 };
    static constexpr std::uint16_t kSyn = 1;
    static constexpr std::uint16_t kAck = 2;
    static constexpr std::uint16_t kFin = 4;
    static constexpr std::uint16_t kRst = 8;

    Type type = Type::data;
    std::uint16_t flags = 0;
    std::uint32_t stream = 0;
    /// The bytes that follow (data), the credit (window), the value (ping) or the code (go_away; window with kRst).
    std::uint32_t length = 0;

    bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
    void encode(Bytes& to) const;
    /// `bytes` has kSize bytes (checked). Errors: malformed for an unknown version or type. Unknown flags are kept.
    static Result<YamuxHeader> decode(BytesView bytes);

    friend bool operator==(const YamuxHeader&, const YamuxHeader&) = default;
};

}  // namespace strata::net
