#include <strata/proofs/groth16/key.hpp>

#include <atomic>

#include <strata/base/thread_pool.hpp>

namespace strata::proofs {

using crypto::G1Affine;
using crypto::G2Affine;

namespace {

Result<BytesView> take(BytesView& bytes, std::size_t count) {
    if (bytes.size() < count)
        return fail(Errc::truncated, "the key ends early: " + std::to_string(bytes.size()) +
                                         " bytes are left, expected at least " + std::to_string(count));
    const auto front = bytes.first(count);
    bytes = bytes.subspan(count);
    return front;
}

Status take_point(BytesView& bytes, G1Affine& out) {
    STRATA_TRY(const auto front, take(bytes, G1Affine::kUncompressed));
    STRATA_TRY(out, crypto::g1_from_uncompressed(front));
    return {};
}

Status take_point(BytesView& bytes, G2Affine& out) {
    STRATA_TRY(const auto front, take(bytes, G2Affine::kUncompressed));
    STRATA_TRY(out, crypto::g2_from_uncompressed(front));
    return {};
}

Result<std::size_t> take_count(BytesView& bytes) {
    STRATA_TRY(const auto front, take(bytes, 4));
    return load_be<std::uint32_t>(front.data());
}

}  // namespace

ByteArray<Proof::kSize> Proof::to_bytes() const {
    ByteArray<kSize> out;
    auto to = std::ranges::copy(compressed(a), out.begin()).out;
    to = std::ranges::copy(compressed(b), to).out;
    std::ranges::copy(compressed(c), to);
    return out;
}

Result<Proof> Proof::from_bytes(BytesView bytes) {
    constexpr auto kG1 = G1Affine::kCompressed, kG2 = G2Affine::kCompressed;
    if (bytes.size() != kSize)
        return fail(Errc::invalid_argument, "the Groth16 proof has " + std::to_string(bytes.size()) +
                                                " bytes, expected " + std::to_string(kSize));
    // Each point costs a square root and a check that it is in its group. On one thread that is a third of a
    // verification, so the three points are decoded in parallel.
    Result<crypto::G1Affine> a, c;
    Result<crypto::G2Affine> b;
    parallel_for(3, 1, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i) {
            if (i == 0) b = crypto::g2_from_compressed(bytes.subspan(kG1, kG2));
            if (i == 1) a = crypto::g1_from_compressed(bytes.first(kG1));
            if (i == 2) c = crypto::g1_from_compressed(bytes.last(kG1));
        }
    });
    Proof out;
    STRATA_TRY(out.a, std::move(a));
    STRATA_TRY(out.b, std::move(b));
    STRATA_TRY(out.c, std::move(c));
    if (out.a.is_infinity() || out.b.is_infinity() || out.c.is_infinity())
        return fail(Errc::malformed, "one of the proof's three points is the point at infinity");
    return out;
}

// The layout is bellperson's (docs/protocol/proofs.md §13).
Bytes VerifyingKey::to_bytes() const {
    Bytes out;
    append(out, uncompressed(alpha_g1));
    append(out, uncompressed(beta_g1));
    append(out, uncompressed(beta_g2));
    append(out, uncompressed(gamma_g2));
    append(out, uncompressed(delta_g1));
    append(out, uncompressed(delta_g2));
    ByteArray<4> count;
    store_be(count.data(), static_cast<std::uint32_t>(ic.size()));
    append(out, count);
    for (const auto& point : ic) append(out, uncompressed(point));
    return out;
}

Result<VerifyingKey> VerifyingKey::from_bytes(BytesView bytes) {
    STRATA_TRY(auto key, read_front(bytes));
    if (bytes.size() != encoded_size(key.ic.size()))
        return fail(Errc::trailing, "the verifying key has " + std::to_string(bytes.size()) + " bytes, expected " +
                                        std::to_string(VerifyingKey::encoded_size(key.ic.size())));
    return key;
}

Result<VerifyingKey> VerifyingKey::read_front(BytesView bytes) {
    VerifyingKey out;
    STRATA_OK(take_point(bytes, out.alpha_g1));
    STRATA_OK(take_point(bytes, out.beta_g1));
    STRATA_OK(take_point(bytes, out.beta_g2));
    STRATA_OK(take_point(bytes, out.gamma_g2));
    STRATA_OK(take_point(bytes, out.delta_g1));
    STRATA_OK(take_point(bytes, out.delta_g2));
    STRATA_TRY(const auto count, take_count(bytes));
    // The count is checked against the bytes that are left before memory is set aside for it.
    if (bytes.size() / G1Affine::kUncompressed < count)
        return fail(Errc::truncated, "the verifying key lists " + std::to_string(count) + " inputs, but only " +
                                         std::to_string(bytes.size()) + " bytes follow, expected at least " +
                                         std::to_string(count * G1Affine::kUncompressed));
    out.ic.resize(count);
    for (auto& point : out.ic) STRATA_OK(take_point(bytes, point));
    return out;
}

template <class Point>
Result<PointList<Point>> PointList<Point>::take(BytesView& bytes) {
    PointList out;
    STRATA_TRY(const auto count, take_count(bytes));
    // The points stay in the mapped file; load() decodes them when a proof needs them.
    STRATA_TRY(out.bytes_, proofs::take(bytes, count * Point::kUncompressed));
    return out;
}

template <class Point>
Result<std::vector<Point>> PointList<Point>::load() const {
    // Millions of points are decoded for each proof. Whether they are on the curve was settled when the digest of the
    // file was checked.
    std::vector<Point> out(size());
    std::atomic<bool> good = true;
    parallel_for(out.size(), 1 << 10, [&](std::size_t begin, std::size_t end) {
        const auto part = bytes_.subspan(begin * Point::kUncompressed, (end - begin) * Point::kUncompressed);
        if (!crypto::read_trusted_points(part, std::span(out).subspan(begin, end - begin))) good = false;
    });
    if (!good)
        return fail(Errc::malformed,
                    "the proving key is damaged: one of its points is compressed, at infinity or out of range; "
                    "restore the key from a copy");
    return out;
}

template class PointList<G1Affine>;
template class PointList<G2Affine>;

Result<ProvingKey> ProvingKey::open(const std::filesystem::path& path) {
    ProvingKey out;
    STRATA_TRY(out.file, MappedFile::open(path));
    if (auto read = out.read(); !read)
        return std::move(read).error().with_context("the proving key " + path.string() + " is damaged");
    return out;
}

Status ProvingKey::read() {
    auto rest = file.bytes();
    STRATA_TRY(verifying, VerifyingKey::read_front(rest));
    rest = rest.subspan(VerifyingKey::encoded_size(verifying.ic.size()));
    STRATA_TRY(h, PointList<G1Affine>::take(rest));
    STRATA_TRY(l, PointList<G1Affine>::take(rest));
    STRATA_TRY(a, PointList<G1Affine>::take(rest));
    STRATA_TRY(b_g1, PointList<G1Affine>::take(rest));
    STRATA_TRY(b_g2, PointList<G2Affine>::take(rest));
    if (!rest.empty())
        return fail(Errc::trailing, std::to_string(rest.size()) + " bytes follow its last list of points, expected 0");
    return {};
}

}  // namespace strata::proofs
