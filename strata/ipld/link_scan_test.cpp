// Protects the search for links in CBOR of other programs. Expected links are those that links_of() finds wherever the
// block is strict DAG-CBOR; blocks in other encodings are written by hand (RFC 8949 §3).
#include <strata/ipld/link_scan.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/ipld/cbor.hpp>
#include <strata/ipld/dag.hpp>

namespace strata {
namespace {

std::vector<Cid> scanned(BytesView block) {
    std::vector<Cid> out;
    EXPECT_TRUE(scan_links(block, out).has_value());
    return out;
}
Errc refusal(BytesView block) {
    std::vector<Cid> out;
    const auto done = scan_links(block, out);
    return done ? Errc::internal : done.error().code();
}

TEST(LinkScan, finds_what_a_strict_reader_finds) {
    const Cid a = Cid::hash_of(Codec::dag_cbor, as_bytes("a"));
    const Cid b = Cid::hash_of(Codec::raw, as_bytes("b"));
    CborWriter w;
    w.array(4);
    w.link(a);
    w.text("d82a");
    w.map(1);
    w.text("k");
    w.link(b);
    w.link(a);
    EXPECT_EQ(scanned(w.view()), (std::vector{a, b, a}));
    EXPECT_EQ(scanned(w.view()), links_of(Codec::dag_cbor, w.view()).value());
}

TEST(LinkScan, reads_what_is_not_strict) {
    const Cid a = Cid::hash_of(Codec::dag_cbor, as_bytes("a"));
    // An array of indefinite length, with a number that is not in its shortest form before the link.
    Bytes block = from_hex("9f1900015f4101ff").value();
    append(block, from_hex("d82a590027"
                           "00")
                      .value());
    append(block, a.bytes());
    block.push_back(0xff);
    EXPECT_EQ(scanned(block), std::vector{a});
    EXPECT_EQ(scanned({}), std::vector<Cid>());
    EXPECT_EQ(scanned(Bytes(100'000, 0x81)), std::vector<Cid>()) << "depth costs nothing";
}

TEST(LinkScan, refuses_what_ends_early_or_is_not_a_cid) {
    EXPECT_EQ(refusal(from_hex("58ff00").value()), Errc::truncated);
    EXPECT_EQ(refusal(from_hex("19").value()), Errc::truncated);
    EXPECT_EQ(refusal(from_hex("1c").value()), Errc::malformed);
    EXPECT_EQ(refusal(from_hex("d82a01").value()), Errc::malformed);
    EXPECT_EQ(refusal(from_hex("d82a4101").value()), Errc::malformed);
    EXPECT_FALSE(scan_links(from_hex("d82a420001").value(), *std::make_unique<std::vector<Cid>>()));
}

}  // namespace
}  // namespace strata
