#include <strata/crypto/pairing.hpp>

#include <blst.h>

#include <algorithm>

#include <strata/base/thread_pool.hpp>

namespace strata::crypto {
namespace {

static_assert(sizeof(Gt) == sizeof(blst_fp12) && sizeof(std::array<std::uint64_t, 36>) == sizeof(blst_fp6));

blst_fp12* raw(Gt& value) {
    return reinterpret_cast<blst_fp12*>(value.limbs.data());
}
const blst_fp12* raw(const Gt& value) {
    return reinterpret_cast<const blst_fp12*>(value.limbs.data());
}

static_assert(sizeof(G1Affine) == sizeof(blst_p1_affine) && sizeof(G2Affine) == sizeof(blst_p2_affine));

const blst_p1_affine* raw(const G1Affine& point) {
    return reinterpret_cast<const blst_p1_affine*>(point.limbs.data());
}
const blst_p2_affine* raw(const G2Affine& point) {
    return reinterpret_cast<const blst_p2_affine*>(point.limbs.data());
}

constexpr std::size_t kCoordinate = 48;

/// Decodes a little-endian number below p. Anything larger does not encode to the same bytes again, and is refused.
bool read_coordinate(const std::uint8_t* bytes, blst_fp& out) {
    ByteArray<kCoordinate> again;
    blst_fp_from_lendian(&out, bytes);
    blst_lendian_from_fp(again.data(), &out);
    return equal(again, {bytes, kCoordinate});
}

}  // namespace

Gt Gt::one() {
    Gt out;
    *raw(out) = *blst_fp12_one();
    return out;
}

Gt operator*(const Gt& a, const Gt& b) {
    Gt out;
    blst_fp12_mul(raw(out), raw(a), raw(b));
    return out;
}

Gt Gt::inverse() const {
    Gt out = *this;
    // Elements of the group have norm 1 over Fp6, so the conjugate is the inverse and costs only a few negations.
    blst_fp12_conjugate(raw(out));
    return out;
}

Gt Gt::pow(const Fr& exponent) const {
    const auto bits = exponent.to_limbs();
    Gt out = one();
    for (std::size_t i = Fr::kBits; i-- > 0;) {
        // Squaring in the group is cheaper than in the field around it.
        blst_fp12_cyclotomic_sqr(raw(out), raw(out));
        if ((bits[i / 64] >> (i % 64) & 1) != 0) out = out * *this;
    }
    return out;
}

bool operator==(const Gt& a, const Gt& b) {
    return blst_fp12_is_equal(raw(a), raw(b));
}

ByteArray<Gt::kUncompressed> Gt::to_bytes() const {
    ByteArray<kUncompressed> out;
    auto* to = out.data();
    for (const auto& six : raw(*this)->fp6)
        for (const auto& two : six.fp2)
            for (const auto& coordinate : two.fp) {
                blst_lendian_from_fp(to, &coordinate);
                to += kCoordinate;
            }
    return out;
}

Result<Gt> Gt::from_compressed(BytesView bytes) {
    if (bytes.size() != kCompressed)
        return fail(Errc::truncated, "there are " + std::to_string(bytes.size()) +
                                         " bytes, but a compressed element of the target group has " +
                                         std::to_string(kCompressed));
    // The bytes of an element c0 + c1·w hold t = (c0 + 1)/c1, from which the element is (t + w)/(t - w). w is the
    // square root that extends the field of degree six.
    blst_fp12 upper{}, lower{};
    const auto* at = bytes.data();
    for (auto& two : upper.fp6[0].fp2)
        for (auto& coordinate : two.fp) {
            if (!read_coordinate(at, coordinate))
                return fail(Errc::non_canonical,
                            "the target-group element has a coordinate that is not below the modulus p");
            at += kCoordinate;
        }
    upper.fp6[1].fp2[0] = blst_fp12_one()->fp6[0].fp2[0];
    lower = upper;
    blst_fp12_conjugate(&lower);
    Gt out;
    blst_fp12_inverse(&lower, &lower);
    blst_fp12_mul(raw(out), &upper, &lower);
    if (!blst_fp12_in_group(raw(out))) return fail(Errc::malformed, "the element is not in the target group");
    return out;
}

MillerProduct::MillerProduct() : value_(Gt::one()) {}

MillerProduct::MillerProduct(std::span<const std::pair<G1Affine, G2Affine>> pairs) : MillerProduct() {
    std::vector<const blst_p1_affine*> left;
    std::vector<const blst_p2_affine*> right;
    for (const auto& [p, q] : pairs) {
        if (p.is_infinity() || q.is_infinity()) continue;
        left.push_back(raw(p));
        right.push_back(raw(q));
    }
    if (!left.empty()) blst_miller_loop_n(raw(value_), right.data(), left.data(), left.size());
}

MillerProduct& MillerProduct::operator*=(const MillerProduct& other) {
    value_ = value_ * other.value_;
    return *this;
}

Gt MillerProduct::finished() const {
    Gt out;
    blst_final_exp(raw(out), raw(value_));
    return out;
}

PreparedG2::PreparedG2(const G2Affine& point) : lines_(kLines) {
    STRATA_CHECK(!point.is_infinity());
    blst_precompute_lines(reinterpret_cast<blst_fp6*>(lines_.data()), raw(point));
}

MillerProduct PreparedG2::pairing(const G1Affine& left) const {
    MillerProduct out;
    if (!left.is_infinity())
        blst_miller_loop_lines(raw(out.value_), reinterpret_cast<const blst_fp6*>(lines_.data()), raw(left));
    return out;
}

Gt pairing_product(std::span<const std::pair<G1Affine, G2Affine>> pairs) {
    // Pairs of one part share their squarings, so parts should be large, but there must be work for every thread.
    const std::size_t parts = std::min(worker_threads(), (pairs.size() + 1) / 2);
    std::vector<MillerProduct> products(parts);
    parallel_for(parts, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const auto from = pairs.size() * i / parts, to = pairs.size() * (i + 1) / parts;
            products[i] = MillerProduct(pairs.subspan(from, to - from));
        }
    });
    MillerProduct all;
    for (const auto& product : products) all *= product;
    return all.finished();
}

}  // namespace strata::crypto
