#pragma once
// Reads and writes the wire format of protocol buffers. DAG-PB and UnixFS allow varint and length-delimited fields
// only; messages between nodes may have fields of any type that a later version added. Source: protobuf.dev, Encoding.
#include <optional>

#include <strata/base/varint.hpp>

namespace strata::protobuf {

enum class WireType : std::uint8_t { number = 0, fixed64 = 1, body = 2, fixed32 = 5 };

struct Field {
    std::uint64_t number = 0;
    std::uint64_t value = 0;        // of a number; for a length-delimited field, the length
    std::optional<BytesView> body;  // of a length-delimited field
    WireType type = WireType::number;
};

void put_number(Bytes& to, std::uint64_t field, std::uint64_t value);
void put_body(Bytes& to, std::uint64_t field, BytesView body);

/// Reads one field that is a varint or length-delimited, and moves `from` past it. Errors: truncated, malformed for
/// any other wire type.
Result<Field> take_field(BytesView& from);
/// Reads one field of any type but the groups, which are deprecated. Errors: truncated, malformed.
Result<Field> take_any_field(BytesView& from);

/// Returns the bytes of a length-delimited field. Errors: malformed for any other type.
Result<BytesView> body_of(const Field& field);
/// Returns the number of a varint field. Errors: malformed for any other type.
Result<std::uint64_t> number_of(const Field& field);

}  // namespace strata::protobuf
