#include <strata/base/protobuf.hpp>

namespace strata::protobuf {
namespace {

constexpr std::uint64_t kMaxFieldNumber = (1U << 29) - 1;

std::uint64_t key_of(std::uint64_t field, WireType type) {
    return field << 3 | static_cast<std::uint64_t>(type);
}

Result<Field> take(BytesView& from, bool fixed_types) {
    STRATA_TRY(const auto key, take_uvarint(from));
    const auto type = key & 7;
    const bool known = type == 0 || type == 2 || (fixed_types && (type == 1 || type == 5));
    if (!known)
        return fail(Errc::malformed, "a protobuf field has wire type " + std::to_string(type) + ", expected " +
                                         (fixed_types ? "0, 1, 2 or 5" : "0 or 2"));
    Field field{.number = key >> 3, .value = 0, .body = {}, .type = static_cast<WireType>(type)};
    if (field.type == WireType::fixed64 || field.type == WireType::fixed32) {
        const std::size_t size = field.type == WireType::fixed64 ? 8 : 4;
        if (size > from.size()) return Errc::truncated;
        field.value = size == 8 ? load_le<std::uint64_t>(from.data()) : load_le<std::uint32_t>(from.data());
        from = from.subspan(size);
        return field;
    }
    STRATA_TRY(field.value, take_uvarint(from));
    if (field.type == WireType::number) return field;
    if (field.value > from.size()) return Errc::truncated;
    field.body = from.first(field.value);
    from = from.subspan(field.value);
    return field;
}

Error wrong_type(const Field& field, std::string_view expected) {
    return fail(Errc::malformed, "protobuf field " + std::to_string(field.number) + " has wire type " +
                                     std::to_string(static_cast<unsigned>(field.type)) + ", expected " +
                                     std::string(expected));
}

}  // namespace

void put_number(Bytes& to, std::uint64_t field, std::uint64_t value) {
    put_uvarint(to, key_of(field, WireType::number));
    put_uvarint(to, value);
}

void put_body(Bytes& to, std::uint64_t field, BytesView body) {
    put_uvarint(to, key_of(field, WireType::body));
    put_uvarint(to, body.size());
    append(to, body);
}

Result<Field> take_field(BytesView& from) {
    return take(from, /*fixed_types=*/false);
}

Result<Field> take_any_field(BytesView& from) {
    STRATA_TRY(auto field, take(from, /*fixed_types=*/true));
    if (field.number == 0 || field.number > kMaxFieldNumber)
        return fail(Errc::malformed, "a protobuf field has number " + std::to_string(field.number) +
                                         ", expected 1 to " + std::to_string(kMaxFieldNumber));
    return field;
}

Result<BytesView> body_of(const Field& field) {
    if (!field.body) return wrong_type(field, "2, bytes");
    return *field.body;
}

Result<std::uint64_t> number_of(const Field& field) {
    if (field.type != WireType::number) return wrong_type(field, "0, a number");
    return field.value;
}

}  // namespace strata::protobuf
