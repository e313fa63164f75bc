#include <strata/crypto/blake2.hpp>

#include <bit>

namespace strata::crypto {
namespace {

constexpr std::uint8_t kSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

template <class Word>
struct Parameters;
template <>
struct Parameters<std::uint64_t> {
    static constexpr unsigned rounds = 12;
    static constexpr int rotate[4] = {32, 24, 16, 63};
    static constexpr std::array<std::uint64_t, 8> iv = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                                        0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                                        0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
};
template <>
struct Parameters<std::uint32_t> {
    static constexpr unsigned rounds = 10;
    static constexpr int rotate[4] = {16, 12, 8, 7};
    static constexpr std::array<std::uint32_t, 8> iv = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

template <class Word>
inline void mix(Word* v, unsigned a, unsigned b, unsigned c, unsigned d, Word x, Word y) {
    using P = Parameters<Word>;
    v[a] = static_cast<Word>(v[a] + v[b] + x);
    v[d] = std::rotr(static_cast<Word>(v[d] ^ v[a]), P::rotate[0]);
    v[c] = static_cast<Word>(v[c] + v[d]);
    v[b] = std::rotr(static_cast<Word>(v[b] ^ v[c]), P::rotate[1]);
    v[a] = static_cast<Word>(v[a] + v[b] + y);
    v[d] = std::rotr(static_cast<Word>(v[d] ^ v[a]), P::rotate[2]);
    v[c] = static_cast<Word>(v[c] + v[d]);
    v[b] = std::rotr(static_cast<Word>(v[b] ^ v[c]), P::rotate[3]);
}

}  // namespace

template <class Word>
Blake2<Word>::Blake2(std::size_t digest_size) : h_(Parameters<Word>::iv) {
    h_[0] ^= static_cast<Word>(0x01010000 ^ digest_size);
}

template <class Word>
void Blake2<Word>::compress(const std::uint8_t* block, bool last) {
    using P = Parameters<Word>;
    Word m[16];
    std::memcpy(m, block, sizeof m);  // little-endian machines only: see base/bytes.hpp users
    Word v[16];
    for (unsigned i = 0; i < 8; ++i) {
        v[i] = h_[i];
        v[i + 8] = P::iv[i];
    }
    v[12] ^= static_cast<Word>(counted_);
    if constexpr (sizeof(Word) == 4) v[13] ^= static_cast<Word>(counted_ >> 32);
    if (last) v[14] = static_cast<Word>(~v[14]);
#pragma GCC unroll 12
    for (unsigned r = 0; r < P::rounds; ++r) {
        const auto* s = kSigma[r % 10];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (unsigned i = 0; i < 8; ++i) h_[i] ^= v[i] ^ v[i + 8];
}

template <class Word>
void Blake2<Word>::update(BytesView data) {
    while (!data.empty()) {
        // The last block is held back: only finish() may compress it.
        if (buffered_ == kBlock) {
            counted_ += kBlock;
            compress(buffer_.data(), false);
            buffered_ = 0;
        }
        const std::size_t n = std::min(kBlock - buffered_, data.size());
        std::memcpy(buffer_.data() + buffered_, data.data(), n);
        buffered_ += n;
        data = data.subspan(n);
    }
}

template <class Word>
void Blake2<Word>::finish(std::span<std::uint8_t> out) {
    counted_ += buffered_;
    std::memset(buffer_.data() + buffered_, 0, kBlock - buffered_);
    compress(buffer_.data(), true);
    std::memcpy(out.data(), h_.data(), std::min(out.size(), sizeof h_));
}

template class Blake2<std::uint64_t>;
template class Blake2<std::uint32_t>;

}  // namespace strata::crypto
