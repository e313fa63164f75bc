#include <strata/crypto/curve.hpp>

#include <blst.h>

#include <algorithm>

namespace strata::crypto {
namespace {

static_assert(sizeof(G1Affine) == sizeof(blst_p1_affine) && sizeof(G2Affine) == sizeof(blst_p2_affine));

blst_p1_affine* raw(G1Affine& point) {
    return reinterpret_cast<blst_p1_affine*>(point.limbs.data());
}
const blst_p1_affine* raw(const G1Affine& point) {
    return reinterpret_cast<const blst_p1_affine*>(point.limbs.data());
}
blst_p2_affine* raw(G2Affine& point) {
    return reinterpret_cast<blst_p2_affine*>(point.limbs.data());
}
const blst_p2_affine* raw(const G2Affine& point) {
    return reinterpret_cast<const blst_p2_affine*>(point.limbs.data());
}

constexpr std::uint8_t kCompressedFlag = 0x80, kInfinityFlag = 0x40, kSignFlag = 0x20;

/// Decodes a big-endian number below p that carries no flags.
bool read_coordinate(const std::uint8_t* bytes, blst_fp& out) {
    // This is p - 1 in big-endian order, the largest number that blst_fp_from_bendian does not reduce.
    static const ByteArray<48> kLargest = [] {
        blst_fp one, minus_one;
        const std::uint64_t limbs[6] = {1};
        blst_fp_from_uint64(&one, limbs);
        blst_fp_cneg(&minus_one, &one, true);
        ByteArray<48> largest;
        blst_bendian_from_fp(largest.data(), &minus_one);
        return largest;
    }();
    if (std::memcmp(bytes, kLargest.data(), 48) > 0) return false;
    blst_fp_from_bendian(&out, bytes);
    return true;
}

/// Explains a wrong length, or a flag that belongs to the other of the two encodings.
Error bad_encoding(BytesView bytes, std::string_view what, std::size_t size) {
    if (bytes.size() == size)
        return fail(Errc::invalid_argument,
                    "the bytes are not " + std::string(what) + ": the highest bit of the first byte is " +
                        ((bytes[0] & kCompressedFlag) != 0 ? "1" : "0") + "; it is 1 in compressed points only");
    return fail(Errc::invalid_argument, "there are " + std::to_string(bytes.size()) + " bytes, but " +
                                            std::string(what) + " has " + std::to_string(size));
}

template <class Point>
Status read_points(BytesView bytes, std::span<Point> out) {
    constexpr auto kSize = Point::kUncompressed;
    STRATA_CHECK(bytes.size() == out.size() * kSize);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto* at = bytes.data() + i * kSize;
        if ((at[0] & (kCompressedFlag | kInfinityFlag | kSignFlag)) != 0)
            return fail(Errc::malformed, "point " + std::to_string(i) + " of the key is at infinity or compressed");
        // A point is x, then y. In G2 each has two parts of 48 bytes: the file has the imaginary part first, blst the
        // real.
        constexpr std::size_t kParts = kSize / 96;
        auto* const coordinates = reinterpret_cast<blst_fp*>(out[i].limbs.data());
        for (std::size_t c = 0; c < 2; ++c)
            for (std::size_t part = 0; part < kParts; ++part)
                if (!read_coordinate(at + 48 * (c * kParts + (kParts - 1 - part)), coordinates[c * kParts + part]))
                    return fail(Errc::malformed, "point " + std::to_string(i) +
                                                     " of the key has a coordinate that is not below the modulus p");
    }
    return {};
}

}  // namespace

G1Affine operator+(const G1Affine& a, const G1Affine& b) {
    blst_p1 sum;
    blst_p1_from_affine(&sum, raw(a));
    blst_p1_add_or_double_affine(&sum, &sum, raw(b));
    G1Affine out;
    blst_p1_to_affine(raw(out), &sum);
    return out;
}

G2Affine operator+(const G2Affine& a, const G2Affine& b) {
    blst_p2 sum;
    blst_p2_from_affine(&sum, raw(a));
    blst_p2_add_or_double_affine(&sum, &sum, raw(b));
    G2Affine out;
    blst_p2_to_affine(raw(out), &sum);
    return out;
}

G1Affine operator-(const G1Affine& point) {
    blst_p1 negative;
    blst_p1_from_affine(&negative, raw(point));
    blst_p1_cneg(&negative, true);
    G1Affine out;
    blst_p1_to_affine(raw(out), &negative);
    return out;
}

namespace {

/// Returns how many bits of the scalar blst must walk through. The random factors of verifiers and small numbers fit
/// into 128 bits, which halves the time. The time therefore reveals that a scalar is short, but a secret scalar is
/// short only with probability 2^-127.
std::size_t bits_of(const Hash256& scalar) {
    return std::all_of(scalar.begin() + 16, scalar.end(), [](auto byte) { return byte == 0; }) ? 128 : Fr::kBits;
}

}  // namespace

G1Affine operator*(const G1Affine& point, const Fr& scalar) {
    const auto bytes = scalar.to_bytes();
    blst_p1 product;
    blst_p1_from_affine(&product, raw(point));
    blst_p1_mult(&product, &product, bytes.data(), bits_of(bytes));
    G1Affine out;
    blst_p1_to_affine(raw(out), &product);
    return out;
}

G2Affine operator*(const G2Affine& point, const Fr& scalar) {
    const auto bytes = scalar.to_bytes();
    blst_p2 product;
    blst_p2_from_affine(&product, raw(point));
    blst_p2_mult(&product, &product, bytes.data(), bits_of(bytes));
    G2Affine out;
    blst_p2_to_affine(raw(out), &product);
    return out;
}

G1Affine g1_generator() {
    G1Affine out;
    *raw(out) = *blst_p1_affine_generator();
    return out;
}

G2Affine g2_generator() {
    G2Affine out;
    *raw(out) = *blst_p2_affine_generator();
    return out;
}

ByteArray<48> compressed(const G1Affine& point) {
    ByteArray<48> out;
    blst_p1_affine_compress(out.data(), raw(point));
    return out;
}

ByteArray<96> compressed(const G2Affine& point) {
    ByteArray<96> out;
    blst_p2_affine_compress(out.data(), raw(point));
    return out;
}

ByteArray<96> uncompressed(const G1Affine& point) {
    ByteArray<96> out;
    blst_p1_affine_serialize(out.data(), raw(point));
    return out;
}

ByteArray<192> uncompressed(const G2Affine& point) {
    ByteArray<192> out;
    blst_p2_affine_serialize(out.data(), raw(point));
    return out;
}

Result<G1Affine> g1_from_uncompressed(BytesView bytes) {
    if (bytes.size() != G1Affine::kUncompressed || (bytes[0] & kCompressedFlag) != 0)
        return bad_encoding(bytes, "an uncompressed G1 point", G1Affine::kUncompressed);
    G1Affine out;
    if (blst_p1_deserialize(raw(out), bytes.data()) != BLST_SUCCESS || !blst_p1_affine_in_g1(raw(out)))
        return fail(Errc::malformed, "the bytes are not a point of the group G1");
    return out;
}

Result<G2Affine> g2_from_uncompressed(BytesView bytes) {
    if (bytes.size() != G2Affine::kUncompressed || (bytes[0] & kCompressedFlag) != 0)
        return bad_encoding(bytes, "an uncompressed G2 point", G2Affine::kUncompressed);
    G2Affine out;
    if (blst_p2_deserialize(raw(out), bytes.data()) != BLST_SUCCESS || !blst_p2_affine_in_g2(raw(out)))
        return fail(Errc::malformed, "the bytes are not a point of the group G2");
    return out;
}

Result<G1Affine> g1_from_compressed(BytesView bytes) {
    if (bytes.size() != G1Affine::kCompressed || (bytes[0] & kCompressedFlag) == 0)
        return bad_encoding(bytes, "a compressed G1 point", G1Affine::kCompressed);
    G1Affine out;
    if (blst_p1_uncompress(raw(out), bytes.data()) != BLST_SUCCESS || !blst_p1_affine_in_g1(raw(out)))
        return fail(Errc::malformed, "the bytes are not a point of the group G1");
    return out;
}

Result<G2Affine> g2_from_compressed(BytesView bytes) {
    if (bytes.size() != G2Affine::kCompressed || (bytes[0] & kCompressedFlag) == 0)
        return bad_encoding(bytes, "a compressed G2 point", G2Affine::kCompressed);
    G2Affine out;
    if (blst_p2_uncompress(raw(out), bytes.data()) != BLST_SUCCESS || !blst_p2_affine_in_g2(raw(out)))
        return fail(Errc::malformed, "the bytes are not a point of the group G2");
    return out;
}

Status read_trusted_points(BytesView bytes, std::span<G1Affine> out) {
    return read_points(bytes, out);
}

Status read_trusted_points(BytesView bytes, std::span<G2Affine> out) {
    return read_points(bytes, out);
}

}  // namespace strata::crypto
