// The expected values come from go-address address.go (IDs and namespaces "must be less than 2^63") and lotus
// chain/types/cbor_gen.go (byte arrays above 2097152 and arrays above 8192 fail).
#include <strata/types/message.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/types/block_header.hpp>

namespace strata {
namespace {

// A message that a Go node cannot decode: its recipient is f09223372036854775808, which is 2^63.
constexpr std::string_view kMessageToLargeId =
    "8a004b00808080808080808080015501ea0f0ea039b291a0f08fd179e0556a8c3277c0d300401a000f4240430003e8400040";

Message message_to(const Address& to) {
    Message message;
    message.to = to;
    message.from = Address::id(1000);
    return message;
}

BlockHeader header_of(const Address& miner) {
    BlockHeader header;
    header.miner = miner;
    header.parent_state_root = header.parent_message_receipts = header.messages =
        Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    return header;
}

// Returns the head of a CBOR byte string or array for a length of more than 255.
Bytes head(std::uint8_t major, std::uint32_t length) {
    Bytes out{static_cast<std::uint8_t>(major << 5 | 26), 0, 0, 0, 0};
    store_be(out.data() + 1, length);
    return out;
}

Address large_namespace() {
    return Address::from_bytes(*from_hex("0480808080808080808001")).value();
}

struct Inner {
    std::vector<std::uint64_t> numbers;
    STRATA_CBOR_TUPLE(numbers);
    static constexpr CborLimits kCborLimits{.bytes = 4, .items = 2};
};
struct Outer {
    Inner inner;
    Bytes bytes;
    STRATA_CBOR_TUPLE(inner, bytes);
};

}  // namespace

TEST(WireLimits, a_message_to_an_id_of_64_bits_is_not_decoded) {
    const auto message = from_cbor<Message>(*from_hex(kMessageToLargeId));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code(), Errc::malformed);
    EXPECT_NE(message.error().message().find("9223372036854775808"), std::string::npos) << message.error().message();
}

TEST(WireLimits, ids_and_namespaces_end_at_63_bits) {
    for (const Address& good : {Address::id(kMaxWireId), Address::delegated(kMaxWireId, Bytes(20)), Address()})
        EXPECT_TRUE(check_wire_address(good)) << good.to_string();
    for (const Address& bad : {Address::id(kMaxWireId + 1), Address::id(UINT64_MAX), large_namespace()}) {
        EXPECT_FALSE(check_wire_address(bad)) << bad.to_string();
        EXPECT_FALSE(from_cbor<Message>(to_cbor(message_to(bad)))) << bad.to_string();
        EXPECT_FALSE(from_cbor<BlockHeader>(to_cbor(header_of(bad)))) << bad.to_string();
        EXPECT_FALSE(Address::parse(bad.to_string())) << bad.to_string();
        // Actors accept 64 bits (fvm_shared).
        EXPECT_EQ(from_cbor<Address>(to_cbor(bad)).value(), bad);
    }
    EXPECT_EQ(Address::parse("f09223372036854775807").value(), Address::id(kMaxWireId));
}

TEST(WireLimits, byte_strings_end_at_two_mebibytes) {
    auto message = message_to(Address::id(1));
    message.params = Bytes(2'097'152);
    EXPECT_EQ(from_cbor<Message>(to_cbor(message)).value(), message);
    message.params.push_back(0);
    EXPECT_EQ(from_cbor<Message>(to_cbor(message)).error().code(), Errc::too_large);

    auto header = header_of(Address::id(1000));
    header.ticket = Ticket{Bytes(2'097'153)};
    EXPECT_EQ(from_cbor<BlockHeader>(to_cbor(header)).error().code(), Errc::too_large);
    header.ticket.reset();
    header.beacon_entries = {{1, Bytes(2'097'153)}};
    EXPECT_EQ(from_cbor<BlockHeader>(to_cbor(header)).error().code(), Errc::too_large);
}

TEST(WireLimits, lists_end_at_8192_items) {
    auto header = header_of(Address::id(1000));
    header.beacon_entries.resize(8'192);
    EXPECT_EQ(from_cbor<BlockHeader>(to_cbor(header)).value(), header);
    header.beacon_entries.resize(8'193);
    EXPECT_EQ(from_cbor<BlockHeader>(to_cbor(header)).error().code(), Errc::too_large);

    BlockMsg block{header_of(Address::id(1000)), {}, {}};
    block.secp_messages.assign(8'192, block.header.messages);
    EXPECT_TRUE(from_cbor<BlockMsg>(to_cbor(block)));
    block.secp_messages.push_back(block.header.messages);
    EXPECT_EQ(from_cbor<BlockMsg>(to_cbor(block)).error().code(), Errc::too_large);
}

// The limit is checked before memory is allocated, and applies only to the type that declares it.
TEST(WireLimits, limits_hold_inside_their_item_only) {
    const Outer fits{{{1, 2}}, Bytes(100)};
    EXPECT_TRUE(from_cbor<Outer>(to_cbor(fits)));
    const Outer too_many{{{1, 2, 3}}, {}};
    EXPECT_EQ(from_cbor<Outer>(to_cbor(too_many)).error().code(), Errc::too_large);

    const Bytes huge = head(4, 0x7fffffff);
    CborReader list(huge);
    list.set_limits(kWireLimits);
    EXPECT_EQ(list.array().error().code(), Errc::too_large);
}

}  // namespace strata
