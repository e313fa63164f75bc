#include <strata/net/noise_state.hpp>

#include <strata/crypto/hash.hpp>

namespace strata::net {
namespace {

// It has 32 bytes, so it is the first hash as it stands (§5.2, InitializeSymmetric).
constexpr std::string_view kName = "Noise_XX_25519_ChaChaPoly_SHA256";
static_assert(kName.size() == sizeof(Hash256));

Hash256 first_hash() {
    Hash256 out;
    std::ranges::copy(as_bytes(kName), out.begin());
    return out;
}

// The HKDF of Noise with two outputs (§4.3) is HKDF of RFC 5869 with an empty info.
std::array<Hash256, 2> hkdf(const Hash256& chaining_key, BytesView secret) {
    const auto both = crypto::hkdf_sha256(secret, chaining_key, {}, 2 * sizeof(Hash256)).value();
    std::array<Hash256, 2> out;
    std::copy_n(both.begin(), sizeof(Hash256), out[0].begin());
    std::copy_n(both.begin() + sizeof(Hash256), sizeof(Hash256), out[1].begin());
    return out;
}

Result<NoiseHandshake::Key> take_key(BytesView& from) {
    NoiseHandshake::Key key;
    if (from.size() < key.size())
        return fail(Errc::truncated,
                    "the handshake message ends inside a key of " + std::to_string(key.size()) + " bytes");
    std::copy_n(from.begin(), key.size(), key.begin());
    from = from.subspan(key.size());
    return key;
}

}  // namespace

crypto::chacha20_poly1305::Nonce CipherState::next_nonce() {
    // 32 zero bits and the count in little endian (§12.3). The last number is reserved (§5.1).
    STRATA_CHECK(count_ != UINT64_MAX);
    crypto::chacha20_poly1305::Nonce nonce{};
    store_le(nonce.data() + 4, count_++);
    return nonce;
}

Bytes CipherState::seal(BytesView associated, BytesView plaintext) {
    if (!key_) return to_bytes(plaintext);
    return crypto::chacha20_poly1305::seal(*key_, next_nonce(), associated, plaintext);
}

Result<Bytes> CipherState::open(BytesView associated, BytesView sealed) {
    if (!key_) return to_bytes(sealed);
    return crypto::chacha20_poly1305::open(*key_, next_nonce(), associated, sealed);
}

NoiseHandshake::NoiseHandshake(bool initiator, const Secrets& secrets, BytesView prologue)
    : initiator_(initiator),
      secrets_(secrets),
      own_static_(crypto::x25519::public_key(secrets.fixed)),
      own_ephemeral_(crypto::x25519::public_key(secrets.ephemeral)),
      hash_(first_hash()),
      chaining_key_(hash_) {
    mix_hash(prologue);
}

void NoiseHandshake::mix_hash(BytesView data) {
    Bytes both = to_bytes(hash_);
    append(both, data);
    hash_ = crypto::sha256(both);
}

void NoiseHandshake::mix_key(BytesView secret) {
    const auto [chaining_key, key] = hkdf(chaining_key_, secret);
    chaining_key_ = chaining_key;
    cipher_ = CipherState(key);
}

Status NoiseHandshake::mix_shared(const Key& secret, const std::optional<Key>& peer) {
    STRATA_CHECK(peer.has_value());
    STRATA_TRY(const auto shared, crypto::x25519::shared_secret(secret, *peer));
    mix_key(shared);
    return {};
}

Bytes NoiseHandshake::seal_and_hash(BytesView plaintext) {
    Bytes sealed = cipher_.seal(hash_, plaintext);
    mix_hash(sealed);
    return sealed;
}

Result<Bytes> NoiseHandshake::open_and_hash(BytesView sealed) {
    STRATA_TRY(auto plaintext, cipher_.open(hash_, sealed));
    mix_hash(sealed);
    return plaintext;
}

/// Writes the keys of the next message of the pattern: e | e, ee, s, es | s, se.
Status NoiseHandshake::write_keys(Bytes& message) {
    if (messages_ < 2) {
        append(message, own_ephemeral_);
        mix_hash(own_ephemeral_);
    }
    if (messages_ == 0) return {};
    if (messages_ == 1) STRATA_OK(mix_shared(secrets_.ephemeral, remote_ephemeral_));
    append(message, seal_and_hash(own_static_));
    return mix_shared(secrets_.fixed, remote_ephemeral_);
}

Status NoiseHandshake::read_keys(BytesView& message) {
    if (messages_ < 2) {
        STRATA_TRY(remote_ephemeral_, take_key(message));
        mix_hash(*remote_ephemeral_);
    }
    if (messages_ == 0) return {};
    if (messages_ == 1) STRATA_OK(mix_shared(secrets_.ephemeral, remote_ephemeral_));
    STRATA_TRY(remote_static_, take_remote_static(message));
    return mix_shared(secrets_.ephemeral, remote_static_);
}

Result<NoiseHandshake::Key> NoiseHandshake::take_remote_static(BytesView& message) {
    constexpr std::size_t kSealed = sizeof(Key) + kNoiseTag;
    if (message.size() < kSealed)
        return fail(Errc::truncated,
                    "the handshake message ends inside the sealed key of " + std::to_string(kSealed) + " bytes");
    STRATA_TRY(const auto plain, open_and_hash(message.first(kSealed)));
    message = message.subspan(kSealed);
    BytesView from(plain);
    return take_key(from);
}

Result<Bytes> NoiseHandshake::write(BytesView payload) {
    STRATA_CHECK(is_my_turn());
    Bytes message;
    STRATA_OK(write_keys(message));
    append(message, seal_and_hash(payload));
    ++messages_;
    if (message.size() > kMaxNoiseMessage)
        return fail(Errc::too_large, "the handshake message has " + std::to_string(message.size()) +
                                         " bytes, expected at most " + std::to_string(kMaxNoiseMessage));
    return message;
}

Result<Bytes> NoiseHandshake::read(BytesView message) {
    STRATA_CHECK(!is_my_turn() && !is_done());
    STRATA_OK(read_keys(message));
    STRATA_TRY(auto payload, open_and_hash(message));
    ++messages_;
    return payload;
}

NoiseHandshake::Ciphers NoiseHandshake::split() const {
    STRATA_CHECK(is_done());
    const auto [first, second] = hkdf(chaining_key_, {});
    if (initiator_) return {CipherState(first), CipherState(second)};
    return {CipherState(second), CipherState(first)};
}

}  // namespace strata::net
