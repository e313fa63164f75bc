#include <strata/crypto/blake2.hpp>

#include <strata/base/result.hpp>

namespace strata::crypto {
namespace {

/// The order in which each round takes the message words (RFC 7693 §2.7). Rounds 10 and 11 of BLAKE2b use the first two
/// rows again.
constexpr std::uint8_t kSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

/// The number of rounds, the rotations and the initial vector (RFC 7693 §2.1, §2.6). Apart from these and the size of a
/// word, BLAKE2b and BLAKE2s are the same function.
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

/// One row of the 4 × 4 state. The four columns, or diagonals, of a round are mixed side by side.
template <class Word>
using Row __attribute__((vector_size(4 * sizeof(Word)))) = Word;

template <class Word, int kBy>
inline void rotate_right(Row<Word>& x) {
    x = (x >> kBy) | (x << (8 * static_cast<int>(sizeof(Word)) - kBy));
}

/// The mixing function G (RFC 7693 §3.1) on four columns, or four diagonals, at once.
template <class Word>
inline void mix(Row<Word>& a, Row<Word>& b, Row<Word>& c, Row<Word>& d, const Row<Word>& x, const Row<Word>& y) {
    using P = Parameters<Word>;
    a += b + x;
    rotate_right<Word, P::rotate[0]>(d ^= a);
    c += d;
    rotate_right<Word, P::rotate[1]>(b ^= c);
    a += b + y;
    rotate_right<Word, P::rotate[2]>(d ^= a);
    c += d;
    rotate_right<Word, P::rotate[3]>(b ^= c);
}

/// The compression function F (RFC 7693 §3.2). (`t_low`, `t_high`) is the number of bytes hashed so far. It is inlined
/// so that a constant number of rounds is unrolled.
template <class Word>
[[gnu::always_inline]] inline void mix_block(std::array<Word, 8>& h, const Word (&m)[16], Word t_low, Word t_high,
                                             bool last, std::uint32_t rounds) {
    using P = Parameters<Word>;
    using R = Row<Word>;
    const R low = {h[0], h[1], h[2], h[3]};
    const R high = {h[4], h[5], h[6], h[7]};
    R a = low;
    R b = high;
    R c = {P::iv[0], P::iv[1], P::iv[2], P::iv[3]};
    R d = {P::iv[4], P::iv[5], P::iv[6], P::iv[7]};
    d[0] ^= t_low;
    d[1] ^= t_high;
    if (last) d[2] = static_cast<Word>(~d[2]);
#pragma GCC unroll 12
    for (std::uint32_t r = 0; r < rounds; ++r) {
        const auto* s = kSigma[r % 10];
        mix<Word>(a, b, c, d, R{m[s[0]], m[s[2]], m[s[4]], m[s[6]]}, R{m[s[1]], m[s[3]], m[s[5]], m[s[7]]});
        // Turn the diagonals into columns, and back.
        b = __builtin_shufflevector(b, b, 1, 2, 3, 0);
        c = __builtin_shufflevector(c, c, 2, 3, 0, 1);
        d = __builtin_shufflevector(d, d, 3, 0, 1, 2);
        mix<Word>(a, b, c, d, R{m[s[8]], m[s[10]], m[s[12]], m[s[14]]}, R{m[s[9]], m[s[11]], m[s[13]], m[s[15]]});
        b = __builtin_shufflevector(b, b, 3, 0, 1, 2);
        c = __builtin_shufflevector(c, c, 2, 3, 0, 1);
        d = __builtin_shufflevector(d, d, 1, 2, 3, 0);
    }
    a ^= low ^ c;
    b ^= high ^ d;
    for (unsigned i = 0; i < 4; ++i) {
        h[i] = a[i];
        h[i + 4] = b[i];
    }
}

}  // namespace

template <class Word>
Blake2<Word>::Blake2(std::size_t digest_size, BytesView key) : h_(Parameters<Word>::iv) {
    STRATA_CHECK(key.size() <= kBlock / 2);
    // The first word of the parameter block: fanout 1, depth 1, and the two sizes (RFC 7693 §2.5).
    h_[0] ^= static_cast<Word>(0x01010000 ^ key.size() << 8 ^ digest_size);
    if (key.empty()) return;
    std::ranges::copy(key, buffer_.begin());  // the key fills a block of its own before the message
    buffered_ = kBlock;
}

/// `counted_` is the number of bytes hashed so far, this block included.
template <class Word>
void Blake2<Word>::compress(const std::uint8_t* block, bool last) {
    Word m[16];
    std::memcpy(m, block, sizeof m);  // the program runs on little-endian machines only
    const Word high = sizeof(Word) == 4 ? static_cast<Word>(counted_ >> 32) : 0;
    mix_block<Word>(h_, m, static_cast<Word>(counted_), high, last, Parameters<Word>::rounds);
}

template <class Word>
void Blake2<Word>::update(BytesView data) {
    while (!data.empty()) {
        // The last block is held back: only finish() may compress it.
        if (buffered_ == kBlock) {
            counted_ += kBlock;
            compress(buffer_.data(), /*last=*/false);
            buffered_ = 0;
        }
        while (buffered_ == 0 && data.size() > kBlock) {
            counted_ += kBlock;
            compress(data.data(), /*last=*/false);
            data = data.subspan(kBlock);
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
    compress(buffer_.data(), /*last=*/true);
    std::memcpy(out.data(), h_.data(), std::min(out.size(), sizeof h_));
}

template class Blake2<std::uint64_t>;
template class Blake2<std::uint32_t>;

void blake2b_compress(std::array<std::uint64_t, 8>& h, const std::array<std::uint64_t, 16>& m,
                      const std::array<std::uint64_t, 2>& t, bool last, std::uint32_t rounds) {
    std::uint64_t words[16];
    std::ranges::copy(m, words);
    mix_block<std::uint64_t>(h, words, t[0], t[1], last, rounds);
}

}  // namespace strata::crypto
