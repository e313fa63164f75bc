// The expected values come from lotus chain/types/blockheader_test.go, blockmsg_test.go and tipset_key_test.go, and
// from filecoin-project/serialization-vectors.
#include <strata/types/block_header.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

const Cid kLink = Cid::constant("bafy2bzaceaxyj7xq27gc2747adjcirpxx52tt7owqx6z6kckun7tqivvoym4y");

// The header of Lotus' TestInteropBH.
BlockHeader interop_header() {
    BlockHeader header;
    header.miner = Address::parse("f12bglcubbx5v5aayhhv46ei4njzq7dljc7ujevsi").value();
    header.ticket = Ticket{{1, 2, 3}};
    header.election_proof = ElectionProof{0, {0x0a, 0x0b}};
    header.beacon_entries = {{5, {0x0c}}};
    header.win_post_proof = {{RegisteredPoStProof{0}, {0x07}}};
    header.parents = {kLink};
    header.parent_weight = 1000;
    header.height = 2;
    header.parent_state_root = header.parent_message_receipts = header.messages = kLink;
    header.bls_aggregate = Signature{};
    header.timestamp = 1;
    header.block_sig = Signature{Signature::Type::bls, {3}};
    header.fork_signaling = 3;
    header.parent_base_fee = 1'000'000'000;
    return header;
}

constexpr std::string_view kInteropSigned =
    "905501d04cb15021bf6bd003073d79e2238d4e61f1ad2281430102038200420a0b818205410c818200410781d82a5827000171a0e40220"
    "2f84fef0d7cc2d7f9f00d22445f7bf7539fdd685fd9f284aa37f3822b57619cc430003e802d82a5827000171a0e402202f84fef0d7cc2d"
    "7f9f00d22445f7bf7539fdd685fd9f284aa37f3822b57619ccd82a5827000171a0e402202f84fef0d7cc2d7f9f00d22445f7bf7539fdd6"
    "85fd9f284aa37f3822b57619ccd82a5827000171a0e402202f84fef0d7cc2d7f9f00d22445f7bf7539fdd685fd9f284aa37f3822b57619"
    "cc410001f60345003b9aca00";

// serialization-vectors block_headers.json, the second header: epoch 2 of a network of 2020.
constexpr std::string_view kRecorded =
    "904300e8078158608a1df059c8614abc722320d93a2790c9a834212d0de41ec1aa6e348a5a98383718daa1b6c9a29a3acca439642a6564"
    "1c0395282c0ee647d7f3139b4ec72cce14ec58b59bf3c0ccb682756c5921b3e0486f0d2014526e419e2ace023a4eb49015820158609616"
    "12004c3e65a31208acc16e97b34b7553583a2186fc7d59d5bd0ca5a4ef421e4f2c0b931e1e815503bab63a3d9a6b1505ae9390f654e68e"
    "242d4f042e36020a14f11565d46dfcd5737988d1faec234ac203efa3511db46bcaa488ca3c16938182025820fee90546920fec9b2f4a3d"
    "22a8d3a47695967d222f79b0a6ecce36838348f7fc8182004b76616c69642070726f6f6682d82a5827000171a0e40220aba1b644dfd7e7"
    "eaf63c010f6e779b09f38be04a8c0b5256c66059986ca1e259d82a5827000171a0e402208e5a67b61a5359fb29af0ead6fc02579c22caf"
    "959f463272a19da6f00a7aa0074300228002d82a5827000171a0e40220d3ddbe7ced9102c79fb3b5e11301abb2df290aa75d8066fae27c"
    "7449a20faa6fd82a5827000171a0e402205c89f45eb72deb240bc9c57c51e657a66841de813032f04ff7c2013985bdb52ed82a58270001"
    "71a0e402207e947f467e717ae8ab80fcdfb05bb6e31bedb9d34bea28f947589d331b507460586102c00000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000001a5f2c5457586102b1d04e020ad25b606f79a39e7c9f22b941800692b3"
    "c9612c83011fa57ed34d97b027cf76ea4b738bb677ef0efcb3eab31394680ded62b7c10408e8a018bb7a0b26227cf3fce4325ae2750fa3"
    "bd7d242b91a38aba100f9635629807f6e95d127000450004d3021c";
constexpr std::string_view kRecordedCid = "bafy2bzacedz3z6yc345weqkzfipzfwfcs5w6eslk34x34vffil2uhvgouybzs";

Cid cid_of_text(std::string_view text) {
    return Cid::hash_of(Codec::dag_cbor, as_bytes(text));
}

}  // namespace

TEST(BlockHeader, the_signed_bytes_are_those_of_lotus) {
    auto header = interop_header();
    EXPECT_EQ(to_hex(header.signing_bytes()), kInteropSigned);
    // The signature is not part of what it signs, and signing changes nothing.
    header.block_sig.reset();
    EXPECT_EQ(to_hex(header.signing_bytes()), kInteropSigned);
    EXPECT_EQ(to_hex(to_cbor(header)), kInteropSigned);
    EXPECT_NE(interop_header().cid(), header.cid()) << "the CID covers the signature";
}

TEST(BlockHeader, a_recorded_one_is_read_and_written) {
    const Bytes bytes = *from_hex(kRecorded);
    const auto header = from_cbor<BlockHeader>(bytes);
    ASSERT_TRUE(header) << header.error().message();
    EXPECT_EQ(to_cbor(*header), bytes);
    EXPECT_EQ(header->cid().to_string(), kRecordedCid);
    EXPECT_EQ(header->miner, Address::id(1000));
    EXPECT_EQ(header->height, 2);
    EXPECT_EQ(header->parent_weight, BigInt(8'832));
    EXPECT_EQ(header->parent_base_fee, BigInt(80'937'500));
    EXPECT_EQ(header->timestamp, 1'596'740'695U);
    ASSERT_EQ(header->parents.size(), 2U);
    EXPECT_EQ(header->parents[1].to_string(), "bafy2bzacechfuz5wdjjvt6zjv4hk236aev44elfpswpummtsugo2n4akpkqao");
    EXPECT_EQ(header->messages.to_string(), "bafy2bzaceb7ji72gpzyxv2flqd6n7mc3w3rrx3nz2nf6ukhzi5mj2my3kb2ga");
    ASSERT_EQ(header->win_post_proof.size(), 1U);
    EXPECT_EQ(as_text(header->win_post_proof[0].bytes), "valid proof");
    EXPECT_EQ(header->election_proof->win_count, 1);
    EXPECT_EQ(header->beacon_entries.at(0).round, 2U);
    EXPECT_EQ(header->block_sig->type, Signature::Type::bls);
}

// A header is refused if it is cut off, if bytes follow it, or if it does not have 16 fields (cbor-gen).
TEST(BlockHeader, cut_and_longer_bytes_are_refused) {
    const Bytes bytes = *from_hex(kRecorded);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(from_cbor<BlockHeader>(BytesView(bytes).first(size))) << size;
    Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_EQ(from_cbor<BlockHeader>(longer).error().code(), Errc::trailing);
    Bytes shorter = bytes;
    shorter[0] = 0x8f;
    EXPECT_EQ(from_cbor<BlockHeader>(shorter).error().code(), Errc::malformed);
}

// A nil pointer of Go is null in CBOR (docs/protocol/node.md §1). The rules for blocks refuse such a header later.
TEST(BlockHeader, ticket_election_and_signatures_may_be_null) {
    auto header = interop_header();
    header.ticket.reset();
    header.election_proof.reset();
    header.bls_aggregate.reset();
    header.block_sig.reset();
    const auto read = from_cbor<BlockHeader>(to_cbor(header));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, header);
    EXPECT_FALSE(read->ticket);
    EXPECT_FALSE(read->block_sig);
}

// Lotus' TestDecodeBlockMsg: no bytes may follow, and both lists must be present.
TEST(BlockMsg, has_a_header_and_two_lists) {
    Bytes bytes{0x83};
    append(bytes, *from_hex(kRecorded));
    EXPECT_FALSE(from_cbor<BlockMsg>(bytes));
    bytes.push_back(0x80);
    EXPECT_EQ(from_cbor<BlockMsg>(bytes).error().code(), Errc::truncated);
    bytes.push_back(0x80);
    const auto read = from_cbor<BlockMsg>(bytes);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->header.cid().to_string(), kRecordedCid);
    EXPECT_TRUE(read->bls_messages.empty());
    bytes.push_back(0x20);
    EXPECT_EQ(from_cbor<BlockMsg>(bytes).error().code(), Errc::trailing);
}

// Lotus' TestTipSetKey. Its CIDs are hashes of the strings a, b and c.
TEST(TipsetKey, is_the_list_of_its_cids) {
    const Cid a = cid_of_text("a"), b = cid_of_text("b"), c = cid_of_text("c");
    ASSERT_EQ(a.to_string(), "bafy2bzacecesrkxghscnq7vatble2hqdvwat6ed23vdu4vvo3uuggsoaya7ki");
    EXPECT_TRUE(TipsetKey().empty());
    EXPECT_EQ(TipsetKey(), TipsetKey(std::vector<Cid>{}));
    EXPECT_EQ(TipsetKey({a, b, c}), TipsetKey({a, b, c}));
    EXPECT_NE(TipsetKey({a}), TipsetKey());
    EXPECT_NE(TipsetKey({a, b}), TipsetKey({b, a})) << "a key does not sort its CIDs";
    EXPECT_EQ(TipsetKey({a, a}).cids().size(), 2U) << "nor does it remove repeats";
    EXPECT_EQ(TipsetKey({b, c}).to_string(),
              "{bafy2bzacebxfyh2fzoxrt6kcgc5dkaodpcstgwxxdizrww225vrhsizsfcg4g,"
              "bafy2bzacedwviarjtjraqakob5pslltmuo5n3xev3nt5zylezofkbbv5jclyu}");
}

TEST(TipsetKey, bytes_lead_back_to_it) {
    const Cid a = cid_of_text("a"), b = cid_of_text("b"), c = cid_of_text("c");
    for (const auto& key : {TipsetKey(), TipsetKey({a}), TipsetKey({a, b, c})})
        EXPECT_EQ(TipsetKey::from_bytes(key.bytes()).value(), key) << key.to_string();
    const Bytes bytes = TipsetKey({a}).bytes();
    ASSERT_EQ(bytes.size(), 38U);
    EXPECT_EQ(TipsetKey::from_bytes(BytesView(bytes).subspan(1)).error().code(), Errc::malformed);
    EXPECT_EQ(TipsetKey::from_bytes(BytesView(bytes).first(37)).error().code(), Errc::truncated);
}

}  // namespace strata
