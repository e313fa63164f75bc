#include <strata/ipld/key.hpp>

#include <strata/base/varint.hpp>

namespace strata {

Bytes KeyCodec<std::uint64_t>::encode(std::uint64_t key) {
    return uvarint(key);
}
Result<std::uint64_t> KeyCodec<std::uint64_t>::decode(BytesView key) {
    return parse_uvarint(key);
}
Bytes KeyCodec<std::int64_t>::encode(std::int64_t key) {
    return varint(key);
}
Result<std::int64_t> KeyCodec<std::int64_t>::decode(BytesView key) {
    return parse_varint(key);
}

}  // namespace strata
