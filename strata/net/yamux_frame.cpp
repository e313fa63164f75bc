#include <strata/net/yamux_frame.hpp>

namespace strata::net {
namespace {

constexpr std::uint8_t kVersion = 0;

}  // namespace

void YamuxHeader::encode(Bytes& to) const {
    ByteArray<kSize> out{kVersion, static_cast<std::uint8_t>(type)};
    store_be(out.data() + 2, flags);
    store_be(out.data() + 4, stream);
    store_be(out.data() + 8, length);
    append(to, out);
}

Result<YamuxHeader> YamuxHeader::decode(BytesView bytes) {
    STRATA_CHECK(bytes.size() == kSize);
    if (bytes[0] != kVersion)
        return fail(Errc::malformed, "the version of a Yamux frame is " + std::to_string(bytes[0]) + ", expected 0");
    if (bytes[1] > static_cast<std::uint8_t>(Type::go_away))
        return fail(Errc::malformed, "the type of a Yamux frame is " + std::to_string(bytes[1]) + ", expected 0 to 3");
    return YamuxHeader{.type = static_cast<Type>(bytes[1]),
                       .flags = load_be<std::uint16_t>(bytes.data() + 2),
                       .stream = load_be<std::uint32_t>(bytes.data() + 4),
                       .length = load_be<std::uint32_t>(bytes.data() + 8)};
}

}  // namespace strata::net
