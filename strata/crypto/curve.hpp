#pragma once
// Points of BLS12-381's two groups, affine, laid out as blst's blst_p1_affine and blst_p2_affine (checked in
// curve.cpp), and their encodings (ZCash's: big-endian, three flag bits in the first byte; docs/protocol/proofs.md §1,
// §13).
#include <array>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>
#include <strata/crypto/fr.hpp>

namespace strata::crypto {

struct G1Affine {
    static constexpr std::size_t kUncompressed = 96, kCompressed = 48;
    std::array<std::uint64_t, 12> limbs{};  // x, y in Montgomery form; all zero: infinity

    bool is_infinity() const { return *this == G1Affine{}; }
    friend bool operator==(const G1Affine&, const G1Affine&) = default;
};

struct G2Affine {
    static constexpr std::size_t kUncompressed = 192, kCompressed = 96;
    std::array<std::uint64_t, 24> limbs{};

    bool is_infinity() const { return *this == G2Affine{}; }
    friend bool operator==(const G2Affine&, const G2Affine&) = default;
};

G1Affine operator+(const G1Affine& a, const G1Affine& b);
G2Affine operator+(const G2Affine& a, const G2Affine& b);
G1Affine operator-(const G1Affine& point);
G1Affine operator*(const G1Affine& point, const Fr& scalar);
G2Affine operator*(const G2Affine& point, const Fr& scalar);

G1Affine g1_generator();
G2Affine g2_generator();

ByteArray<48> compressed(const G1Affine& point);
ByteArray<96> compressed(const G2Affine& point);
ByteArray<96> uncompressed(const G1Affine& point);
ByteArray<192> uncompressed(const G2Affine& point);

/// Decodes a point and checks that it is canonical, on the curve, and in the group of order r. Infinity is accepted, in
/// both forms. Errors: invalid_argument, malformed.
Result<G1Affine> g1_from_uncompressed(BytesView bytes);
Result<G2Affine> g2_from_uncompressed(BytesView bytes);
Result<G1Affine> g1_from_compressed(BytesView bytes);
Result<G2Affine> g2_from_compressed(BytesView bytes);

/// Decodes consecutive uncompressed points of a file that is trusted as a whole because its digest was checked. Only
/// the flags and the range of the coordinates are checked. `bytes` holds exactly out.size() points (checked). Errors:
/// malformed.
Status read_trusted_points(BytesView bytes, std::span<G1Affine> out);
Status read_trusted_points(BytesView bytes, std::span<G2Affine> out);

}  // namespace strata::crypto
