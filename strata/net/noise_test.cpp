// Protects the Noise handshake and transport. Expected bytes: vectors/noise (the only vector of the file, from the
// Noise Explorer family, with prologue and payloads in all messages); libp2p/specs noise/README.md for the payload.
#include <strata/net/noise.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/base/protobuf.hpp>

namespace strata::net {
namespace {

NoiseHandshake::Key key(std::string_view hex) {
    NoiseHandshake::Key out{};
    std::ranges::copy(from_hex(hex).value(), out.begin());
    return out;
}

struct Message {
    std::string_view payload;
    std::string_view ciphertext;
};

// vectors/noise/noise_xx_25519_chachapoly_sha256.json
constexpr std::string_view kPrologue = "4a6f686e2047616c74";
constexpr std::string_view kInitStatic = "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1";
constexpr std::string_view kInitEphemeral = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a";
constexpr std::string_view kRespStatic = "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893";
constexpr std::string_view kRespEphemeral = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b";
constexpr Message kMessages[] = {
    {"4c756477696720766f6e204d69736573",
     "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d69736573"},
    {"4d757272617920526f746862617264",
     "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884381cbad1f276e038c48378ffce2b65285e08d6b68aaa3629a5"
     "a8639392490e5b9bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5c412f8a0db50f8814c7194e83f23dbd8d162c9326ad"},
    {"462e20412e20486179656b",
     "c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a80ae475b9df0f169ae80a89be0865b57f58c9fea0d4ec82a28"
     "6427402f113e4b6ae769a1d95941d49b25030"},
    {"4361726c204d656e676572", "96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df"},
    {"4a65616e2d426170746973746520536179", "3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5"},
    {"457567656e2042f6686d20766f6e2042617765726b",
     "eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f"},
};

TEST(NoiseState, the_vector) {
    const Bytes prologue = from_hex(kPrologue).value();
    NoiseHandshake init(true, {key(kInitStatic), key(kInitEphemeral)}, prologue);
    NoiseHandshake resp(false, {key(kRespStatic), key(kRespEphemeral)}, prologue);
    for (std::size_t i = 0; i < 3; ++i) {
        auto& writer = i % 2 == 0 ? init : resp;
        auto& reader = i % 2 == 0 ? resp : init;
        const auto message = writer.write(from_hex(kMessages[i].payload).value());
        ASSERT_TRUE(message);
        EXPECT_EQ(to_hex(*message), kMessages[i].ciphertext);
        EXPECT_EQ(to_hex(reader.read(*message).value()), kMessages[i].payload);
    }
    EXPECT_EQ(*init.remote_key(), resp.own_key());
    EXPECT_EQ(*resp.remote_key(), init.own_key());
    auto a = init.split();
    auto b = resp.split();
    for (std::size_t i = 3; i < std::size(kMessages); ++i) {
        auto& writer = i % 2 == 0 ? a : b;
        auto& reader = i % 2 == 0 ? b : a;
        const auto sealed = writer.send.seal({}, from_hex(kMessages[i].payload).value());
        EXPECT_EQ(to_hex(sealed), kMessages[i].ciphertext);
        EXPECT_EQ(to_hex(reader.receive.open({}, sealed).value()), kMessages[i].payload);
    }
}

TEST(NoiseState, every_changed_or_missing_byte_of_a_message_is_refused) {
    const Bytes prologue = from_hex(kPrologue).value();
    const Bytes second = from_hex(kMessages[1].ciphertext).value();
    const auto read = [&](BytesView message) {
        NoiseHandshake init(true, {key(kInitStatic), key(kInitEphemeral)}, prologue);
        STRATA_CHECK(init.write(from_hex(kMessages[0].payload).value()).has_value());
        return init.read(message).has_value();
    };
    EXPECT_TRUE(read(second));
    for (std::size_t i = 0; i < second.size(); ++i) {
        Bytes changed = second;
        changed[i] ^= 1;
        EXPECT_FALSE(read(changed)) << i;
        EXPECT_FALSE(read(BytesView(second).first(i))) << i;
    }
}

struct Pair {
    explicit Pair(Noise::Config dialer_config = {.expected = {}, .muxers = {"/yamux/1.0.0"}},
                  Noise::Config listener_config = {.expected = {}, .muxers = {"/yamux/1.0.0"}})
        : dialer(Role::dialer, dialer_key, std::move(dialer_config), random),
          listener(Role::listener, listener_key, std::move(listener_config), random) {}

    Status shake() {
        STRATA_OK(listener.on_bytes(dialer.take_output(), at_listener));
        STRATA_OK(dialer.on_bytes(listener.take_output(), at_dialer));
        return listener.on_bytes(dialer.take_output(), at_listener);
    }

    crypto::SeededRandom random{as_bytes("noise")};
    PrivateKey dialer_key = PrivateKey::ed25519(random.bytes<32>());
    PrivateKey listener_key = PrivateKey::secp256k1(random.bytes<32>()).value();
    Noise dialer;
    Noise listener;
    Bytes at_dialer, at_listener;
};

TEST(Noise, both_sides_know_each_other_and_exchange_bytes) {
    Pair pair;
    ASSERT_TRUE(pair.shake());
    EXPECT_EQ(pair.dialer.remote(), PeerId::of(pair.listener_key.public_key()));
    EXPECT_EQ(pair.listener.remote(), PeerId::of(pair.dialer_key.public_key()));
    EXPECT_EQ(pair.dialer.muxer(), "/yamux/1.0.0");
    EXPECT_EQ(pair.listener.muxer(), "/yamux/1.0.0");
    // More than two frames, in pieces.
    Bytes data(2 * Noise::kMaxPlaintext + 1);
    pair.random.fill(data);
    Bytes frames;
    pair.dialer.seal(data, frames);
    EXPECT_EQ(frames.size(), data.size() + 3 * (2 + kNoiseTag));
    EXPECT_EQ(load_be<std::uint16_t>(frames.data()), kMaxNoiseMessage);
    for (BytesView rest(frames); !rest.empty();) {
        const auto part = rest.first(std::min<std::size_t>(rest.size(), 1000));
        ASSERT_TRUE(pair.listener.on_bytes(part, pair.at_listener));
        rest = rest.subspan(part.size());
    }
    EXPECT_EQ(pair.at_listener, data);
    EXPECT_TRUE(pair.at_dialer.empty());
}

TEST(Noise, a_frame_that_is_changed_or_repeated_ends_the_connection) {
    Pair pair;
    ASSERT_TRUE(pair.shake());
    Bytes frame;
    pair.listener.seal(as_bytes("once"), frame);
    ASSERT_TRUE(pair.dialer.on_bytes(frame, pair.at_dialer));
    EXPECT_EQ(pair.dialer.on_bytes(frame, pair.at_dialer).error().code(), Errc::verification);
    Pair changed;
    ASSERT_TRUE(changed.shake());
    frame.clear();
    changed.listener.seal(as_bytes("once"), frame);
    frame.back() ^= 1;
    EXPECT_EQ(changed.dialer.on_bytes(frame, changed.at_dialer).error().code(), Errc::verification);
    EXPECT_EQ(Pair().listener.on_bytes(Bytes{0, 0}, pair.at_dialer).error().code(), Errc::truncated);
}

TEST(Noise, a_dialer_refuses_a_peer_that_it_did_not_call) {
    crypto::SeededRandom random(as_bytes("someone"));
    const auto someone = PeerId::of(PrivateKey::ed25519(random.bytes<32>()).public_key());
    Pair pair({.expected = someone, .muxers = {}});
    const auto status = pair.shake();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), Errc::verification);
    EXPECT_TRUE(status.error().message().contains(someone.to_string())) << status.error().message();
    const Pair right;
    const auto listener = PeerId::of(right.listener_key.public_key());
    Pair known({.expected = listener, .muxers = {}});
    EXPECT_TRUE(known.shake());
}

TEST(Noise, the_muxer_is_the_first_of_the_dialers_that_both_have) {
    const auto chosen = [](std::vector<std::string> dialer, std::vector<std::string> listener) {
        Pair pair({.expected = {}, .muxers = std::move(dialer)}, {.expected = {}, .muxers = std::move(listener)});
        STRATA_CHECK(pair.shake().has_value());
        EXPECT_EQ(pair.dialer.muxer(), pair.listener.muxer());
        return pair.dialer.muxer();
    };
    EXPECT_EQ(chosen({"/a", "/b", "/c"}, {"/c", "/b"}), "/b");
    EXPECT_EQ(chosen({"/a"}, {"/b"}), "");
    EXPECT_EQ(chosen({}, {"/b"}), "");
    EXPECT_EQ(chosen({"/a"}, {}), "");
    std::vector<std::string> many(Noise::kMaxMuxers - 1, "/x");
    many.emplace_back("/b");
    EXPECT_EQ(chosen({"/b"}, many), "/b");
}

TEST(Noise, a_list_of_more_than_100_muxers_is_ignored) {
    std::vector<std::string> many(Noise::kMaxMuxers, "/x");
    many.emplace_back("/b");
    Pair pair({.expected = {}, .muxers = {"/b"}}, {.expected = {}, .muxers = many});
    ASSERT_TRUE(pair.shake());
    EXPECT_EQ(pair.dialer.muxer(), "");
}

// A listener that signs with a different identity than it shows, or shows none, made from the parts below Noise.
Status dial_forger(const Bytes& payload_of_listener) {
    crypto::SeededRandom random(as_bytes("forger"));
    const auto dialer_key = PrivateKey::ed25519(random.bytes<32>());
    Noise dialer(Role::dialer, dialer_key, {}, random);
    NoiseHandshake forger(false, {random.bytes<32>(), random.bytes<32>()}, {});
    const Bytes first = dialer.take_output();
    STRATA_CHECK(forger.read(BytesView(first).subspan(2)).has_value());
    const Bytes second = forger.write(payload_of_listener).value();
    Bytes frame(2);
    store_be(frame.data(), static_cast<std::uint16_t>(second.size()));
    append(frame, second);
    Bytes plaintext;
    return dialer.on_bytes(frame, plaintext);
}

TEST(Noise, an_identity_without_its_signature_is_refused) {
    crypto::SeededRandom random(as_bytes("identity"));
    const auto identity = PrivateKey::ed25519(random.bytes<32>());
    EXPECT_EQ(dial_forger({}).error().code(), Errc::malformed);
    Bytes unsigned_key;
    protobuf::put_body(unsigned_key, 1, identity.public_key().encode());
    EXPECT_EQ(dial_forger(unsigned_key).error().code(), Errc::verification);
    Bytes wrong = unsigned_key;
    protobuf::put_body(wrong, 2, identity.sign(as_bytes("noise-libp2p-static-key:")));
    EXPECT_EQ(dial_forger(wrong).error().code(), Errc::verification);
    EXPECT_EQ(dial_forger(Bytes{0xff}).error().code(), Errc::truncated);
}

TEST(Noise, a_handshake_has_at_most_64_kib) {
    Pair pair;
    const Bytes first = pair.dialer.take_output();
    // The longest frame, which stops one byte before its end: 65,536 bytes without a complete message.
    Bytes long_frame{0xff, 0xff};
    long_frame.resize(Noise::kMaxHandshake);
    ASSERT_TRUE(pair.listener.on_bytes(long_frame, pair.at_listener)) << "the limit";
    EXPECT_EQ(pair.listener.on_bytes(Bytes{0}, pair.at_listener).error().code(), Errc::too_large);
}

}  // namespace
}  // namespace strata::net
