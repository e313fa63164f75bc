#include <strata/net/frame_reader.hpp>

#include <strata/base/varint.hpp>

namespace strata::net {

Bytes framed(BytesView message) {
    Bytes out;
    put_uvarint(out, message.size());
    append(out, message);
    return out;
}

Result<std::optional<Bytes>> FrameReader::next() {
    BytesView rest = received_.view();
    const auto size = take_uvarint(rest);
    if (!size && size.error().code() == Errc::truncated) return std::optional<Bytes>{};
    if (!size) return size.error();
    if (*size > max_)
        return fail(Errc::too_large, std::string(what_) + " has " + std::to_string(*size) +
                                         " bytes, expected at most " + std::to_string(max_));
    if (*size > rest.size()) return std::optional<Bytes>{};
    Bytes out = to_bytes(rest.first(*size));
    received_.drop(received_.size() - rest.size() + *size);
    return std::optional(std::move(out));
}

}  // namespace strata::net
