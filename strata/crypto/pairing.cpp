#include <strata/crypto/pairing.hpp>

#include <blst.h>

namespace strata::crypto {
namespace {

static_assert(sizeof(Gt) == sizeof(blst_fp12));

blst_fp12* raw(Gt& value) {
    return reinterpret_cast<blst_fp12*>(value.limbs.data());
}
const blst_fp12* raw(const Gt& value) {
    return reinterpret_cast<const blst_fp12*>(value.limbs.data());
}

constexpr std::size_t kCoordinate = 48;

/// Little-endian and below p: it must come out as it went in.
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
    blst_fp12_conjugate(raw(out));
    return out;
}

Gt Gt::pow(const Fr& exponent) const {
    const auto bits = exponent.to_limbs();
    Gt out = one();
    for (std::size_t i = Fr::kBits; i-- > 0;) {
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
    if (bytes.size() != kCompressed) return fail(Errc::truncated, "a compressed target-group element has 288 bytes");
    // (c0 + 1)/c1 = t stands for (t + w)/(t - w), where w is the square root above the field of degree six.
    blst_fp12 upper{}, lower{};
    const auto* at = bytes.data();
    for (auto& two : upper.fp6[0].fp2)
        for (auto& coordinate : two.fp) {
            if (!read_coordinate(at, coordinate)) return fail(Errc::non_canonical, "a coordinate of p or above");
            at += kCoordinate;
        }
    upper.fp6[1].fp2[0] = blst_fp12_one()->fp6[0].fp2[0];
    lower = upper;
    blst_fp12_conjugate(&lower);
    Gt out;
    blst_fp12_inverse(&lower, &lower);
    blst_fp12_mul(raw(out), &upper, &lower);
    if (!blst_fp12_in_group(raw(out))) return fail(Errc::malformed, "not in the target group");
    return out;
}

Gt pairing_product(std::span<const std::pair<G1Affine, G2Affine>> pairs) {
    std::vector<const blst_p1_affine*> left;
    std::vector<const blst_p2_affine*> right;
    for (const auto& [p, q] : pairs) {
        if (p.is_infinity() || q.is_infinity()) continue;
        left.push_back(reinterpret_cast<const blst_p1_affine*>(p.limbs.data()));
        right.push_back(reinterpret_cast<const blst_p2_affine*>(q.limbs.data()));
    }
    Gt out = Gt::one();
    if (left.empty()) return out;
    blst_miller_loop_n(raw(out), right.data(), left.data(), left.size());
    blst_final_exp(raw(out), raw(out));
    return out;
}

}  // namespace strata::crypto
