#include <strata/crypto/eip2537.hpp>

#include <blst.h>

namespace strata::crypto::eip2537 {
namespace {

constexpr std::size_t kPadding = 16;

// The functions below use both groups under the same names.
struct G1 {
    using Affine = blst_p1_affine;
    using Point = blst_p1;
    static constexpr std::size_t kSize = kG1Size;
    static std::array<blst_fp*, 2> coordinates(Affine& p) { return {&p.x, &p.y}; }
    static constexpr auto on_curve = blst_p1_affine_on_curve;
    static constexpr auto in_group = blst_p1_affine_in_g1;
    static constexpr auto is_infinity = blst_p1_affine_is_inf;
    static constexpr auto from_affine = blst_p1_from_affine;
    static constexpr auto to_affine = blst_p1_to_affine;
    static constexpr auto add_affine = blst_p1_add_or_double_affine;
    static constexpr auto add = blst_p1_add_or_double;
    static constexpr auto multiply = blst_p1_mult;
};
struct G2 {
    using Affine = blst_p2_affine;
    using Point = blst_p2;
    static constexpr std::size_t kSize = kG2Size;
    static std::array<blst_fp*, 4> coordinates(Affine& p) { return {&p.x.fp[0], &p.x.fp[1], &p.y.fp[0], &p.y.fp[1]}; }
    static constexpr auto on_curve = blst_p2_affine_on_curve;
    static constexpr auto in_group = blst_p2_affine_in_g2;
    static constexpr auto is_infinity = blst_p2_affine_is_inf;
    static constexpr auto from_affine = blst_p2_from_affine;
    static constexpr auto to_affine = blst_p2_to_affine;
    static constexpr auto add_affine = blst_p2_add_or_double_affine;
    static constexpr auto add = blst_p2_add_or_double;
    static constexpr auto multiply = blst_p2_mult;
};

Error wrong_length(std::string_view what, std::size_t got, std::string_view expected) {
    return fail(Errc::invalid_argument, "the input of " + std::string(what) + " has " + std::to_string(got) +
                                            " bytes, expected " + std::string(expected));
}

Status read_fp(BytesView padded, blst_fp& out) {
    for (const auto byte : padded.first(kPadding))
        if (byte != 0) return fail(Errc::invalid_argument, "a coordinate is not padded with zeros");
    const BytesView digits = padded.subspan(kPadding);
    // blst reduces a larger number; only what is below the modulus is written back the same.
    ByteArray<48> again;
    blst_fp_from_bendian(&out, digits.data());
    blst_bendian_from_fp(again.data(), &out);
    if (!equal(again, digits)) return fail(Errc::invalid_argument, "a coordinate is not below the modulus p");
    return {};
}

enum class Subgroup { any, checked };

template <class G>
Result<typename G::Affine> read_point(BytesView bytes, Subgroup subgroup) {
    typename G::Affine point;
    std::size_t at = 0;
    for (blst_fp* coordinate : G::coordinates(point)) {
        STRATA_OK(read_fp(bytes.subspan(at, kFpSize), *coordinate));
        at += kFpSize;
    }
    // blst takes infinity (all zeros) for a point of the curve and of the group.
    if (!G::on_curve(&point)) return fail(Errc::invalid_argument, "a point is not on the curve");
    if (subgroup == Subgroup::checked && !G::in_group(&point))
        return fail(Errc::invalid_argument, "a point is outside the group of order r");
    return point;
}

template <class G>
Bytes written(typename G::Affine point) {
    Bytes out(G::kSize, 0);
    std::uint8_t* at = out.data();
    for (const blst_fp* coordinate : G::coordinates(point)) {
        blst_bendian_from_fp(at + kPadding, coordinate);
        at += kFpSize;
    }
    return out;
}
template <class G>
Bytes written(const typename G::Point& point) {
    typename G::Affine affine;
    G::to_affine(&affine, &point);
    return written<G>(affine);
}

template <class G>
Result<Bytes> add(BytesView points, std::string_view what) {
    if (points.size() != 2 * G::kSize) return wrong_length(what, points.size(), std::to_string(2 * G::kSize));
    STRATA_TRY(const auto a, read_point<G>(points.first(G::kSize), Subgroup::any));
    STRATA_TRY(const auto b, read_point<G>(points.subspan(G::kSize), Subgroup::any));
    if (G::is_infinity(&a)) return written<G>(b);
    if (G::is_infinity(&b)) return written<G>(a);
    typename G::Point sum;
    G::from_affine(&sum, &a);
    G::add_affine(&sum, &sum, &b);
    return written<G>(sum);
}

// One term after the other: the gas of a message pays for few terms, and so the order of the sum does not matter.
template <class G>
Result<Bytes> msm(BytesView terms, std::string_view what) {
    constexpr std::size_t kTerm = G::kSize + kScalarSize;
    if (terms.empty() || terms.size() % kTerm != 0)
        return wrong_length(what, terms.size(), "a multiple of " + std::to_string(kTerm) + " above zero");
    typename G::Point sum{};
    for (std::size_t at = 0; at < terms.size(); at += kTerm) {
        STRATA_TRY(const auto affine, read_point<G>(terms.subspan(at, G::kSize), Subgroup::checked));
        if (G::is_infinity(&affine)) continue;
        ByteArray<kScalarSize> scalar;  // blst wants the low byte first
        std::ranges::reverse_copy(terms.subspan(at + G::kSize, kScalarSize), scalar.begin());
        typename G::Point term;
        G::from_affine(&term, &affine);
        G::multiply(&term, &term, scalar.data(), 8 * scalar.size());
        G::add(&sum, &sum, &term);
    }
    return written<G>(sum);
}

}  // namespace

Result<Bytes> g1_add(BytesView points) {
    return add<G1>(points, "the addition in G1");
}
Result<Bytes> g2_add(BytesView points) {
    return add<G2>(points, "the addition in G2");
}
Result<Bytes> g1_msm(BytesView terms) {
    return msm<G1>(terms, "the multiplication in G1");
}
Result<Bytes> g2_msm(BytesView terms) {
    return msm<G2>(terms, "the multiplication in G2");
}

Result<bool> pairing_is_one(BytesView pairs) {
    if (pairs.empty() || pairs.size() % kPairSize != 0)
        return wrong_length("the pairing", pairs.size(), "a multiple of 384 above zero");
    blst_fp12 product = *blst_fp12_one();
    for (std::size_t at = 0; at < pairs.size(); at += kPairSize) {
        STRATA_TRY(const auto p, read_point<G1>(pairs.subspan(at, kG1Size), Subgroup::checked));
        STRATA_TRY(const auto q, read_point<G2>(pairs.subspan(at + kG1Size, kG2Size), Subgroup::checked));
        // The pairing with infinity is one.
        if (blst_p1_affine_is_inf(&p) || blst_p2_affine_is_inf(&q)) continue;
        blst_fp12 factor;
        blst_miller_loop(&factor, &q, &p);
        blst_fp12_mul(&product, &product, &factor);
    }
    blst_final_exp(&product, &product);
    return blst_fp12_is_one(&product);
}

Result<Bytes> map_to_g1(BytesView element) {
    if (element.size() != kFpSize) return wrong_length("the map to G1", element.size(), "64");
    blst_fp u;
    STRATA_OK(read_fp(element, u));
    blst_p1 point;
    blst_map_to_g1(&point, &u, nullptr);
    return written<G1>(point);
}

Result<Bytes> map_to_g2(BytesView element) {
    if (element.size() != 2 * kFpSize) return wrong_length("the map to G2", element.size(), "128");
    blst_fp2 u;
    STRATA_OK(read_fp(element.first(kFpSize), u.fp[0]));
    STRATA_OK(read_fp(element.subspan(kFpSize), u.fp[1]));
    blst_p2 point;
    blst_map_to_g2(&point, &u, nullptr);
    return written<G2>(point);
}

}  // namespace strata::crypto::eip2537
