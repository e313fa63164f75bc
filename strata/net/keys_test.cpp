// Protects keys and peer identifiers. Expected values: the test vectors of libp2p/specs peer-ids/peer-ids.md, and
// go-libp2p's core/crypto/test_data (keys and signatures of the message "Libp2p is the _best_!").
#include <strata/net/keys.hpp>

#include <gtest/gtest.h>

#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/protobuf.hpp>
#include <strata/net/peer_id.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::net {
namespace {

Bytes hex(std::string_view text) {
    return from_hex(text).value();
}

constexpr std::string_view kMessage = "Libp2p is the _best_!";
constexpr std::string_view kEd25519Private =
    "080112407e0830617c4a7de83925dfb2694556b12936c477a0e1feb2e148ec9da60fee7d"
    "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
constexpr std::string_view kEd25519Public = "080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
constexpr std::string_view kSecpPrivate = "0802122053dadf1d5a164d6b4acdb15e24aa4c5b1d3461bdbd42abedb0a4404d56ced8fb";
constexpr std::string_view kSecpPublic = "08021221037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99";
constexpr std::string_view kEcdsaPrivate =
    "08031279307702010104203e5b1fe9712e6c314942a750bd67485de3c1efe85b1bfb520ae8f9ae3dfa4a4ca00a06082a8648ce3d030107"
    "a14403420004de3d300fa36ae0e8f5d530899d83abab44abf3161f162a4bc901d8e6ecda020e8b6d5f8da30525e71d6851510c098e5c47"
    "c646a597fb4dcec034e9f77c409e62";
constexpr std::string_view kEcdsaPublic =
    "0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004de3d300fa36ae0e8f5d530899d83abab44abf3161f162a4b"
    "c901d8e6ecda020e8b6d5f8da30525e71d6851510c098e5c47c646a597fb4dcec034e9f77c409e62";
// 4,096 bits, of the specification.
constexpr std::string_view kRsaPublic =
    "080012a60430820222300d06092a864886f70d01010105000382020f003082020a0282020100e1beab071d08200bde24"
    "eef00d049449b07770ff9910257b2d7d5dda242ce8f0e2f12e1af4b32d9efd2c090f66b0f29986dbb645dae988008970"
    "4a94e5066d594162ae6ee8892e6ec70701db0a6c445c04778eb3de1293aa1a23c3825b85c6620a2bc3f82f9b0c309bc0"
    "ab3aeb1873282bebd3da03c33e76c21e9beb172fd44c9e43be32e2c99827033cf8d0f0c606f4579326c930eb4e854395"
    "ad941256542c793902185153c474bed109d6ff5141ebf9cd256cf58893a37f83729f97e7cb435ec679d2e33901d27bb3"
    "5aa0d7e20561da08885ef0abbf8e2fb48d6a5487047a9ecb1ad41fa7ed84f6e3e8ecd5d98b3982d2a901b4454991766d"
    "a295ab78822add5612a2df83bcee814cf50973e80d7ef38111b1bd87da2ae92438a2c8cbcc70b31ee319939a3b9c761d"
    "bc13b5c086d6b64bf7ae7dacc14622375d92a8ff9af7eb962162bbddebf90acb32adb5e4e4029f1c96019949ecfbfeff"
    "d7ac1e3fbcc6b6168c34be3d5a2e5999fcbb39bba7adbca78eab09b9bc39f7fa4b93411f4cc175e70c0a083e96bfaefb"
    "04a9580b4753c1738a6a760ae1afd851a1a4bdad231cf56e9284d832483df215a46c1c21bdf0c6cfe951c18f1ee4078c"
    "79c13d63edb6e14feaeffabc90ad317e4875fe648101b0864097e998f0ca3025ef9638cd2b0caecd3770ab54a1d9c6ca"
    "959b0f5dcbc90caeefc4135baca6fd475224269bbe1b0203010001";
// 2,048 bits, of go-libp2p.
constexpr std::string_view kGoRsaPublic =
    "080012a60230820122300d06092a864886f70d01010105000382010f003082010a0282010100f2b75b418c28ed7aabfe"
    "17e90dfb93c13f2ec6381d072f862fb75808b96d227eef2083d31f4a78069f85ad6a8c73896ea385a386430d1cc09a90"
    "a230f00911515c5538c4b62d897fc665df1150456aec75cdb2310c88f2079c82f56a79375c79e4f840f0eb15213f1972"
    "d6a248d684453ce5d3e3ec091f38c2f95c3ab5a1dfb603a9f955ebd9a75814ec5b725bb8882b047dbbae000ad88a5236"
    "596ad800c4ccfae3c74d69f8c665741d47972213dd4fdc83d39bab7ccce49f65e2dee7c76cd79c3500aafe7207ad41d8"
    "43d89ac11e6653b872dfb2c5d790ec4eb6d954aa6e14a55463659edf0a2513c0aad9b8349f259a9b605b3d71dec43b69"
    "ee6be851a7530203010001";
constexpr std::string_view kGoRsaSignature =
    "6e111325f710ad394633cfd37e467e18c5137fb63d182c9b8ea34386727c833160dc010dee126ee2baf33515ff598730"
    "fbc3d3816ec5dbc626f8b17208432620f7915fbe1b6e5ace206d3fb98c3f93dab0e8c19f0c1592ed2c8a354bccd3c0d6"
    "de54747dc5e4fc234b87f7f4e0a63c7b6512ca3ca6a5a588e8639ee1820f2150fdb4bb00215e50b3227f4d1d21be8ea1"
    "e8c80eb3192749ad8cd5dc9bd2b3184015a06b8d6ffb6e0726aaa4aa7d3e7102c69a07f7340332bad47fdcfee22ba25c"
    "28233344436aba3e92c0276dcce8f2e56c44b66857591ce815d87db6e87b2b74b94812a95e85b6eeab706434d8b0687f"
    "a717594cd6a5a82024a15d1a0aedebfe";
constexpr std::string_view kGoEcdsaPublic =
    "0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004e29a8674f3614e0ccb72406bfe2137e9f8c5f7d62d137f0a"
    "2edd233e35374777fd1f9aed4d2cfa7371caafc6ef02db83b81f77cfe1bcd8c715acf0b9a2778ea9";
constexpr std::string_view kGoEcdsaSignature =
    "3046022100846a6685b9e72b560cb2fc4a75f9cbc38a90aaeaa7f3f25ee719832db7b93a65022100cd992bb7bd2bcc28c7db04987d10ad"
    "c490fe348270954f7696cb0dffff0dfc3d";
constexpr std::string_view kGoSecpPrivate = "080212203141bd606a504c44f23494d8f3174ef25b1fb9b52daa07d058be83b6e046b158";
constexpr std::string_view kGoSecpPublic = "08021221023540ad842af8a43551a94d8383a555a99226506b88f953d2e70316a3a1b3d6a2";
constexpr std::string_view kGoSecpSignature =
    "3044022031a7d633c2f3e45a16128d43751afaa8dc9ba24092c5f5b3cad2c8fe4cf388f2022049ea8d219f458683d24775d543ea8fb290"
    "704347fb35493c403bc2c259b29d9e";

TEST(Keys, private_keys_of_the_specification_give_its_public_keys) {
    for (const auto& [secret, open] : {std::pair(kEd25519Private, kEd25519Public), {kSecpPrivate, kSecpPublic}}) {
        const auto key = PrivateKey::decode(hex(secret));
        ASSERT_TRUE(key) << key.error().message();
        EXPECT_EQ(to_hex(key->public_key().encode()), open);
        EXPECT_EQ(to_hex(key->encode()), secret);
        EXPECT_TRUE(key->public_key().verify(as_bytes(kMessage), key->sign(as_bytes(kMessage))));
        EXPECT_FALSE(key->public_key().verify(as_bytes("different"), key->sign(as_bytes(kMessage))));
    }
    EXPECT_EQ(PrivateKey::decode(hex(kEcdsaPrivate)).error().code(), Errc::unsupported);
}

TEST(Keys, public_keys_of_all_types_are_read_and_written_alike) {
    for (const auto text : {kEd25519Public, kSecpPublic, kEcdsaPublic, kRsaPublic, kGoRsaPublic, kGoEcdsaPublic}) {
        const auto key = PublicKey::decode(hex(text));
        ASSERT_TRUE(key) << key.error().message();
        EXPECT_EQ(to_hex(key->encode()), text);
    }
}

TEST(Keys, signatures_made_by_go_libp2p_are_valid) {
    for (const auto& [key, signature] : {std::pair(kGoRsaPublic, kGoRsaSignature),
                                         {kGoEcdsaPublic, kGoEcdsaSignature},
                                         {kGoSecpPublic, kGoSecpSignature}}) {
        const auto parsed = PublicKey::decode(hex(key)).value();
        EXPECT_TRUE(parsed.verify(as_bytes(kMessage), hex(signature)));
        EXPECT_FALSE(parsed.verify(as_bytes("Libp2p is the _best_?"), hex(signature)));
        auto changed = hex(signature);
        changed[changed.size() / 2] ^= 1;
        EXPECT_FALSE(parsed.verify(as_bytes(kMessage), changed));
        EXPECT_FALSE(parsed.verify(as_bytes(kMessage), {}));
    }
    const auto secp = PrivateKey::decode(hex(kGoSecpPrivate)).value();
    EXPECT_EQ(to_hex(secp.sign(as_bytes(kMessage))), kGoSecpSignature) << "RFC 6979 is deterministic";
}

TEST(Keys, wrong_keys_are_refused) {
    const auto code = [](std::string_view text) { return PublicKey::decode(hex(text)).error().code(); };
    EXPECT_EQ(code(""), Errc::malformed);
    EXPECT_EQ(code("0801"), Errc::malformed) << "no data";
    EXPECT_EQ(code("12200000"), Errc::truncated);
    EXPECT_EQ(code("08041200"), Errc::unsupported) << "type 4";
    EXPECT_EQ(code("0801121f" + std::string(62, '0')), Errc::malformed) << "31 bytes of Ed25519";
    EXPECT_EQ(code("08011221" + std::string(66, '0')), Errc::malformed) << "33 bytes of Ed25519";
    EXPECT_EQ(code("0802122105" + std::string(64, '0')), Errc::malformed) << "not a point";
    EXPECT_EQ(code("08001200"), Errc::malformed);
    EXPECT_EQ(code("0803" + std::string(kGoRsaPublic.substr(4))), Errc::malformed) << "RSA bytes as ECDSA";
    // The public half of a private key that belongs to a different seed.
    auto mixed = hex(kEd25519Private);
    mixed.back() ^= 1;
    EXPECT_EQ(PrivateKey::decode(mixed).error().code(), Errc::verification);
}

// The SubjectPublicKeyInfo of an RSA key with this many bits (RFC 8017 appendix A.1.1); the modulus is odd.
Bytes rsa_key(std::size_t bits) {
    const auto der = [](std::uint8_t tag, Bytes body) {
        Bytes out{tag};
        if (body.size() >= 256) {
            out.insert(out.end(), {0x82, static_cast<std::uint8_t>(body.size() >> 8)});
        } else if (body.size() >= 128) {
            out.push_back(0x81);
        }
        out.push_back(static_cast<std::uint8_t>(body.size()));
        append(out, body);
        return out;
    };
    Bytes modulus((bits + 7) / 8, 0xff);
    if (bits % 8 != 0) modulus[0] = static_cast<std::uint8_t>((1U << (bits % 8)) - 1);
    if (modulus[0] & 0x80) modulus.insert(modulus.begin(), 0);
    Bytes both = der(0x02, modulus);
    append(both, hex("0203010001"));
    Bytes key_bits{0};
    append(key_bits, der(0x30, both));
    Bytes body = hex("300d06092a864886f70d0101010500");
    append(body, der(0x03, key_bits));
    Bytes message{0x08, 0x00};
    protobuf::put_body(message, 2, der(0x30, body));
    return message;
}

TEST(Keys, rsa_keys_have_2048_to_8192_bits) {
    EXPECT_EQ(PublicKey::decode(rsa_key(2047)).error().code(), Errc::out_of_range);
    EXPECT_TRUE(PublicKey::decode(rsa_key(2048)));
    EXPECT_TRUE(PublicKey::decode(rsa_key(8192)));
    EXPECT_EQ(PublicKey::decode(rsa_key(8193)).error().code(), Errc::out_of_range);
    EXPECT_EQ(PublicKey::decode(rsa_key(65536)).error().code(), Errc::out_of_range);
}

TEST(Keys, a_key_file_is_made_once_and_read_again) {
    const testing::TempFolder folder;
    const auto path = folder / "key";
    crypto::SeededRandom random(as_bytes("keys"));
    const auto made = load_or_create_key(path, random).value();
    EXPECT_EQ(load_or_create_key(path, random)->encode(), made.encode());
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(path).permissions(), perms::owner_read | perms::owner_write);
    ASSERT_TRUE(write_file(path, as_bytes("not a key")));
    const auto broken = load_or_create_key(path, random);
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().message().contains(path.string())) << broken.error().message();
}

TEST(PeerIds, the_examples_of_the_specification) {
    const auto cid = PeerId::parse("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe").value();
    EXPECT_EQ(cid.to_string(), "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N");
    EXPECT_EQ(PeerId::parse("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N").value(), cid);
    EXPECT_FALSE(cid.inline_key()->has_value());
    const auto inlined = PeerId::parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA").value();
    const auto key = inlined.inline_key().value();
    ASSERT_TRUE(key);
    EXPECT_EQ(key->type(), KeyType::ed25519);
    EXPECT_EQ(PeerId::of(*key), inlined);
    // go-multiaddr's multiaddr_test.go has the same peer in base36 and base32.
    EXPECT_EQ(PeerId::parse("k51qzi5uqu5dhb6l8spkdx7yxafegfkee5by8h7lmjh2ehc2sgg34z7c15vzqs").value(),
              PeerId::parse("bafzaajaiaejcalj543iwv2d7pkjt7ykvefrkfu7qjfi6sduakhso4lay6abn2d5u").value());
}

TEST(PeerIds, short_keys_are_inside_and_long_ones_are_hashed) {
    EXPECT_EQ(PeerId::of(PublicKey::decode(hex(kEd25519Public)).value()).bytes()[0], 0x00);
    EXPECT_EQ(PeerId::of(PublicKey::decode(hex(kSecpPublic)).value()).bytes().size(), 2U + 37);
    EXPECT_EQ(PeerId::of(PublicKey::decode(hex(kRsaPublic)).value()).bytes()[0], 0x12);
    EXPECT_EQ(PeerId::of(PublicKey::decode(hex(kRsaPublic)).value()).bytes().size(), 34U);
}

TEST(PeerIds, bytes_at_and_above_the_limits) {
    Bytes inlined{0x00, 42};
    inlined.resize(44);
    EXPECT_TRUE(PeerId::from_bytes(inlined));
    inlined[1] = 43;
    inlined.resize(45);
    EXPECT_EQ(PeerId::from_bytes(inlined).error().code(), Errc::malformed);
    Bytes hashed{0x12, 32};
    hashed.resize(34);
    EXPECT_TRUE(PeerId::from_bytes(hashed));
    hashed.push_back(0);
    EXPECT_EQ(PeerId::from_bytes(hashed).error().code(), Errc::malformed);
    EXPECT_EQ(PeerId::from_bytes({}).error().code(), Errc::malformed);
    EXPECT_EQ(PeerId::from_bytes(hex("0000")).error().code(), Errc::malformed);
    EXPECT_EQ(PeerId::from_bytes(hex("1301ff")).error().code(), Errc::malformed) << "sha2-512";
    // go-multiaddr's multiaddr_test.go: a sha2-256 digest of more than 32 bytes.
    EXPECT_FALSE(PeerId::parse("QmxoHT6iViN5xAjoz1VZ553cL31U9F94ht3QvWR1FrEbZY"));
    EXPECT_FALSE(PeerId::parse(""));
    EXPECT_FALSE(PeerId::parse("bafkqaaa")) << "a CID with the codec raw";
}

}  // namespace
}  // namespace strata::net
