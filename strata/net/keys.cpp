#include <strata/net/keys.hpp>

#include <strata/base/files.hpp>
#include <strata/base/protobuf.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/pkix.hpp>
#include <strata/crypto/secp256k1.hpp>
#include <strata/crypto/transport.hpp>

namespace strata::net {
namespace {

namespace pkix = crypto::pkix;

// The fields of both messages.
constexpr std::uint64_t kType = 1;
constexpr std::uint64_t kData = 2;
constexpr std::uint64_t kMaxKeyFile = 64 << 10;

struct KeyMessage {
    KeyType type;
    BytesView data;
};

Bytes encode_key(KeyType type, BytesView data) {
    Bytes out;
    protobuf::put_number(out, kType, static_cast<std::uint64_t>(type));
    protobuf::put_body(out, kData, data);
    return out;
}

Result<KeyMessage> decode_key(BytesView message) {
    std::optional<std::uint64_t> type;
    std::optional<BytesView> data;
    while (!message.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(message));
        if (field.number == kType) {
            STRATA_TRY(type, protobuf::number_of(field));
        } else if (field.number == kData) {
            STRATA_TRY(data, protobuf::body_of(field));
        }
    }
    // Both are required fields of proto2.
    if (!type || !data)
        return fail(Errc::malformed, std::string("the message of a key has no ") + (type ? "data" : "type"));
    if (*type > static_cast<std::uint64_t>(KeyType::ecdsa))
        return fail(Errc::unsupported, "the type of the key is " + std::to_string(*type) + ", expected 0 to 3");
    return KeyMessage{static_cast<KeyType>(*type), *data};
}

template <std::size_t N>
Result<ByteArray<N>> exactly(BytesView bytes, std::string_view what) {
    if (bytes.size() != N)
        return fail(Errc::malformed, std::string(what) + " has " + std::to_string(bytes.size()) + " bytes, expected " +
                                         std::to_string(N));
    ByteArray<N> out;
    std::ranges::copy(bytes, out.begin());
    return out;
}

Result<PrivateKey> decode_ed25519(BytesView data) {
    // The seed and the public key. Old files repeat the public key once more (go-libp2p core/crypto/ed25519.go).
    constexpr std::size_t kRepeated = 96;
    if (data.size() == kRepeated && equal(data.subspan(32, 32), data.subspan(64))) data = data.first(64);
    STRATA_TRY(const auto both, exactly<64>(data, "the Ed25519 private key"));
    ByteArray<32> seed;
    std::copy_n(both.begin(), 32, seed.begin());
    auto key = PrivateKey::ed25519(seed);
    if (!equal(key.public_key().data(), BytesView(both).subspan(32)))
        return fail(Errc::verification, "the public half of the Ed25519 private key does not belong to its seed");
    return key;
}

}  // namespace

Result<PublicKey> PublicKey::from_data(KeyType type, BytesView data) {
    switch (type) {
        case KeyType::rsa:
            STRATA_OK(pkix::check_key(pkix::KeyKind::rsa, data));
            break;
        case KeyType::ecdsa:
            STRATA_OK(pkix::check_key(pkix::KeyKind::ecdsa, data));
            break;
        case KeyType::ed25519:
            STRATA_OK(exactly<32>(data, "the Ed25519 public key"));
            break;
        case KeyType::secp256k1: {
            STRATA_TRY(const auto key, crypto::secp256k1::parse_public_key(data));
            return PublicKey(type, to_bytes(crypto::secp256k1::compress(key)));
        }
    }
    return PublicKey(type, to_bytes(data));
}

Result<PublicKey> PublicKey::decode(BytesView message) {
    STRATA_TRY(const auto key, decode_key(message));
    return from_data(key.type, key.data);
}

Bytes PublicKey::encode() const {
    return encode_key(type_, data_);
}

bool PublicKey::verify(BytesView message, BytesView signature) const {
    switch (type_) {
        case KeyType::rsa:
            return pkix::verify_sha256(pkix::KeyKind::rsa, data_, message, signature);
        case KeyType::ecdsa:
            return pkix::verify_sha256(pkix::KeyKind::ecdsa, data_, message, signature);
        case KeyType::ed25519:
            return crypto::ed25519::verify(data_, message, signature);
        case KeyType::secp256k1: {
            const auto key = crypto::secp256k1::parse_public_key(data_);
            return key && crypto::secp256k1::verify_der(*key, crypto::sha256(message), signature);
        }
    }
    return false;
}

PrivateKey PrivateKey::ed25519(const ByteArray<32>& seed) {
    auto key = PublicKey::from_data(KeyType::ed25519, crypto::ed25519::public_key(seed));
    STRATA_CHECK(key.has_value());
    return {seed, std::move(*key)};
}

Result<PrivateKey> PrivateKey::secp256k1(const ByteArray<32>& scalar) {
    STRATA_TRY(const auto point, crypto::secp256k1::public_key(scalar));
    STRATA_TRY(auto key, PublicKey::from_data(KeyType::secp256k1, point));
    return PrivateKey(scalar, std::move(key));
}

Result<PrivateKey> PrivateKey::decode(BytesView message) {
    STRATA_TRY(const auto key, decode_key(message));
    switch (key.type) {
        case KeyType::ed25519:
            return decode_ed25519(key.data);
        case KeyType::secp256k1: {
            STRATA_TRY(const auto scalar, exactly<32>(key.data, "the secp256k1 private key"));
            return secp256k1(scalar);
        }
        case KeyType::rsa:
        case KeyType::ecdsa:
            break;
    }
    return fail(Errc::unsupported, "the type of the private key is " + std::to_string(static_cast<unsigned>(key.type)) +
                                       ", expected 1 (Ed25519) or 2 (secp256k1)");
}

Bytes PrivateKey::encode() const {
    Bytes data = to_bytes(secret_);
    if (public_key_.type() == KeyType::ed25519) append(data, public_key_.data());
    return encode_key(public_key_.type(), data);
}

Bytes PrivateKey::sign(BytesView message) const {
    if (public_key_.type() == KeyType::ed25519) return to_bytes(crypto::ed25519::sign(secret_, message));
    auto der = crypto::secp256k1::sign_der(secret_, crypto::sha256(message));
    STRATA_CHECK(der.has_value());  // the scalar was checked when the key was made
    return std::move(*der);
}

Result<PrivateKey> load_or_create_key(const std::filesystem::path& path, crypto::RandomSource& random) {
    const auto bytes = read_file(path, kMaxKeyFile);
    if (bytes) {
        auto key = PrivateKey::decode(*bytes);
        if (!key) return std::move(key).error().with_context("the key file " + path.string());
        return key;
    }
    if (bytes.error().code() != Errc::not_found) return bytes.error();
    auto key = PrivateKey::ed25519(random.bytes<32>());
    STRATA_OK(write_file(path, key.encode(), FileAccess::owner_only));
    return key;
}

}  // namespace strata::net
