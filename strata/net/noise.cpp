#include <strata/net/noise.hpp>

#include <strata/base/protobuf.hpp>

namespace strata::net {
namespace {

constexpr std::string_view kSignedPrefix = "noise-libp2p-static-key:";
constexpr std::size_t kLengthSize = 2;

// The fields of NoiseHandshakePayload and NoiseExtensions.
constexpr std::uint64_t kIdentityKey = 1;
constexpr std::uint64_t kIdentitySignature = 2;
constexpr std::uint64_t kExtensions = 4;
constexpr std::uint64_t kStreamMuxers = 2;

Bytes signed_bytes(const NoiseHandshake::Key& key) {
    Bytes out = to_bytes(as_bytes(kSignedPrefix));
    append(out, key);
    return out;
}

struct Payload {
    BytesView identity_key;
    BytesView identity_signature;
    std::vector<std::string> muxers;
};

Result<std::vector<std::string>> decode_extensions(BytesView message) {
    std::vector<std::string> muxers;
    while (!message.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(message));
        if (field.number != kStreamMuxers) continue;
        STRATA_TRY(const auto muxer, protobuf::body_of(field));
        if (muxers.size() <= Noise::kMaxMuxers) muxers.emplace_back(as_text(muxer));
    }
    if (muxers.size() > Noise::kMaxMuxers) muxers.clear();
    return muxers;
}

Result<Payload> decode_payload(BytesView message) {
    Payload out;
    while (!message.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(message));
        if (field.number == kIdentityKey) {
            STRATA_TRY(out.identity_key, protobuf::body_of(field));
        } else if (field.number == kIdentitySignature) {
            STRATA_TRY(out.identity_signature, protobuf::body_of(field));
        } else if (field.number == kExtensions) {
            STRATA_TRY(const auto body, protobuf::body_of(field));
            STRATA_TRY(out.muxers, decode_extensions(body));
        }
    }
    return out;
}

NoiseHandshake::Secrets fresh_secrets(crypto::RandomSource& random) {
    // The static key lives as long as the connection only, as in go-libp2p; the identity signs it.
    NoiseHandshake::Secrets out;
    out.fixed = random.bytes<32>();
    out.ephemeral = random.bytes<32>();
    return out;
}

}  // namespace

Noise::Noise(Role role, const PrivateKey& identity, Config config, crypto::RandomSource& random)
    : role_(role),
      identity_(identity),
      config_(std::move(config)),
      handshake_(role == Role::dialer, fresh_secrets(random), /*prologue=*/{}) {
    // The first message has neither payload nor shared secret, so it cannot fail.
    if (role_ == Role::dialer) STRATA_CHECK(send_handshake().has_value());
}

Status Noise::on_bytes(BytesView bytes, Bytes& plaintext) {
    while (!bytes.empty()) {
        const std::size_t wanted =
            frame_.size() < kLengthSize ? kLengthSize : kLengthSize + load_be<std::uint16_t>(frame_.data());
        const auto part = bytes.first(std::min(wanted - frame_.size(), bytes.size()));
        if (!is_complete()) handshake_bytes_ += part.size();
        if (!is_complete() && handshake_bytes_ > config_.max_handshake)
            return fail(Errc::too_large, "the peer sent more than " + std::to_string(config_.max_handshake) +
                                             " bytes without completing the handshake");
        append(frame_, part);
        bytes = bytes.subspan(part.size());
        if (frame_.size() < kLengthSize || frame_.size() < kLengthSize + load_be<std::uint16_t>(frame_.data()))
            continue;
        STRATA_OK(on_frame(BytesView(frame_).subspan(kLengthSize), plaintext));
        frame_.clear();
    }
    return {};
}

Status Noise::on_frame(BytesView frame, Bytes& plaintext) {
    if (!is_complete()) return on_handshake(frame);
    STRATA_TRY(const auto plain, ciphers_->receive.open({}, frame));
    append(plaintext, plain);
    return {};
}

Status Noise::on_handshake(BytesView message) {
    STRATA_TRY(const auto payload, handshake_.read(message));
    // Message 1 carries no identity: nothing in it would be secret (specification, "Payload").
    if (handshake_.remote_key()) STRATA_OK(on_payload(payload));
    if (!handshake_.is_done()) STRATA_OK(send_handshake());
    if (handshake_.is_done()) ciphers_ = handshake_.split();
    return {};
}

Status Noise::on_payload(BytesView bytes) {
    STRATA_TRY(const auto payload, decode_payload(bytes));
    STRATA_TRY(auto key, PublicKey::decode(payload.identity_key));
    const auto remote = PeerId::of(key);
    if (config_.expected && remote != *config_.expected)
        return fail(Errc::verification,
                    "the peer is " + remote.to_string() + ", expected " + config_.expected->to_string());
    if (!key.verify(signed_bytes(*handshake_.remote_key()), payload.identity_signature))
        return fail(Errc::verification, "the signature of " + remote.to_string() + " over its Noise key is wrong");
    remote_key_ = std::move(key);
    choose_muxer(payload.muxers);
    return {};
}

/// Chooses the first muxer of the dialer's list that both sides have.
void Noise::choose_muxer(const std::vector<std::string>& remote) {
    const auto& first = role_ == Role::dialer ? config_.muxers : remote;
    const auto& second = role_ == Role::dialer ? remote : config_.muxers;
    const auto it = std::ranges::find_if(
        first, [&](const std::string& muxer) { return std::ranges::find(second, muxer) != second.end(); });
    if (it != first.end()) muxer_ = *it;
}

Bytes Noise::payload() const {
    Bytes extensions;
    for (const auto& muxer : config_.muxers) protobuf::put_body(extensions, kStreamMuxers, as_bytes(muxer));
    Bytes out;
    protobuf::put_body(out, kIdentityKey, identity_.public_key().encode());
    protobuf::put_body(out, kIdentitySignature, identity_.sign(signed_bytes(handshake_.own_key())));
    if (!extensions.empty()) protobuf::put_body(out, kExtensions, extensions);
    return out;
}

Status Noise::send_handshake() {
    const bool is_first = role_ == Role::dialer && !handshake_.remote_key();
    STRATA_TRY(const auto message, handshake_.write(is_first ? Bytes{} : payload()));
    Bytes length(kLengthSize);
    store_be(length.data(), static_cast<std::uint16_t>(message.size()));
    append(output_, length);
    append(output_, message);
    return {};
}

void Noise::seal(BytesView plaintext, Bytes& frames) {
    STRATA_CHECK(is_complete());
    while (!plaintext.empty()) {
        const auto part = plaintext.first(std::min(kMaxPlaintext, plaintext.size()));
        plaintext = plaintext.subspan(part.size());
        const Bytes sealed = ciphers_->send.seal({}, part);
        Bytes length(kLengthSize);
        store_be(length.data(), static_cast<std::uint16_t>(sealed.size()));
        append(frames, length);
        append(frames, sealed);
    }
}

const PublicKey& Noise::remote_key() const {
    STRATA_CHECK(is_complete() && remote_key_);
    return *remote_key_;
}

}  // namespace strata::net
