#pragma once
// Reads and writes the wire format of protocol buffers as far as DAG-PB and UnixFS need it: varint and length-delimited
// fields.
#include <optional>

#include <strata/base/varint.hpp>

namespace strata::protobuf {

struct Field {
    std::uint64_t number;
    std::uint64_t value = 0;        // of a varint field; for a length-delimited field, the length
    std::optional<BytesView> body;  // of a length-delimited field
};

inline void put_number(Bytes& to, std::uint64_t field, std::uint64_t value) {
    put_uvarint(to, field << 3);
    put_uvarint(to, value);
}
inline void put_body(Bytes& to, std::uint64_t field, BytesView body) {
    put_uvarint(to, field << 3 | 2);
    put_uvarint(to, body.size());
    append(to, body);
}

/// Reads one field and moves `from` past it. Errors: truncated, malformed for a wire type other than 0 and 2.
inline Result<Field> take_field(BytesView& from) {
    STRATA_TRY(const auto key, take_uvarint(from));
    Field field{.number = key >> 3, .value = 0, .body = {}};
    const auto wire_type = key & 7;  // 0: varint, 2: length-delimited
    if (wire_type != 0 && wire_type != 2)
        return fail(Errc::malformed,
                    "a protobuf field has wire type " + std::to_string(wire_type) + ", expected 0 or 2");
    STRATA_TRY(field.value, take_uvarint(from));
    if (wire_type == 0) return field;
    if (field.value > from.size()) return Errc::truncated;
    field.body = from.first(field.value);
    from = from.subspan(field.value);
    return field;
}

}  // namespace strata::protobuf
