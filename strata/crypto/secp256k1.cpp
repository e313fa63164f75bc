#include <strata/crypto/secp256k1.hpp>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace strata::crypto::secp256k1 {
namespace {

const secp256k1_context* context() {
    static const secp256k1_context* instance = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    return instance;
}

PublicKey serialize(const secp256k1_pubkey& key) {
    PublicKey out;
    std::size_t size = out.size();
    secp256k1_ec_pubkey_serialize(context(), out.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
    return out;
}

bool verify_parsed(const PublicKey& key, const Hash256& digest, secp256k1_ecdsa_signature signature) {
    secp256k1_pubkey parsed_key;
    if (secp256k1_ec_pubkey_parse(context(), &parsed_key, key.data(), key.size()) != 1) return false;
    // libsecp256k1 refuses a high s, although (r, n - s) is valid whenever (r, s) is.
    secp256k1_ecdsa_signature_normalize(context(), &signature, &signature);
    return secp256k1_ecdsa_verify(context(), &signature, digest.data(), &parsed_key) == 1;
}

}  // namespace

Result<PublicKey> public_key(const PrivateKey& key) {
    secp256k1_pubkey parsed;
    if (secp256k1_ec_pubkey_create(context(), &parsed, key.data()) != 1)
        return fail(
            Errc::invalid_argument,
            "the bytes are not a secp256k1 private key: the number must be above 0 and below the group's order");
    return serialize(parsed);
}

Result<Signature> sign(const PrivateKey& key, const Hash256& digest) {
    secp256k1_ecdsa_recoverable_signature signature;
    // Without a nonce function of the caller's, libsecp256k1 takes the nonce of RFC 6979.
    if (secp256k1_ecdsa_sign_recoverable(context(), &signature, digest.data(), key.data(), nullptr, nullptr) != 1)
        return fail(
            Errc::invalid_argument,
            "the bytes are not a secp256k1 private key: the number must be above 0 and below the group's order");
    Signature out;
    int recovery = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), out.data(), &recovery, &signature);
    out[64] = static_cast<std::uint8_t>(recovery);
    return out;
}

Result<PublicKey> recover(const Hash256& digest, const Signature& signature) {
    const auto recovery = signature[64];
    if (recovery > 3)
        return fail(Errc::verification,
                    "the signature's recovery byte is " + std::to_string(recovery) + ", expected 0 to 3");
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(context(), &parsed, signature.data(), recovery) != 1 ||
        secp256k1_ecdsa_recover(context(), &key, &parsed, digest.data()) != 1)
        return fail(Errc::verification, "no secp256k1 public key can be recovered from the signature");
    return serialize(key);
}

bool verify(const PublicKey& key, const Hash256& digest, BytesView r_s) {
    secp256k1_ecdsa_signature signature;
    return r_s.size() == 64 && secp256k1_ecdsa_signature_parse_compact(context(), &signature, r_s.data()) == 1 &&
           verify_parsed(key, digest, signature);
}

Result<PublicKey> parse_public_key(BytesView bytes) {
    secp256k1_pubkey parsed;
    if (bytes.empty() || secp256k1_ec_pubkey_parse(context(), &parsed, bytes.data(), bytes.size()) != 1)
        return fail(Errc::malformed, "the " + std::to_string(bytes.size()) +
                                         " bytes are not a secp256k1 public key: a key has 33 or 65 bytes, which "
                                         "name a point of the curve");
    return serialize(parsed);
}

CompressedKey compress(const PublicKey& key) {
    // The last byte of y says whether y is even, and x alone determines the rest (SEC 1 §2.3.3).
    CompressedKey out;
    out[0] = static_cast<std::uint8_t>(2 + (key[64] & 1));
    std::copy_n(key.begin() + 1, 32, out.begin() + 1);
    return out;
}

Result<Bytes> sign_der(const PrivateKey& key, const Hash256& digest) {
    STRATA_TRY(const auto signature, sign(key, digest));
    secp256k1_ecdsa_signature parsed;
    STRATA_CHECK(secp256k1_ecdsa_signature_parse_compact(context(), &parsed, signature.data()) == 1);
    Bytes der(72);  // the longest
    std::size_t size = der.size();
    STRATA_CHECK(secp256k1_ecdsa_signature_serialize_der(context(), der.data(), &size, &parsed) == 1);
    der.resize(size);
    return der;
}

bool verify_der(const PublicKey& key, const Hash256& digest, BytesView der) {
    secp256k1_ecdsa_signature signature;
    return !der.empty() && secp256k1_ecdsa_signature_parse_der(context(), &signature, der.data(), der.size()) == 1 &&
           verify_parsed(key, digest, signature);
}

}  // namespace strata::crypto::secp256k1
