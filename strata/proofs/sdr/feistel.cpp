#include <strata/proofs/sdr/feistel.hpp>

#include <bit>
#include <vector>

namespace strata::proofs {
namespace {

constexpr std::size_t kLanes = 8;
using Row __attribute__((vector_size(kLanes * sizeof(std::uint64_t)))) = std::uint64_t;
using RowBytes __attribute__((vector_size(kLanes * sizeof(std::uint64_t)))) = std::uint8_t;

#define STRATA_INLINE inline __attribute__((always_inline))

// BLAKE2b (RFC 7693) with a digest of 64 bytes, of which the first eight are needed, over one block with two words.
constexpr std::array<std::uint64_t, 8> kIv = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                              0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                              0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
constexpr std::uint64_t kParameters = 0x01010040;  // fanout and depth 1, no key, digest of 64 bytes
constexpr std::uint64_t kMessageSize = 16;
constexpr std::uint8_t kSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

template <int kBy>
STRATA_INLINE void rotate_right(Row& x) {
    x = (x >> kBy) | (x << (64 - kBy));
}

/// The mixing function G of BLAKE2b (RFC 7693 §3.1), for the messages of all lanes at once.
STRATA_INLINE void mix(Row* v, unsigned a, unsigned b, unsigned c, unsigned d, const Row& x, const Row& y) {
    v[a] += v[b] + x;
    rotate_right<32>(v[d] ^= v[a]);
    v[c] += v[d];
    rotate_right<24>(v[b] ^= v[c]);
    v[a] += v[b] + y;
    rotate_right<16>(v[d] ^= v[a]);
    v[c] += v[d];
    rotate_right<63>(v[b] ^= v[c]);
}

/// Reverses the eight bytes of every number of the row.
STRATA_INLINE void swap_bytes(Row& x) {
    RowBytes bytes;
    std::memcpy(&bytes, &x, sizeof bytes);
    RowBytes swapped;
#pragma clang loop unroll(full)
    for (unsigned i = 0; i < sizeof bytes; ++i) swapped[i] = bytes[i ^ 7];
    std::memcpy(&x, &swapped, sizeof x);
}

/// Replaces `right` with the first word of the hash of (right, key), both big-endian.
STRATA_INLINE void round_function(Row& right, std::uint64_t key) {
    const Row zero = {};
    Row first = right;
    swap_bytes(first);
    const Row second = zero + std::byteswap(key);
    Row v[16];
#pragma clang loop unroll(full)
    for (unsigned i = 0; i < 16; ++i) v[i] = zero + kIv[i % 8];
    v[0] ^= zero + kParameters;
    v[12] ^= zero + kMessageSize;
    v[14] = ~v[14];  // the last block
#pragma clang loop unroll(full)
    for (unsigned round = 0; round < 12; ++round) {
        const auto* s = kSigma[round % 10];
        const Row* words[16];
#pragma clang loop unroll(full)
        for (unsigned i = 0; i < 16; ++i) words[i] = s[i] == 0 ? &first : s[i] == 1 ? &second : &zero;
#pragma clang loop unroll(full)
        for (unsigned i = 0; i < 4; ++i) mix(v, i, 4 + i, 8 + i, 12 + i, *words[2 * i], *words[2 * i + 1]);
#pragma clang loop unroll(full)
        for (unsigned i = 0; i < 4; ++i)
            mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, *words[8 + 2 * i], *words[9 + 2 * i]);
    }
    right = v[0] ^ v[8] ^ (zero + (kIv[0] ^ kParameters));
    swap_bytes(right);
}

/// Runs three rounds on the two halves of each index. A round turns (left, right) into (right, left ⊕ F(right, key)).
STRATA_INLINE void rounds(std::uint64_t* indices, const std::array<std::uint64_t, 4>& keys, unsigned half_bits) {
    const std::uint64_t mask = (std::uint64_t{1} << half_bits) - 1;
    Row x;
    std::memcpy(&x, indices, sizeof x);
    Row left = x >> half_bits;
    Row right = x & mask;
    for (std::size_t i = 0; i < 3; ++i) {
        Row mixed = right;
        round_function(mixed, keys[i]);
        mixed = left ^ (mixed & mask);
        left = right;
        right = mixed;
    }
    x = left << half_bits | right;
    std::memcpy(indices, &x, sizeof x);
}

void rounds_portable(std::uint64_t* indices, const std::array<std::uint64_t, 4>& keys, unsigned half_bits) {
    rounds(indices, keys, half_bits);
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw"))) void rounds_avx512(std::uint64_t* indices,
                                                               const std::array<std::uint64_t, 4>& keys,
                                                               unsigned half_bits) {
    rounds(indices, keys, half_bits);
}
__attribute__((target("avx2"))) void rounds_avx2(std::uint64_t* indices, const std::array<std::uint64_t, 4>& keys,
                                                 unsigned half_bits) {
    rounds(indices, keys, half_bits);
}
#endif

using Kernel = void (*)(std::uint64_t*, const std::array<std::uint64_t, 4>&, unsigned);

Kernel choose() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) return rounds_avx512;
    if (__builtin_cpu_supports("avx2")) return rounds_avx2;
#endif
    return rounds_portable;
}

#undef STRATA_INLINE

}  // namespace

// The halves have the fewest bits h for which 4^h is at least `size`.
Feistel::Feistel(std::uint64_t size, const std::array<std::uint64_t, 4>& keys)
    : size_(size), keys_(keys), half_bits_((static_cast<unsigned>(std::bit_width(size - 1)) + 1) / 2) {}

void Feistel::permute(std::span<std::uint64_t> indices) const {
    static const Kernel kernel = choose();
    // The network permutes 4^h numbers, of which up to three quarters are outside the range. An index that falls
    // outside is permuted again until it is inside, which gives a permutation of the range itself (cycle walking).
    std::vector<std::uint32_t> walking(indices.size());
    for (std::uint32_t i = 0; i < walking.size(); ++i) walking[i] = i;
    while (!walking.empty()) {
        std::size_t kept = 0;
        for (std::size_t begin = 0; begin < walking.size(); begin += kLanes) {
            const std::size_t n = std::min(kLanes, walking.size() - begin);
            alignas(64) std::array<std::uint64_t, kLanes> lanes{};
            for (std::size_t i = 0; i < n; ++i) lanes[i] = indices[walking[begin + i]];
            kernel(lanes.data(), keys_, half_bits_);
            for (std::size_t i = 0; i < n; ++i) {
                const auto at = walking[begin + i];
                indices[at] = lanes[i];
                if (lanes[i] >= size_) walking[kept++] = at;
            }
        }
        walking.resize(kept);
    }
}

}  // namespace strata::proofs
