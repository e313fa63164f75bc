#include <gtest/gtest.h>

#include <numeric>

#include <strata/base/hex.hpp>
#include <strata/crypto/secret_seal.hpp>

namespace strata::crypto {
namespace {

template <std::size_t N>
ByteArray<N> counted(std::uint8_t from = 0) {
    ByteArray<N> out;
    std::iota(out.begin(), out.end(), from);
    return out;
}

// Computed with the reference implementation of Argon2 by argon2-cffi 25.1 (hash_secret_raw, one lane, Type.ID).
TEST(SecretSeal, passphrases_are_stretched_as_by_argon2id) {
    const auto salt = counted<16>();
    EXPECT_EQ(to_hex(stretch("correct horse battery staple", salt, {.passes = 3, .memory = 64 << 10}).value()),
              "bc240e180a205bd2e782cdc64983f247e76aeb8fb2133aec1570b70cccd68bff");
    EXPECT_EQ(to_hex(stretch("", salt, {.passes = 1, .memory = 8 << 10}).value()),
              "31ed41e2d73f27fdfe4eb4bec651341e58ba43477051c6fe4adad735d82ee08a");
}

TEST(SecretSeal, costs_are_bounded) {
    const auto salt = counted<16>();
    for (const StretchCost cost : {StretchCost{.passes = 0, .memory = 8 << 10}, StretchCost{.passes = 1, .memory = 1},
                                   StretchCost{.passes = 1, .memory = std::uint64_t{1} << 40}})
        EXPECT_EQ(stretch("x", salt, cost).error().code(), Errc::invalid_argument);
}

// draft-irtf-cfrg-xchacha-03, A.3.1.
TEST(SecretSeal, the_example_of_the_draft) {
    const auto key = counted<32>(0x80);
    const auto nonce = counted<24>(0x40);
    const Bytes place = from_hex("50515253c0c1c2c3c4c5c6c7").value();
    const std::string_view plain =
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would "
        "be "
        "it.";
    const Bytes sealed = seal(key, nonce, place, as_bytes(plain));
    EXPECT_EQ(
        to_hex(sealed),
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c"
        "54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da97688"
        "12f615c68b13b52ec0875924c1c7987947deafd8780acf49");
    EXPECT_EQ(as_text(unseal(key, nonce, place, sealed).value()), plain);
}

TEST(SecretSeal, a_different_place_key_or_byte_does_not_open) {
    const auto key = counted<32>();
    const auto nonce = counted<24>();
    const Bytes sealed = seal(key, nonce, as_bytes("place"), as_bytes("secret"));
    EXPECT_FALSE(unseal(key, nonce, as_bytes("other"), sealed));
    EXPECT_FALSE(unseal(counted<32>(1), nonce, as_bytes("place"), sealed));
    EXPECT_FALSE(unseal(key, counted<24>(1), as_bytes("place"), sealed));
    EXPECT_FALSE(unseal(key, nonce, as_bytes("place"), BytesView(sealed).first(15)));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes changed = sealed;
        changed[i] ^= 1;
        EXPECT_FALSE(unseal(key, nonce, as_bytes("place"), changed)) << i;
    }
}

TEST(SecretSeal, a_wiped_secret_is_gone) {
    Bytes secret{1, 2, 3};
    wipe(secret);
    EXPECT_EQ(secret, Bytes(3, 0));
}

}  // namespace
}  // namespace strata::crypto
