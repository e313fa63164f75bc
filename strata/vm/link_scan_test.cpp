// The cases come from the tests in ref-fvm fvm/src/ipld/mod.rs and from the rules in fvm/src/ipld/cbor.rs.
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/vm/link_scan.hpp>

namespace strata::vm {
namespace {

// Returns the block [0, link, 1], which the tests of the reference use too.
Bytes triple(const Cid& link) {
    CborWriter w;
    w.array(3);
    w.uint(0);
    w.link(link);
    w.uint(1);
    return w.take();
}

const Cid kLink = Cid::hash_of(Codec::raw, as_bytes("foobar"));

Cid inlined(Codec codec, BytesView data) {
    return Cid::v1(codec, HashCode::identity, data);
}

TEST(LinkScan, CountsFieldsAndLinksLikeTheReference) {
    const auto scan = scan_links(Codec::dag_cbor, triple(kLink));
    EXPECT_FALSE(scan.failure);
    EXPECT_EQ(scan.links, std::vector<Cid>{kLink});
    EXPECT_EQ(scan.fields, 4U);
    EXPECT_EQ(scan.cids, 1U);
}

TEST(LinkScan, OtherCodecsAreNotRead) {
    for (const auto codec : {Codec::cbor, Codec::raw}) {
        const auto scan = scan_links(codec, triple(kLink));
        EXPECT_FALSE(scan.failure);
        EXPECT_TRUE(scan.links.empty());
        EXPECT_EQ(scan.fields, 0U);
    }
}

TEST(LinkScan, InlineBlocksAreReadInPlace) {
    const auto scan = scan_links(Codec::dag_cbor, triple(inlined(Codec::dag_cbor, triple(kLink))));
    EXPECT_FALSE(scan.failure);
    EXPECT_EQ(scan.links, std::vector<Cid>{kLink});
    EXPECT_EQ(scan.fields, 8U);
    EXPECT_EQ(scan.cids, 2U);
    EXPECT_TRUE(scan_links(Codec::dag_cbor, triple(inlined(Codec::raw, Bytes{0xff}))).links.empty());
}

TEST(LinkScan, CommitmentsAreIgnored) {
    const Cid piece = Cid::v1(Codec::commitment_unsealed, HashCode::blake2b_256, kLink.digest());
    const auto scan = scan_links(Codec::dag_cbor, triple(piece));
    EXPECT_FALSE(scan.failure);
    EXPECT_TRUE(scan.links.empty());
    EXPECT_EQ(scan.fields, 4U);
    EXPECT_EQ(scan.cids, 1U);
}

TEST(LinkScan, LinksThatStateMustNotHoldAreNotFound) {
    const Cid codec = Cid::v1(Codec::dag_pb, HashCode::blake2b_256, kLink.digest());
    EXPECT_EQ(scan_links(Codec::dag_cbor, triple(codec)).failure, ErrorNumber::not_found);
    const Cid hash = Cid::v1(Codec::dag_cbor, HashCode::sha2_256, kLink.digest());
    EXPECT_EQ(scan_links(Codec::dag_cbor, triple(hash)).failure, ErrorNumber::not_found);
    const Cid length = Cid::v1(Codec::dag_cbor, HashCode::blake2b_256, kLink.digest().first(20));
    EXPECT_EQ(scan_links(Codec::dag_cbor, triple(length)).failure, ErrorNumber::not_found);
    // A Cid of the reference has room for a digest of 64 bytes.
    EXPECT_EQ(scan_links(Codec::dag_cbor, triple(inlined(Codec::raw, Bytes(65)))).failure, ErrorNumber::serialization);
    EXPECT_FALSE(scan_links(Codec::dag_cbor, triple(inlined(Codec::raw, Bytes(64)))).failure);
}

struct Broken {
    const char* hex;
    std::size_t fields;
    std::size_t cids;
};

// Fields read before the failure count: the reference charges field by field.
TEST(LinkScan, AFailedScanTellsWhatItRead) {
    const Broken cases[] = {
        {"", 1, 0},                      // no field
        {"1c", 1, 0},                    // a reserved length
        {"8201", 3, 0},                  // two items are announced, one exists
        {"8301", 3, 0},                  // three items are announced, one exists
        {"9affffffff01", 3, 0},          // more items are announced than there are bytes
        {"bbffffffffffffffff01", 1, 0},  // the number of items overflows
        {"0101", 1, 0},                  // a byte after the item
        {"820142", 3, 0},                // a string that ends early
        {"8201d82a", 3, 1},              // a link without a byte string
        {"d82a4101", 1, 1},              // a link that does not begin with 0
        {"d82a4100", 1, 1},              // an empty link
    };
    for (const auto& [hex, fields, cids] : cases) {
        const auto scan = scan_links(Codec::dag_cbor, from_hex(hex).value());
        EXPECT_EQ(scan.failure, ErrorNumber::serialization) << hex;
        EXPECT_EQ(scan.fields, fields) << hex;
        EXPECT_EQ(scan.cids, cids) << hex;
    }
}

// These are not canonical CBOR, but the reference accepts them: it reads heads and lengths only.
TEST(LinkScan, IsMoreLenientThanTheDecoder) {
    for (const auto* hex : {"1801", "fb7ff8000000000000", "f7", "a2010201", "c001", "61ff"}) {
        const auto scan = scan_links(Codec::dag_cbor, from_hex(hex).value());
        EXPECT_EQ(scan.failure.has_value(), std::string_view(hex) == "a2010201")
            << hex;  // its second pair is incomplete
    }
}

}  // namespace
}  // namespace strata::vm
