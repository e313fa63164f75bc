// Protects points of BLS12-381 and their encodings: each point has one encoding in each form, and all else is refused.
// Sources: the generators of draft-irtf-cfrg-pairing-friendly-curves-11 §4.2.1; ZCash's encoding
// (docs/protocol/proofs.md §1, §13).
#include <strata/crypto/curve.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/crypto/pairing.hpp>

namespace strata::crypto {
namespace {

constexpr const char* kG1 =
    "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
constexpr const char* kG2 =
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";

Bytes bytes_of(const char* hex) {
    return from_hex(hex).value();
}

TEST(Curve, generators_are_the_published_ones) {
    EXPECT_EQ(to_hex(compressed(g1_generator())), kG1);
    EXPECT_EQ(to_hex(compressed(g2_generator())), kG2);
    EXPECT_EQ(*g1_from_compressed(bytes_of(kG1)), g1_generator());
    EXPECT_EQ(*g2_from_compressed(bytes_of(kG2)), g2_generator());
}

TEST(Curve, both_forms_name_the_same_point) {
    G1Affine p = g1_generator();
    G2Affine q = g2_generator();
    for (int i = 0; i < 20; ++i, p = p + g1_generator(), q = q + g2_generator()) {
        EXPECT_EQ(*g1_from_compressed(compressed(p)), p);
        EXPECT_EQ(*g1_from_uncompressed(uncompressed(p)), p);
        EXPECT_EQ(*g2_from_compressed(compressed(q)), q);
        EXPECT_EQ(*g2_from_uncompressed(uncompressed(q)), q);
        EXPECT_EQ(*g1_from_compressed(compressed(-p)), -p) << "the sign bit chooses between two points";
        EXPECT_EQ(p, g1_generator() * Fr::from_u64(static_cast<std::uint64_t>(i) + 1));
        EXPECT_EQ(q, g2_generator() * Fr::from_u64(static_cast<std::uint64_t>(i) + 1));
    }
}

TEST(Curve, a_point_and_its_negative_are_nothing_together) {
    EXPECT_TRUE((g1_generator() + -g1_generator()).is_infinity());
    EXPECT_TRUE((g1_generator() * Fr()).is_infinity());
    EXPECT_EQ(g1_generator() + G1Affine{}, g1_generator());
    // The order of the group is r, so r - 1 times a point is its negative.
    EXPECT_EQ(g1_generator() * -Fr::one(), -g1_generator());
}

// Infinity is c0 and zeros in the compressed form, 40 and zeros in the other. A key has it for an input that occurs in
// no row, so both readers accept it; a caller that must not have it checks for it (groth16/verifier.cpp).
TEST(Curve, infinity_has_one_encoding_in_each_form) {
    Bytes infinity(48);
    infinity[0] = 0xc0;
    EXPECT_TRUE(g1_from_compressed(infinity)->is_infinity());
    EXPECT_EQ(to_bytes(compressed(G1Affine{})), infinity);
    infinity[0] = 0xe0;
    EXPECT_FALSE(g1_from_compressed(infinity)) << "infinity has no sign";
    infinity[0] = 0xc0;
    infinity[47] = 1;
    EXPECT_FALSE(g1_from_compressed(infinity)) << "infinity has no coordinate";
    Bytes whole(96);
    whole[0] = 0x40;
    EXPECT_TRUE(g1_from_uncompressed(whole)->is_infinity());
    EXPECT_EQ(to_bytes(uncompressed(G1Affine{})), whole);
    whole[95] = 1;
    EXPECT_FALSE(g1_from_uncompressed(whole));
    Bytes second(192);
    second[0] = 0x40;
    EXPECT_TRUE(g2_from_uncompressed(second)->is_infinity());
    second[0] = 0x60;
    EXPECT_FALSE(g2_from_uncompressed(second));
    // A trusted list of points must not contain infinity (curve.hpp, read_trusted_points).
    std::vector<G1Affine> points(1);
    whole[95] = 0;
    EXPECT_FALSE(read_trusted_points(whole, points));
}

TEST(Curve, flags_must_say_the_form) {
    auto g1 = bytes_of(kG1);
    g1[0] &= 0x7f;
    EXPECT_FALSE(g1_from_compressed(g1)) << "the bit for a compressed point is missing";
    auto whole = to_bytes(uncompressed(g1_generator()));
    for (const unsigned flag : {0x80U, 0x40U, 0x20U}) {
        auto changed = whole;
        changed[0] = static_cast<std::uint8_t>(changed[0] | flag);
        EXPECT_FALSE(g1_from_uncompressed(changed)) << flag;
    }
    for (const std::size_t size : {0U, 1U, 47U, 49U, 96U}) EXPECT_FALSE(g1_from_compressed(Bytes(size, 0x97))) << size;
    for (const std::size_t size : {0U, 48U, 95U, 97U}) EXPECT_FALSE(g1_from_uncompressed(Bytes(size))) << size;
}

TEST(Curve, coordinates_are_below_the_modulus_and_on_the_curve) {
    // p, the modulus of the coordinates (draft, §4.2.1): x = p would be a second form of x = 0.
    const std::string p =
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
    auto above = from_hex(p).value();
    above[0] |= 0x80;
    EXPECT_FALSE(g1_from_compressed(above));
    // Most pairs of coordinates are not points of the curve.
    auto whole = to_bytes(uncompressed(g1_generator()));
    whole.back() ^= 1;
    EXPECT_FALSE(g1_from_uncompressed(whole));
}

// The curve has some 2^125 times as many points as the group of order r, so no point with a small x is in the group.
// Only half of these x have a point.
TEST(Curve, points_outside_the_group_are_refused) {
    for (std::uint8_t x = 0; x < 20; ++x) {
        Bytes encoded(48);
        encoded[0] = 0x80;
        encoded[47] = x;
        EXPECT_FALSE(g1_from_compressed(encoded)) << int{x};
    }
}

TEST(Curve, trusted_points_still_have_flags_and_ranges) {
    std::vector<G1Affine> points(2);
    auto file = to_bytes(uncompressed(g1_generator()));
    const auto second = uncompressed(g1_generator() + g1_generator());
    file.insert(file.end(), second.begin(), second.end());
    ASSERT_TRUE(read_trusted_points(file, points));
    EXPECT_EQ(points[0], g1_generator());
    EXPECT_EQ(points[1], g1_generator() + g1_generator());
    auto changed = file;
    changed[96] |= 0x80;
    EXPECT_FALSE(read_trusted_points(changed, points));
    changed = file;
    std::fill_n(changed.begin(), 48, std::uint8_t{0x1f});
    EXPECT_FALSE(read_trusted_points(changed, points)) << "above the modulus";
}

// Bilinear: e(aP, bQ) = e(P, Q)^(ab); not degenerate: e(P, Q) is not one.
TEST(Pairing, is_bilinear_and_not_degenerate) {
    const auto p = g1_generator();
    const auto q = g2_generator();
    const auto a = Fr::from_u64(123'456'789), b = Fr::from_u64(987'654'321);
    const auto e = [](const G1Affine& left, const G2Affine& right) {
        return pairing_product(PointPairs{{left, right}});
    };
    EXPECT_FALSE(e(p, q) == Gt::one());
    EXPECT_TRUE(e(p * a, q * b) == e(p, q).pow(a * b));
    EXPECT_TRUE(e(p * a, q) == e(p, q * a));
    EXPECT_TRUE(pairing_product(PointPairs{{p, q}, {-p, q}}) == Gt::one());
    EXPECT_TRUE(e(p, q) * e(p, q).inverse() == Gt::one());
    EXPECT_TRUE(pairing_product(PointPairs{{G1Affine{}, q}, {p, q}}) == e(p, q)) << "infinity counts as one";
    EXPECT_TRUE(PreparedG2(q).pairing(p * a).finished() == e(p * a, q));
}

}  // namespace
}  // namespace strata::crypto
