#pragma once
// BLAKE2b and BLAKE2s (RFC 7693), any digest length. Incremental; a value per hash, one thread each.
#include <strata/base/bytes.hpp>

namespace strata::crypto {

/// Word: std::uint64_t (BLAKE2b, digest 1..64 bytes) or std::uint32_t (BLAKE2s, 1..32).
template <class Word>
class Blake2 {
  public:
    static constexpr std::size_t kBlock = 16 * sizeof(Word);
    /// `key`: half a block at most (checked), empty for the plain hash.
    explicit Blake2(std::size_t digest_size, BytesView key = {});
    void update(BytesView data);
    /// `out` has the digest size; the object is spent afterwards.
    void finish(std::span<std::uint8_t> out);

  private:
    void compress(const std::uint8_t* block, bool last);
    std::array<Word, 8> h_;
    std::uint64_t counted_ = 0;
    ByteArray<kBlock> buffer_{};
    std::size_t buffered_ = 0;
};

using Blake2b = Blake2<std::uint64_t>;
using Blake2s = Blake2<std::uint32_t>;
extern template class Blake2<std::uint64_t>;
extern template class Blake2<std::uint32_t>;

}  // namespace strata::crypto
