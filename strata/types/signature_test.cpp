// The encoding is tested with the cases of go-state-types crypto/signature_test.go. The signatures come from
// filecoin-project/serialization-vectors (BLS), a chain that Lotus made (secp256k1) and EIP-155 (delegated).
#include <strata/types/signature.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/types/message.hpp>

namespace strata {
namespace {

Errc read_error(BytesView cbor) {
    const auto signature = from_cbor<Signature>(cbor);
    return signature ? Errc::internal : signature.error().code();
}

// A signature, its signer and the signed bytes.
struct Case {
    Signature signature;
    Address signer;
    Bytes data;
};

// serialization-vectors message_signing.json, the first case: the CID of a message is signed.
Case bls_case() {
    Message message;
    message.to = Address::id(99'999);
    message.from =
        Address::constant("t3sogjuub37grt2tuvvlxbiamthwxenf2dwgq6sn7gpj72c5omg7gojjplsdsovgq6g3aagwerkght3e7boqfq");
    message.nonce = 55;
    message.value = 1;
    message.gas_limit = 1'000'000;
    message.gas_fee_cap = 100;
    message.gas_premium = 1;
    EXPECT_EQ(message.cid().to_string(), "bafy2bzacedhl5cowfmp7hq2ke3irf7indry55px44cbbjthazwvpm7ktf676w");
    return {
        {Signature::Type::bls,
         *from_hex("b181d48fa37b09bf3a03ca533f2681f36cdd79e9b21ddfad654e1576c9ba6f3d8695a78b0b9b6c737497d50ec5af9a5103"
                   "981785cc78203faf0ea0d53bb6409d3a0a696799d96af6f12f9be2d1963b0a981f1f23924be4972c8d279c0ae1babe")},
        message.from,
        to_bytes(message.cid().bytes())};
}

// A message of vectors/lotus-devnet/long, which Lotus accepted.
Case secp256k1_case() {
    const auto message =
        from_cbor<SignedMessage>(
            *from_hex(
                "828a005501b53cfc60418a5ac8160be5227ddc26e8a203b7af5501b53cfc60418a5ac8160be5227ddc26e8a203b7af1827"
                "401a001e848045003b9aca004400030d4000405842011a4b7d119301f449907b21db46c279e610e99c993d8c07751cd6cf"
                "815826a695431e8bd722bdd9a4a4de15f4465eea9f3807441ed320307720349d6bdaec3c1b00"))
            .value();
    return {message.signature, message.message.from, to_bytes(message.message.cid().bytes())};
}

// The example of EIP-155: the signed RLP, r and s, and the account of the private key 0x46…46. Its v of 37 means
// the recovery bit 0 on chain 1.
Case delegated_case() {
    return {
        {Signature::Type::delegated, *from_hex("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
                                               "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d8300")},
        Address::delegated(kEamId, *from_hex("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f")),
        *from_hex("ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080")};
}

Errc verdict(const Case& what) {
    const auto verified = verify_signature(what.signature, what.signer, what.data);
    return verified ? Errc::internal : verified.error().code();
}

// fvm_shared decodes signatures of the types 1 and 2 only, of any length (shared/src/crypto/signature.rs).
TEST(ActorSignature, type_and_length_are_those_of_the_reference) {
    const auto decoded = [](Bytes bytes) { return from_cbor<ActorSignature>(to_cbor(bytes)); };
    for (const auto type : std::initializer_list<std::uint8_t>{1, 2}) {
        EXPECT_TRUE(decoded({type})) << int{type};
        Bytes longer(300, 7);
        longer[0] = type;
        const auto signature = decoded(longer);
        ASSERT_TRUE(signature) << int{type};
        EXPECT_EQ(to_cbor(*signature), to_cbor(longer));
    }
    for (const auto type : std::initializer_list<std::uint8_t>{0, 3, 4, 255})
        EXPECT_EQ(decoded({type, 1}).error().code(), Errc::malformed);
    EXPECT_EQ(decoded({}).error().code(), Errc::malformed);
    EXPECT_TRUE(from_cbor<Signature>(to_cbor(Bytes{3, 1}))) << "a message may have a delegated signature";
}

}  // namespace

TEST(SignatureCbor, is_a_type_byte_and_data) {
    const Signature secp256k1{Signature::Type::secp256k1, {1, 2, 3, 4}};
    EXPECT_EQ(to_hex(to_cbor(secp256k1)), "450101020304");
    EXPECT_EQ(from_cbor<Signature>(to_cbor(secp256k1)).value(), secp256k1);
    const Signature bls{Signature::Type::bls, {5, 6, 7, 8}};
    EXPECT_EQ(from_cbor<Signature>(to_cbor(bls)).value(), bls);
    EXPECT_NE(secp256k1, (Signature{Signature::Type::bls, {1, 2, 3, 4}}));
    EXPECT_NE(secp256k1, (Signature{Signature::Type::secp256k1, {1, 1, 1, 1}}));
    const auto read = from_cbor<Signature>(*from_hex("4401736967")).value();
    EXPECT_EQ(as_text(read.data), "sig");
}

TEST(SignatureCbor, what_go_refuses) {
    EXPECT_EQ(read_error(*from_hex("8a")), Errc::malformed) << "not a byte string";
    EXPECT_EQ(read_error(*from_hex("40")), Errc::malformed) << "empty";
    EXPECT_EQ(read_error(*from_hex("4a01020304050607")), Errc::truncated) << "three bytes are missing";
    EXPECT_EQ(read_error(*from_hex("44ff736967")), Errc::malformed) << "an unknown type";
    EXPECT_EQ(read_error(*from_hex("4400736967")), Errc::malformed);
    EXPECT_EQ(read_error(*from_hex("4404736967")), Errc::malformed);
    // SignatureMaxLength is 200 with the type byte.
    Signature signature{Signature::Type::bls, Bytes(199)};
    EXPECT_TRUE(from_cbor<Signature>(to_cbor(signature)));
    signature.data.push_back(0);
    EXPECT_EQ(read_error(to_cbor(signature)), Errc::too_large);
}

TEST(VerifySignature, signatures_of_other_implementations_are_valid) {
    for (const auto& good : {bls_case(), secp256k1_case(), delegated_case()}) {
        const auto verified = verify_signature(good.signature, good.signer, good.data);
        EXPECT_TRUE(verified) << good.signer.to_string() << ": " << verified.error().message();
    }
}

TEST(VerifySignature, other_data_signers_and_bits_are_not) {
    for (const auto& good : {bls_case(), secp256k1_case(), delegated_case()}) {
        auto bad = good;
        bad.data.back() ^= 1;
        EXPECT_EQ(verdict(bad), Errc::verification) << good.signer.to_string();
        bad = good;
        bad.signature.data[40] ^= 1;
        EXPECT_EQ(verdict(bad), Errc::verification) << good.signer.to_string();
        bad = good;
        bad.signature.data.pop_back();
        EXPECT_EQ(verdict(bad), Errc::verification) << good.signer.to_string();
        bad = good;
        bad.signature.data.clear();
        EXPECT_EQ(verdict(bad), Errc::verification) << good.signer.to_string();
    }
    auto other = secp256k1_case();
    other.signer = Address::secp256k1(Bytes(65, 4));
    EXPECT_EQ(verdict(other), Errc::verification);
    other = delegated_case();
    other.signer = Address::delegated(kEamId, Bytes(20, 4));
    EXPECT_EQ(verdict(other), Errc::verification);
}

// The type must be that of the signer, even if the data are right (lotus lib/sigs).
TEST(VerifySignature, the_type_must_fit_the_signer) {
    using Type = Signature::Type;
    for (const auto& good : {bls_case(), secp256k1_case(), delegated_case()})
        for (const auto type : {Type::secp256k1, Type::bls, Type::delegated}) {
            if (type == good.signature.type) continue;
            auto bad = good;
            bad.signature.type = type;
            EXPECT_EQ(verdict(bad), Errc::verification) << good.signer.to_string();
        }
}

// Only f1, f3 and f410 addresses are keys (lotus lib/sigs, chain/types/ethtypes).
TEST(VerifySignature, other_addresses_sign_nothing) {
    auto bad = secp256k1_case();
    for (const auto& signer : {Address(), Address::id(1000), Address::actor(Bytes{1})}) {
        bad.signer = signer;
        EXPECT_EQ(verdict(bad), Errc::invalid_argument) << signer.to_string();
    }
    bad = delegated_case();
    bad.signer = Address::delegated(32, bad.signer.subaddress());
    EXPECT_EQ(verdict(bad), Errc::verification) << "the namespace is not that of Ethereum addresses";
}

// No key can be recovered with a recovery bit above 3 (libsecp256k1).
TEST(VerifySignature, a_wrong_recovery_bit_is_not_valid) {
    for (const int bit : {1, 2, 3, 4, 27, 255}) {
        auto bad = secp256k1_case();
        bad.signature.data.back() = static_cast<std::uint8_t>(bit);
        EXPECT_EQ(verdict(bad), Errc::verification) << bit;
    }
}

}  // namespace strata
