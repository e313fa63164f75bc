// The expected values come from lotus chain/types/message_test.go and from filecoin-project/serialization-vectors.
#include <strata/types/message.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

// The message of Lotus' TestMessageJson.
Message lotus_message() {
    Message message;
    message.to = Address::id(4);
    message.from = Address::id(0);
    message.nonce = 34;
    message.gas_limit = 123;
    message.gas_fee_cap = 234;
    message.gas_premium = 234;
    message.method = 6;
    message.params = {'h', 'a', 'i'};
    return message;
}

// serialization-vectors unsigned_messages.json, the first case: every number is large.
constexpr std::string_view kLarge =
    "8a004a0088a8eda3d0bf82f219550211fea8c3ebdf51fe44818052393f7412f9f9eb841b7997fb85431b29754900cb7387dec23114c31b0738"
    "affbad3e8dac490034a5d28e1c6250ce4900f2837b96907e81171bfdb62298930763e4582056ad4b6cd73eb4206c5fbb6078ccb848a6ad9654"
    "a530980ff4fb20785cc44324";

}  // namespace

TEST(Message, the_cid_is_that_of_lotus) {
    EXPECT_EQ(lotus_message().cid().to_string(), "bafy2bzaced5rdpz57e64sc7mdwjn3blicglhpialnrph2dlbufhf6iha63dmc");
}

TEST(Message, a_vector_with_large_numbers_is_read_and_written) {
    const Bytes bytes = *from_hex(kLarge);
    const auto message = from_cbor<Message>(bytes);
    ASSERT_TRUE(message) << message.error().message();
    EXPECT_EQ(to_cbor(*message), bytes);
    EXPECT_EQ(message->version, 0U);
    EXPECT_EQ(message->to.to_string('t'), "t01865627127944795144");
    EXPECT_EQ(message->from.to_string('t'), "t2ch7krq7l35i74rebqbjdsp3ucl47t24e3juxjfa");
    EXPECT_EQ(message->nonce, 8'761'748'149'847'665'013U);
    EXPECT_EQ(message->value.to_string(), "14660210602831582403");
    EXPECT_EQ(message->gas_limit, 520'359'252'439'502'252);
    EXPECT_EQ(message->gas_fee_cap.to_string(), "3793669768932905166");
    EXPECT_EQ(message->gas_premium.to_string(), "17474946865727176983");
    EXPECT_EQ(message->method, 18'281'837'776'054'215'652U);
    EXPECT_EQ(message->params.size(), 32U);
}

// cbor-gen reads exactly ten fields of the right types; a gas limit is a signed number of 64 bits.
TEST(Message, other_bytes_are_refused) {
    const Bytes good = to_cbor(lotus_message());
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(from_cbor<Message>(BytesView(good).first(size))) << size;
    Bytes bytes = good;
    bytes.push_back(0);
    EXPECT_EQ(from_cbor<Message>(bytes).error().code(), Errc::trailing);
    bytes = good;
    bytes[0] = 0x89;
    EXPECT_EQ(from_cbor<Message>(bytes).error().code(), Errc::malformed);
    // The recipient is a string with the same bytes.
    bytes = good;
    ASSERT_EQ(bytes[2], 0x42);
    bytes[2] = 0x62;
    EXPECT_EQ(from_cbor<Message>(bytes).error().code(), Errc::malformed);
    // The gas limit is 2^63.
    bytes = *from_hex("8a004200044200001822401b80000000000000004200ea4200ea0643686169");
    EXPECT_EQ(from_cbor<Message>(bytes).error().code(), Errc::out_of_range);
    // Every version is read; the rules for blocks refuse a wrong one.
    bytes = good;
    bytes[1] = 1;
    EXPECT_EQ(from_cbor<Message>(bytes).value().version, 1U);
}

// The form since network version 18: exit code, return, gas, root of the events or null (docs/protocol/node.md §2.4).
TEST(Receipt, has_four_fields) {
    const Cid events = Cid::constant("bafy2bzacecu7n7wbtogznrtuuvf73dsz7wasgyneqasksdblxupnyovmtwxxu");
    const Receipt plain{0, {0, 1, 2, 4}, 42, std::nullopt};
    EXPECT_EQ(to_hex(to_cbor(plain)), "84004400010204182af6");
    const Receipt with_events{0, {0, 1, 2, 4}, 42, events};
    EXPECT_EQ(to_hex(to_cbor(with_events)), "84004400010204182ad82a582700" + to_hex(events.bytes()));
    for (const auto& receipt : {plain, with_events}) EXPECT_EQ(from_cbor<Receipt>(to_cbor(receipt)).value(), receipt);
    // The older form has three fields and is not read.
    EXPECT_EQ(from_cbor<Receipt>(*from_hex("83004400010204182a")).error().code(), Errc::malformed);
    // An exit code has 32 bits (fvm_shared error::ExitCode).
    EXPECT_EQ(from_cbor<Receipt>(*from_hex("841b000000010000000040182af6")).error().code(), Errc::out_of_range);
}

}  // namespace strata
