#pragma once
// Groth16's proof and keys, in bellperson's formats (docs/protocol/proofs.md §13).
#include <filesystem>

#include <strata/base/mapped_file.hpp>
#include <strata/crypto/curve.hpp>

namespace strata::proofs {

struct Proof {
    static constexpr std::size_t kSize = 192;
    crypto::G1Affine a;
    crypto::G2Affine b;
    crypto::G1Affine c;

    /// Writes A, B and C, compressed.
    ByteArray<kSize> to_bytes() const;
    /// Checks every point; a point must not be at infinity. Errors: invalid_argument, malformed.
    static Result<Proof> from_bytes(BytesView bytes);
    bool operator==(const Proof&) const = default;
};

struct VerifyingKey {
    crypto::G1Affine alpha_g1, beta_g1;
    crypto::G2Affine beta_g2, gamma_g2;
    crypto::G1Affine delta_g1;
    crypto::G2Affine delta_g2;
    std::vector<crypto::G1Affine> ic;  // one for each input, ONE's first

    Bytes to_bytes() const;
    /// Counts three points of each group, the number of inputs (4 bytes) and a point for each input.
    static std::size_t encoded_size(std::size_t inputs) { return 868 + crypto::G1Affine::kUncompressed * inputs; }
    /// Checks every point. Errors: truncated, trailing, malformed.
    static Result<VerifyingKey> from_bytes(BytesView bytes);
    /// Reads the key at the front of a parameter file. Errors: truncated, malformed.
    static Result<VerifyingKey> read_front(BytesView bytes);
};

/// A key's list of points, not yet decoded. The file holds a BE32 count, then uncompressed points.
template <class Point>
class PointList {
  public:
    std::size_t size() const { return bytes_.size() / Point::kUncompressed; }
    /// Decodes the points. Errors: malformed.
    Result<std::vector<Point>> load() const;
    /// Returns the list at the front of `bytes` and removes it from there. Errors: truncated.
    static Result<PointList> take(BytesView& bytes);

  private:
    BytesView bytes_;
};

/// A mapped parameter file. The file is trusted: the caller has checked its digest (params/parameter_store.hpp).
struct ProvingKey {
    MappedFile file;
    VerifyingKey verifying;
    PointList<crypto::G1Affine> h, l, a, b_g1;
    PointList<crypto::G2Affine> b_g2;

    /// Errors name the file: not_found, io, truncated, trailing, malformed.
    static Result<ProvingKey> open(const std::filesystem::path& path);

  private:
    Status read();
};

}  // namespace strata::proofs
