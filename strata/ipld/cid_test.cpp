#include <strata/ipld/cid.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata {

TEST(Cid, of_the_empty_array_is_the_protocols_constant) {
    const Cid cid = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    EXPECT_EQ(cid.to_string(),
              "bafy2bzacebc3bt6cedhoyw34drrmjvazhu4oj25er2ebk4u445pzycvq4ta4a");  // docs/protocol/fvm.md §1.3
    EXPECT_EQ(*Cid::parse(cid.to_string()), cid);
    EXPECT_EQ(*Cid::from_bytes(cid.bytes()), cid);
    EXPECT_EQ(cid.codec(), Codec::dag_cbor);
    EXPECT_EQ(cid.hash(), HashCode::blake2b_256);
    EXPECT_TRUE(*cid.matches(Bytes{0x80}));
    EXPECT_FALSE(*cid.matches(Bytes{0x81}));
}

TEST(Cid, reads_version_0) {
    // This is the CID of the empty UnixFS directory, known to every IPFS node.
    const Cid cid = *Cid::parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
    EXPECT_EQ(cid.version(), 0U);
    EXPECT_EQ(cid.codec(), Codec::dag_pb);
    EXPECT_EQ(cid.to_string(), "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
    EXPECT_TRUE(*cid.matches(*from_hex("0a020801")));
}

TEST(Cid, refuses_what_is_not_one_cid) {
    EXPECT_EQ(Cid::from_bytes({}).error().code(), Errc::truncated);
    EXPECT_EQ(Cid::from_bytes(*from_hex("017112")).error().code(), Errc::truncated);
    EXPECT_EQ(Cid::from_bytes(*from_hex("02711200")).error().code(), Errc::malformed);
    EXPECT_EQ(Cid::from_bytes(*from_hex("0155000100ff")).error().code(), Errc::trailing);
    EXPECT_FALSE(Cid::parse("").has_value());
    EXPECT_FALSE(Cid::parse("b!").has_value());
    EXPECT_EQ(multibase_decode("~abc").error().code(), Errc::unsupported);
}

}  // namespace strata
