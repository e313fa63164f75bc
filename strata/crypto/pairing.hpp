#pragma once
// The pairing of BLS12-381 and its target group.
#include <span>
#include <utility>

#include <strata/crypto/curve.hpp>

namespace strata::crypto {

/// An element of the field that contains the target group. Results of pairing_product() and from_compressed() are in
/// the group.
struct Gt {
    static constexpr std::size_t kCompressed = 288, kUncompressed = 576;
    std::array<std::uint64_t, 72> limbs{};  // blst_fp12

    static Gt one();
    friend Gt operator*(const Gt& a, const Gt& b);
    /// Valid only for elements of the group, where the inverse is the conjugate.
    Gt inverse() const;
    Gt pow(const Fr& exponent) const;
    friend bool operator==(const Gt& a, const Gt& b);

    /// Writes the twelve coordinates in little-endian order, as SnarkPack hashes them (docs/protocol/proofs.md §14).
    ByteArray<kUncompressed> to_bytes() const;
    /// Decodes the torus form (docs/protocol/proofs.md §14) and checks that the element is in the group. Errors:
    /// truncated, non_canonical, malformed.
    static Result<Gt> from_compressed(BytesView bytes);
};

/// A product of pairings before the final exponentiation, which is done once for all of them.
class MillerProduct {
  public:
    MillerProduct();  // one
    /// The product of e(P, Q) over all pairs. A pair with a point at infinity counts as one.
    explicit MillerProduct(std::span<const std::pair<G1Affine, G2Affine>> pairs);
    MillerProduct& operator*=(const MillerProduct& other);
    /// Returns the product after the final exponentiation.
    Gt finished() const;

  private:
    friend class PreparedG2;
    Gt value_;
};

/// A point of G2 that takes part in many pairings. It keeps what a Miller loop computes from the point alone.
class PreparedG2 {
  public:
    /// The point must not be at infinity (checked).
    explicit PreparedG2(const G2Affine& point);
    /// Returns e(left, point).
    MillerProduct pairing(const G1Affine& left) const;

  private:
    static constexpr std::size_t kLines = 68;           // as many as blst computes
    std::vector<std::array<std::uint64_t, 36>> lines_;  // blst_fp6
};

using PointPairs = std::vector<std::pair<G1Affine, G2Affine>>;
/// Returns Π e(P, Q), computed on the thread pool. A pair with a point at infinity counts as one.
Gt pairing_product(std::span<const std::pair<G1Affine, G2Affine>> pairs);

}  // namespace strata::crypto
