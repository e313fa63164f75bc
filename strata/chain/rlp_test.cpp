// The examples are those of https://ethereum.org/en/developers/docs/data-structures-and-encoding/rlp/; what is refused
// is what lotus chain/types/ethtypes/rlp_test.go refuses.
#include <strata/chain/rlp.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::chain {
namespace {

std::string bytes_in(const std::string& hex) {
    const Bytes data = *from_hex(hex);
    RlpReader reader(data);
    const auto got = reader.bytes();
    if (!got) return got.error().message();
    return reader.done() ? to_hex(*got) : "more follows";
}

TEST(Rlp, ByteStrings) {
    EXPECT_EQ(bytes_in("83646f67"), "646f67");
    EXPECT_EQ(bytes_in("80"), "");
    EXPECT_EQ(bytes_in("00"), "00");
    EXPECT_EQ(bytes_in("0f"), "0f");
    EXPECT_EQ(bytes_in("820400"), "0400");
    const std::string lorem = to_hex(as_bytes("Lorem ipsum dolor sit amet, consectetur adipisicing elit"));
    EXPECT_EQ(bytes_in("b838" + lorem), lorem);
}

TEST(Rlp, Lists) {
    const Bytes data = *from_hex("c88363617483646f67");
    RlpReader reader(data);
    auto list = reader.list();
    ASSERT_TRUE(list);
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(as_text(*list->bytes()), "cat");
    EXPECT_EQ(as_text(*list->bytes()), "dog");
    EXPECT_TRUE(list->done());
    EXPECT_FALSE(list->bytes());
    const Bytes set = *from_hex("c7c0c1c0c3c0c1c0");
    auto three = RlpReader(set).list();
    ASSERT_TRUE(three);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(three->list());
    EXPECT_TRUE(three->done());
}

TEST(Rlp, OnlyTheShortestFormIsRead) {
    EXPECT_EQ(bytes_in("8101"), "RLP: the byte 1 has a length, expected the byte alone");
    EXPECT_EQ(bytes_in("b801ff"), "RLP: a length of 1 is written in the form for those above 55");
    EXPECT_EQ(bytes_in("b9003800"), "RLP: a length has leading zeros, expected none");
    EXPECT_EQ(bytes_in("83646f"), "RLP: an item has 3 bytes, and 2 are left");
    EXPECT_EQ(bytes_in("bfffffffffffffffff"), "RLP: an item has 18446744073709551615 bytes, and 0 are left");
    EXPECT_EQ(bytes_in("b8"), "RLP: a length of 1 bytes begins where 0 bytes are left");
    EXPECT_EQ(bytes_in("c0"), "RLP: got a list, expected a byte string");
    EXPECT_EQ(bytes_in(""), "RLP: the data ends where an item is expected");
}

TEST(Rlp, Numbers) {
    const Bytes data = *from_hex("80820400820004");
    RlpReader reader(data);
    EXPECT_EQ(reader.u64().value(), 0U);
    EXPECT_EQ(reader.u64().value(), 1024U);
    EXPECT_EQ(reader.u64().error().message(), "RLP: a number has leading zeros, expected none");
    const Bytes long_one = *from_hex("89010000000000000000");
    EXPECT_EQ(RlpReader(long_one).u64().error().message(), "RLP: a number has 9 bytes, expected at most 8");
}

}  // namespace
}  // namespace strata::chain
