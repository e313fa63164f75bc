#pragma once
// BLAKE2b and BLAKE2s (RFC 7693), with any digest length. An object computes one hash, incrementally, and belongs to
// one thread.
#include <strata/base/bytes.hpp>

namespace strata::crypto {

/// `Word` is std::uint64_t for BLAKE2b (digests of 1 to 64 bytes) or std::uint32_t for BLAKE2s (1 to 32 bytes).
template <class Word>
class Blake2 {
  public:
    static constexpr std::size_t kBlock = 16 * sizeof(Word);
    /// `key` has at most half a block (checked) and is empty for the plain hash.
    explicit Blake2(std::size_t digest_size, BytesView key = {});
    void update(BytesView data);
    /// `out` has the digest's size. The object must not be used afterwards.
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

/// BLAKE2b's compression function F with a number of rounds, as Ethereum's precompiled contract 0x09 offers it
/// (EIP-152). `t` is the counter, low word first. Takes time in proportion to `rounds`.
void blake2b_compress(std::array<std::uint64_t, 8>& h, const std::array<std::uint64_t, 16>& m,
                      const std::array<std::uint64_t, 2>& t, bool last, std::uint32_t rounds);

}  // namespace strata::crypto
