#include <strata/crypto/secret_seal.hpp>

#include <sodium.h>

namespace strata::crypto {

static_assert(std::tuple_size_v<Hash256> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(std::tuple_size_v<SealNonce> == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kSealOverhead == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(std::tuple_size_v<ByteArray<16>> == crypto_pwhash_argon2id_SALTBYTES);

Result<Hash256> stretch(std::string_view passphrase, const ByteArray<16>& salt, const StretchCost& cost) {
    if (cost.passes < kLeastStretch.passes || cost.passes > kMostStretch.passes || cost.memory < kLeastStretch.memory ||
        cost.memory > kMostStretch.memory)
        return fail(Errc::invalid_argument, "the cost of a passphrase is " + std::to_string(cost.passes) +
                                                " passes over " + std::to_string(cost.memory) +
                                                " bytes, expected 1 to 1000 passes over 8 KiB to 2 GiB");
    Hash256 out;
    if (crypto_pwhash_argon2id(out.data(), out.size(), passphrase.data(), passphrase.size(), salt.data(), cost.passes,
                               cost.memory, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return fail(Errc::no_space, "there is not enough memory to work on the passphrase, which takes " +
                                        std::to_string(cost.memory) + " bytes");
    return out;
}

Bytes seal(const Hash256& key, const SealNonce& nonce, BytesView place, BytesView plain) {
    Bytes out(plain.size() + kSealOverhead);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plain.data(), plain.size(), place.data(),
                                               place.size(), nullptr, nonce.data(), key.data());
    return out;
}

Result<Bytes> unseal(const Hash256& key, const SealNonce& nonce, BytesView place, BytesView sealed) {
    const auto refused = [] {
        return fail(Errc::verification,
                    "the sealed bytes do not open: the key is a different one, or they were changed");
    };
    if (sealed.size() < kSealOverhead) return refused();
    Bytes out(sealed.size() - kSealOverhead);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data(), sealed.size(),
                                                   place.data(), place.size(), nonce.data(), key.data()) != 0)
        return refused();
    return out;
}

void wipe(std::span<std::uint8_t> secret) {
    sodium_memzero(secret.data(), secret.size());
}

}  // namespace strata::crypto
