// The expected values come from lotus chain/types/message_test.go, and from messages of a chain that Lotus made
// (vectors/lotus-devnet, chain.car): their CIDs are those under which Lotus stored them.
#include <strata/types/message.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

struct Recorded {
    std::string_view cid;
    std::string_view cbor;
    Signature::Type type;
    std::string_view from;
};
constexpr Recorded kRecorded[] = {
    {"bafy2bzaceaxqr5pvi2k5cg6y2vcoln2natia7ogenw6omh3gdfqongo4xy3co",
     "828a005501b53cfc60418a5ac8160be5227ddc26e8a203b7af5501b53cfc60418a5ac8160be5227ddc26e8a203b7af1827401a001e848045"
     "003b9aca004400030d4000405842011a4b7d119301f449907b21db46c279e610e99c993d8c07751cd6cf815826a695431e8bd722bdd9a4a4"
     "de15f4465eea9f3807441ed320307720349d6bdaec3c1b00",
     Signature::Type::secp256k1, "t1wu6pyycbrjnmqfql4urh3xbg5craho3px2onv4q"},
    {"bafy2bzacecsxxhoczwxerehxpnlmsnicdsewbfucf3uv6c7knlsm5fw4cf4qq",
     "828a0056040ae4b24057cbe136b30def56b34090138ce8440cb256040aa0feabdb12a7c08bfa6bb4955c47a65a2d69d67307401a01c9c380"
     "45007735940044000f42401ae525aa1558265824a60a07b20000000000000000000000000000000000000000000000000000000000000005"
     "58420342727145e6da73f6c027dc1ea528f130b84580355c56738df9a21f658c28b0eb285ca10d22533f505865ed869ee63ccb6dc7298fd8"
     "5664863e2ea453c20c212f00",
     Signature::Type::delegated, ""},
};

}  // namespace

TEST(SignedMessage, recorded_ones_have_the_cids_of_lotus) {
    for (const auto& row : kRecorded) {
        const Bytes bytes = *from_hex(row.cbor);
        const auto message = from_cbor<SignedMessage>(bytes);
        ASSERT_TRUE(message) << message.error().message();
        EXPECT_EQ(to_cbor(*message), bytes);
        EXPECT_EQ(message->cid().to_string(), row.cid);
        EXPECT_EQ(message->signature.type, row.type);
        EXPECT_EQ(message->chain_length(), bytes.size()) << "inclusion bills the signature too";
    }
}

// docs/protocol/node.md §2.3: a BLS signature is aggregated, so neither the CID nor the billed length contains it.
TEST(SignedMessage, with_a_bls_signature_it_is_named_and_billed_without_it) {
    auto message = from_cbor<SignedMessage>(*from_hex(kRecorded[0].cbor)).value();
    message.signature = {Signature::Type::bls, Bytes(96)};
    EXPECT_EQ(message.cid(), message.message.cid());
    EXPECT_EQ(message.chain_length(), to_cbor(message.message).size());
    EXPECT_LT(message.chain_length(), to_cbor(message).size());
}

// Lotus' TestSignedMessageJson, whose signature has type 0 and no data.
TEST(SignedMessage, the_cid_covers_an_empty_signature) {
    SignedMessage message;
    message.message.to = Address::id(4);
    message.message.from = Address::id(0);
    message.message.nonce = 34;
    message.message.gas_limit = 123;
    message.message.gas_fee_cap = 234;
    message.message.gas_premium = 234;
    message.message.method = 6;
    message.message.params = {'h', 'a', 'i'};
    EXPECT_EQ(message.message.cid().to_string(), "bafy2bzaced5rdpz57e64sc7mdwjn3blicglhpialnrph2dlbufhf6iha63dmc");
    EXPECT_EQ(message.cid().to_string(), "bafy2bzacea5ainifngxj3rygaw2hppnyz2cw72x5pysqty2x6dxmjs5qg2uus");
    // Such a signature is not read again: its type is unknown (go-state-types crypto UnmarshalCBOR).
    EXPECT_EQ(from_cbor<SignedMessage>(to_cbor(message)).error().code(), Errc::malformed);
}

// The CID of the empty lists, which every Lotus block without messages has (vectors/lotus-devnet, tipsets.jsonl).
TEST(MsgMeta, of_two_empty_lists) {
    const Cid empty = Cid::constant("bafy2bzacedswlcz5ddgqnyo3sak3jmhmkxashisnlpq6ujgyhe4mlobzpnhs6");
    EXPECT_EQ(Cid::hash_of(Codec::dag_cbor, to_cbor(MsgMeta{empty, empty})).to_string(),
              "bafy2bzacecmda75ovposbdateg7eyhwij65zklgyijgcjwynlklmqazpwlhba");
    EXPECT_FALSE(from_cbor<MsgMeta>(Bytes{0x82, 0xf6, 0xf6}));
}

}  // namespace strata
