// The CIDs are those of the multiformats specification, of ipld/codec-fixtures and of docs/protocol/fvm.md; the digests
// of the small inputs are those of the functions' own specifications.
#include <strata/ipld/cid.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata {
namespace {

Errc parse_error(std::string_view text) {
    const auto cid = Cid::parse(text);
    return cid ? Errc::internal : cid.error().code();
}
Errc bytes_error(std::string_view hex) {
    const auto cid = Cid::from_bytes(*from_hex(hex));
    return cid ? Errc::internal : cid.error().code();
}

}  // namespace

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

// The example of the CID specification, in its two versions: the same content has CIDs of both.
TEST(Cid, a_text_may_be_in_any_base) {
    const Cid cid = Cid::constant("zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA");
    EXPECT_EQ(cid.version(), 1U);
    EXPECT_EQ(cid.codec(), Codec::raw);
    EXPECT_EQ(cid.hash(), HashCode::sha2_256);
    EXPECT_EQ(to_hex(cid.digest()), "6e6ff7950a36187a801613426e858dce686cd7d7e3c0fc42ee0330072d245c95");
    EXPECT_EQ(cid.to_string(), "bafkreidon73zkcrwdb5iafqtijxildoonbwnpv7dyd6ef3qdgads2jc4su");
    for (const char base : {'f', 'F', 'b', 'B', 'k', 'z', 'm', 'u'})
        EXPECT_EQ(Cid::parse(multibase_encode(base, cid.bytes()).value()).value(), cid) << base;
}

TEST(Cid, refuses_what_is_not_one_cid) {
    EXPECT_EQ(Cid::from_bytes({}).error().code(), Errc::truncated);
    EXPECT_EQ(bytes_error("017112"), Errc::truncated);
    EXPECT_EQ(bytes_error("02711200"), Errc::malformed);
    EXPECT_EQ(bytes_error("03711200"), Errc::malformed) << "the versions 2 and 3 are reserved";
    EXPECT_EQ(bytes_error("0155000100ff"), Errc::trailing);
    EXPECT_EQ(bytes_error("015500020f"), Errc::truncated) << "the digest is cut";
    EXPECT_EQ(bytes_error("01d5000000"), Errc::non_canonical) << "the codec is not in its shortest form";
    EXPECT_EQ(bytes_error("1220" + std::string(62, 'a')), Errc::truncated) << "version 0 with 31 bytes";
    EXPECT_EQ(bytes_error("1220" + std::string(66, 'a')), Errc::trailing);
    EXPECT_EQ(bytes_error("1120" + std::string(64, 'a')), Errc::malformed) << "version 0 is sha2-256 only";
    EXPECT_FALSE(Cid::parse("").has_value());
    EXPECT_FALSE(Cid::parse("b!").has_value());
    EXPECT_FALSE(Cid::parse("b").has_value());
    EXPECT_EQ(parse_error("~afy2bzace"), Errc::unsupported);
    // A version 0 has no multibase prefix, and is base58btc only (CID specification, "Decoding Algorithm").
    EXPECT_EQ(parse_error("zQmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"), Errc::malformed);
    EXPECT_NE(parse_error("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N"), Errc::internal);
    EXPECT_NE(parse_error("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA30n"), Errc::internal);
}

// A CID ends where its digest does, so several may follow each other, as in a tipset's key.
TEST(Cid, is_taken_from_the_front) {
    const Cid v1 = Cid::constant("bafkqabiaaebagba"),
              v0 = Cid::constant("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
    Bytes bytes = to_bytes(v1.bytes());
    append(bytes, v0.bytes());
    append(bytes, v1.bytes());
    BytesView rest = bytes;
    EXPECT_EQ(Cid::take(rest).value(), v1);
    EXPECT_EQ(Cid::take(rest).value(), v0);
    EXPECT_EQ(Cid::take(rest).value(), v1);
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(Cid::take(rest).error().code(), Errc::truncated);
}

// An identity CID carries its block; this one is of ipld/codec-fixtures (the five bytes 0 to 4).
TEST(Cid, the_identity_hash_is_the_block) {
    const Cid cid = Cid::constant("bafkqabiaaebagba");
    EXPECT_EQ(cid.hash(), HashCode::identity);
    EXPECT_EQ(to_bytes(cid.digest()), (Bytes{0, 1, 2, 3, 4}));
    EXPECT_TRUE(*cid.matches(Bytes{0, 1, 2, 3, 4}));
    EXPECT_FALSE(*cid.matches(Bytes{0, 1, 2, 3}));
}

// The digests of the string "abc": FIPS 180-4, RFC 7693 (BLAKE2b-512), the RIPEMD-160 page, and Keccak's and BLAKE2's
// known answers.
TEST(Cid, checks_a_block_with_every_known_function) {
    struct Row {
        HashCode hash;
        std::string_view digest;
    };
    const auto abc = as_bytes(std::string_view("abc"));
    for (const auto& [hash, digest] : {
             Row{HashCode::sha2_256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
             Row{HashCode::sha2_512,
                 "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
             Row{HashCode::keccak_256, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
             Row{HashCode::ripemd_160, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
             Row{HashCode::blake2b_256, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
             Row{HashCode::blake2b_512,
                 "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                 "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"},
         }) {
        const Cid cid = Cid::v1(Codec::raw, hash, *from_hex(digest));
        EXPECT_TRUE(cid.matches(abc).value()) << digest;
        EXPECT_FALSE(cid.matches({}).value()) << digest;
        EXPECT_EQ(cid.hash(), hash);
    }
    for (const auto hash : {HashCode::sha2_256_trunc254_padded, HashCode::poseidon_bls12_381_a2_fc1, HashCode{0x11}})
        EXPECT_EQ(Cid::v1(Codec::raw, hash, Bytes(32)).matches(abc).error().code(), Errc::unsupported);
}

// CIDs up to 100 bytes pass the syscalls of ref-fvm; ours hold up to 120.
TEST(Cid, long_ones_are_refused) {
    EXPECT_TRUE(Cid::from_bytes(Cid::v1(Codec::raw, HashCode::identity, Bytes(116)).bytes()));
    Bytes bytes{0x01, 0x55, 0x00, 117};
    bytes.resize(4 + 117);
    EXPECT_EQ(Cid::from_bytes(bytes).error().code(), Errc::too_large);
    EXPECT_EQ(parse_error(multibase_encode('b', bytes).value()), Errc::too_large);
}

TEST(Cid, the_undefined_one_has_no_bytes) {
    EXPECT_FALSE(Cid().defined());
    EXPECT_EQ(Cid().to_string(), "(undefined CID)");
    EXPECT_LT(Cid(), Cid::constant("bafkqaaa"));
    EXPECT_EQ(CidHash{}(Cid()), 0U);
    const Cid a = Cid::hash_of(Codec::raw, Bytes{1}), b = Cid::hash_of(Codec::raw, Bytes{2});
    EXPECT_NE(CidHash{}(a), CidHash{}(b));
    EXPECT_EQ(CidHash{}(a), CidHash{}(Cid::parse(a.to_string()).value()));
}

}  // namespace strata
