#include <strata/crypto/transport.hpp>

#include <sodium.h>

namespace strata::crypto {
namespace {

/// Lets libsodium choose the fastest code for the machine. It must be called before all else; a repeated or concurrent
/// call is harmless.
void initialise() {
    static const bool done = sodium_init() >= 0;
    STRATA_CHECK(done);
}

struct SigningKey {
    ed25519::PublicKey public_key;
    ByteArray<crypto_sign_SECRETKEYBYTES> secret;
};

SigningKey expand(const ed25519::Seed& seed) {
    initialise();
    SigningKey key;
    crypto_sign_seed_keypair(key.public_key.data(), key.secret.data(), seed.data());
    return key;
}

}  // namespace

namespace x25519 {

Result<Key> shared_secret(const Key& secret, const Key& peer) {
    initialise();
    Key shared;
    if (crypto_scalarmult(shared.data(), secret.data(), peer.data()) != 0)
        return fail(Errc::verification,
                    "the peer's X25519 key is a point of small order, which gives no shared secret");
    return shared;
}

Key public_key(const Key& secret) {
    initialise();
    Key out;
    crypto_scalarmult_base(out.data(), secret.data());
    return out;
}

}  // namespace x25519

namespace ed25519 {

PublicKey public_key(const Seed& seed) {
    return expand(seed).public_key;
}

Signature sign(const Seed& seed, BytesView message) {
    const auto key = expand(seed);
    Signature out;
    crypto_sign_detached(out.data(), nullptr, message.data(), message.size(), key.secret.data());
    return out;
}

bool verify(BytesView public_key, BytesView message, BytesView signature) {
    initialise();
    return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(), public_key.data()) == 0;
}

}  // namespace ed25519

namespace chacha20_poly1305 {

Bytes seal(const Key& key, const Nonce& nonce, BytesView associated, BytesView plaintext) {
    initialise();
    Bytes out(plaintext.size() + kTagSize);
    crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(), plaintext.size(),
                                              associated.data(), associated.size(), nullptr, nonce.data(), key.data());
    return out;
}

Result<Bytes> open(const Key& key, const Nonce& nonce, BytesView associated, BytesView sealed) {
    initialise();
    if (sealed.size() < kTagSize)
        return fail(Errc::verification, "there are " + std::to_string(sealed.size()) +
                                            " sealed bytes, expected at least the " + std::to_string(kTagSize) +
                                            " of the tag");
    Bytes out(sealed.size() - kTagSize);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data(), sealed.size(),
                                                  associated.data(), associated.size(), nonce.data(), key.data()) != 0)
        return fail(Errc::verification,
                    "the tag of the sealed bytes is wrong: they were changed, or sealed with a different key");
    return out;
}

}  // namespace chacha20_poly1305

Hash256 hmac_sha256(BytesView key, BytesView message) {
    initialise();
    // The data pointer of an empty key may be null, which libsodium does not accept.
    static constexpr std::uint8_t kNothing = 0;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.empty() ? &kNothing : key.data(), key.size());
    crypto_auth_hmacsha256_update(&state, message.data(), message.size());
    Hash256 out;
    crypto_auth_hmacsha256_final(&state, out.data());
    return out;
}

Result<Bytes> hkdf_sha256(BytesView secret, BytesView salt, BytesView info, std::size_t size) {
    if (size > 255 * sizeof(Hash256))
        return fail(Errc::too_large, std::to_string(size) + " bytes were asked for, but HKDF-SHA256 gives at most " +
                                         std::to_string(255 * sizeof(Hash256)));
    // Extract (RFC 5869 §2.2), then expand (§2.3): T(i) is HMAC(extracted, T(i-1) || info || i).
    const Hash256 extracted = hmac_sha256(salt, secret);
    Bytes out;
    Bytes block;  // T(i); T(0) is empty
    for (std::uint8_t i = 1; out.size() < size; ++i) {
        append(block, info);
        block.push_back(i);
        const Hash256 next = hmac_sha256(extracted, block);
        block.assign(next.begin(), next.end());
        append(out, block);
    }
    out.resize(size);
    return out;
}

}  // namespace strata::crypto
