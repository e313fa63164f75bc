#include <strata/crypto/sha256.hpp>

#include <bit>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace strata::crypto {
namespace {

alignas(16) constexpr std::array<std::uint32_t, 64> kRoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// The compression function as FIPS 180-4 §6.2.2 writes it.
void blocks_portable(Sha256State& state, const std::uint8_t* data, std::size_t count) {
    for (; count > 0; --count, data += kSha256Block) {
        std::array<std::uint32_t, 64> w;
        for (std::size_t i = 0; i < 16; ++i) w[i] = load_be<std::uint32_t>(data + 4 * i);
        for (std::size_t i = 16; i < 64; ++i) {
            const auto s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
            const auto s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        auto [a, b, c, d, e, f, g, h] = state;
        for (std::size_t i = 0; i < 64; ++i) {
            const auto s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
            const auto t1 = h + s1 + ((e & f) ^ (~e & g)) + kRoundConstants[i] + w[i];
            const auto s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
            const auto t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
        }
        const Sha256State add = {a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < 8; ++i) state[i] += add[i];
    }
}

#if defined(__x86_64__)
#define STRATA_SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))

STRATA_SHA_TARGET inline __m128i load128(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

// The SHA instructions keep the state as (A B E F) and (C D G H), and do two rounds each. w is a ring of the last 16
// schedule words: a step of four rounds uses w[i % 4] and then replaces it with the words for four steps later.
STRATA_SHA_TARGET void blocks_sha(Sha256State& state, const std::uint8_t* data, std::size_t count) {
    // Message words are big-endian.
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i cdab = _mm_shuffle_epi32(load128(state.data()), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(load128(&state[4]), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    for (; count > 0; --count, data += kSha256Block) {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;
        __m128i w[4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; ++i) w[i] = _mm_shuffle_epi8(load128(data + 16 * i), swap);
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; ++i) {
            const __m128i keyed = _mm_add_epi32(w[i % 4], load128(&kRoundConstants[4 * static_cast<std::size_t>(i)]));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0e));
            if (i < 12) {
                // w[t] = σ1(w[t-2]) + w[t-7] + σ0(w[t-15]) + w[t-16]: msg1 adds the last two terms and msg2 the first.
                const __m128i t_minus_7 = _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4);
                const __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]), t_minus_7);
                w[i % 4] = _mm_sha256msg2_epu32(partial, w[(i + 3) % 4]);
            }
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&state[4]), _mm_alignr_epi8(dchg, feba, 8));
}

bool has_sha() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    // CPUID leaf 7 reports the SHA extensions in bit 29 of EBX.
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b >> 29 & 1) != 0;
}
#endif

using Kernel = void (*)(Sha256State&, const std::uint8_t*, std::size_t);

Kernel choose() {
#if defined(__x86_64__)
    if (has_sha()) return blocks_sha;
#endif
    return blocks_portable;
}

}  // namespace

void sha256_blocks(Sha256State& state, const std::uint8_t* blocks, std::size_t count) {
    static const Kernel kernel = choose();
    kernel(state, blocks, count);
}

Hash256 sha256_digest(const Sha256State& state) {
    Hash256 out;
    for (std::size_t i = 0; i < 8; ++i) store_be(out.data() + 4 * i, state[i]);
    return out;
}

Hash256 sha256_of_block(const std::uint8_t* block) {
    // A message of 512 bits fills one block, so its padding is a second block.
    static constexpr auto kPadding = [] {
        ByteArray<kSha256Block> bytes{};
        bytes[0] = 0x80;
        bytes[62] = 512 >> 8;
        return bytes;
    }();
    auto state = kSha256Start;
    sha256_blocks(state, block, 1);
    sha256_blocks(state, kPadding.data(), 1);
    return sha256_digest(state);
}

void Sha256::update(BytesView data) {
    counted_ += data.size();
    if (buffered_ != 0) {
        const auto size = std::min(data.size(), kSha256Block - buffered_);
        std::copy_n(data.begin(), size, buffer_.begin() + buffered_);
        buffered_ += size;
        data = data.subspan(size);
        if (buffered_ < kSha256Block) return;
        sha256_blocks(state_, buffer_.data(), 1);
        buffered_ = 0;
    }
    const auto whole = data.size() / kSha256Block;
    sha256_blocks(state_, data.data(), whole);
    data = data.subspan(whole * kSha256Block);
    std::ranges::copy(data, buffer_.begin());
    buffered_ = data.size();
}

// Pads the message: a bit that is set, zeros, the length in bits (FIPS 180-4 §5.1.1).
Hash256 Sha256::finish() {
    const std::uint64_t bits = counted_ * 8;
    ByteArray<2 * kSha256Block> last{};
    std::copy_n(buffer_.begin(), buffered_, last.begin());
    last[buffered_] = 0x80;
    const std::size_t blocks = buffered_ + 9 <= kSha256Block ? 1 : 2;
    store_be(last.data() + blocks * kSha256Block - 8, bits);
    sha256_blocks(state_, last.data(), blocks);
    return sha256_digest(state_);
}

}  // namespace strata::crypto
