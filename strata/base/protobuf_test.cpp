// Protects the wire format of protocol buffers. Expected bytes: protobuf.dev, Encoding ("A Simple Message" and "More
// Integer Types", "Length-Delimited Records").
#include <strata/base/protobuf.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::protobuf {
namespace {

Result<Field> take_any(std::string_view hex) {
    const Bytes bytes = from_hex(hex).value();
    BytesView view(bytes);
    auto field = take_any_field(view);
    if (field) EXPECT_TRUE(view.empty());
    if (field) field->body.reset();  // it points into `bytes`
    return field;
}

TEST(Protobuf, the_messages_of_the_documentation) {
    Bytes simple;
    put_number(simple, 1, 150);
    EXPECT_EQ(to_hex(simple), "089601");
    Bytes text;
    put_body(text, 2, as_bytes("testing"));
    EXPECT_EQ(to_hex(text), "120774657374696e67");

    BytesView from(simple);
    const auto number = take_any_field(from);
    ASSERT_TRUE(number);
    EXPECT_EQ(number->number, 1U);
    EXPECT_EQ(number_of(*number).value(), 150U);
    EXPECT_EQ(body_of(*number).error().code(), Errc::malformed);
    from = text;
    const auto body = take_any_field(from);
    ASSERT_TRUE(body);
    EXPECT_EQ(as_text(body_of(*body).value()), "testing");
    EXPECT_EQ(number_of(*body).error().code(), Errc::malformed);
}

TEST(Protobuf, fixed_fields_are_read_only_where_any_type_may_come) {
    EXPECT_EQ(take_any("0d01020304")->value, 0x04030201U);
    EXPECT_EQ(take_any("090102030405060708")->value, 0x0807060504030201U);
    const Bytes fixed = from_hex("0d01020304").value();
    BytesView view(fixed);
    EXPECT_EQ(take_field(view).error().code(), Errc::malformed);
}

TEST(Protobuf, wrong_bytes_are_refused) {
    EXPECT_EQ(take_any("0d010203").error().code(), Errc::truncated);
    EXPECT_EQ(take_any("0901020304050607").error().code(), Errc::truncated);
    EXPECT_EQ(take_any("120774").error().code(), Errc::truncated);
    EXPECT_EQ(take_any("08").error().code(), Errc::truncated);
    EXPECT_EQ(take_any("0b").error().code(), Errc::malformed) << "a group";
    EXPECT_EQ(take_any("0001").error().code(), Errc::malformed) << "field 0";
    EXPECT_EQ(take_any("f8ffffff0f01")->number, (1U << 29) - 1);
    EXPECT_EQ(take_any("808080801001").error().code(), Errc::malformed) << "field 2^29";
    EXPECT_EQ(take_any("12ffffffffffffffffff01").error().code(), Errc::truncated);
}

}  // namespace
}  // namespace strata::protobuf
