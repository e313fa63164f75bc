#pragma once
// The pairing of BLS12-381 and its target group.
#include <span>
#include <utility>

#include <strata/crypto/curve.hpp>

namespace strata::crypto {

/// An element of the field above the target group; what pairing_product() and from_compressed() give is in the group.
struct Gt {
    static constexpr std::size_t kCompressed = 288, kUncompressed = 576;
    std::array<std::uint64_t, 72> limbs{};  // blst_fp12

    static Gt one();
    friend Gt operator*(const Gt& a, const Gt& b);
    /// Only for elements of the group, whose inverse is the conjugate.
    Gt inverse() const;
    Gt pow(const Fr& exponent) const;
    friend bool operator==(const Gt& a, const Gt& b);

    /// Twelve little-endian coordinates, as SnarkPack hashes them (proofs.md §14).
    ByteArray<kUncompressed> to_bytes() const;
    /// Torus form (proofs.md §14), checked to be in the group. Errors: truncated, malformed.
    static Result<Gt> from_compressed(BytesView bytes);
};

/// A product of pairings that still lacks their final exponentiation, which serves all of them.
class MillerProduct {
  public:
    MillerProduct();  // one
    /// e(P, Q) for every pair; a pair with a point at infinity counts as one.
    explicit MillerProduct(std::span<const std::pair<G1Affine, G2Affine>> pairs);
    MillerProduct& operator*=(const MillerProduct& other);
    Gt finished() const;

  private:
    friend class PreparedG2;
    Gt value_;
};

/// A point of G2 for many pairings: what a Miller loop computes from it alone is kept.
class PreparedG2 {
  public:
    /// Not infinity (checked).
    explicit PreparedG2(const G2Affine& point);
    /// e(left, point).
    MillerProduct pairing(const G1Affine& left) const;

  private:
    static constexpr std::size_t kLines = 68;
    std::vector<std::array<std::uint64_t, 36>> lines_;  // blst_fp6
};

using PointPairs = std::vector<std::pair<G1Affine, G2Affine>>;
/// Π e(P, Q), on the thread pool. A pair with a point at infinity counts as one.
Gt pairing_product(std::span<const std::pair<G1Affine, G2Affine>> pairs);

}  // namespace strata::crypto
