#include <strata/crypto/keccak.hpp>

#include <bit>

namespace strata::crypto {
namespace {

/// Lane (x, y) of the state is element x + 5y.
using State = std::array<std::uint64_t, 25>;

constexpr std::uint64_t kRoundConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
// The steps rho and pi together move the lanes in one cycle that begins at lane 1: step i puts the lane in hand,
// rotated by kRotations[i], at kLanes[i] and takes up the one that was there.
constexpr int kRotations[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
constexpr unsigned kLanes[24] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};

void permute(State& a) {
    for (const auto constant : kRoundConstants) {
        // Theta: every lane takes in the parities of two neighbouring columns.
        std::uint64_t column[5];
        for (unsigned x = 0; x < 5; ++x) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (unsigned x = 0; x < 5; ++x) {
            const std::uint64_t d = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
            for (unsigned y = 0; y < 25; y += 5) a[x + y] ^= d;
        }
        // Rho and pi.
        std::uint64_t carried = a[1];
        for (unsigned i = 0; i < 24; ++i) {
            const std::uint64_t next = a[kLanes[i]];
            a[kLanes[i]] = std::rotl(carried, kRotations[i]);
            carried = next;
        }
        // Chi is the only step that is not linear.
        for (unsigned y = 0; y < 25; y += 5) {
            std::uint64_t row[5];
            for (unsigned x = 0; x < 5; ++x) row[x] = a[y + x];
            for (unsigned x = 0; x < 5; ++x) a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
        }
        a[0] ^= constant;  // iota
    }
}

void absorb(State& state, const std::uint8_t* block, std::size_t rate) {
    for (std::size_t i = 0; i < rate / 8; ++i) state[i] ^= load_le<std::uint64_t>(block + 8 * i);
    permute(state);
}

}  // namespace

void keccak(BytesView data, std::size_t rate, std::uint8_t padding, std::span<std::uint8_t> out) {
    State state{};
    for (; data.size() >= rate; data = data.subspan(rate)) absorb(state, data.data(), rate);
    ByteArray<200> last{};
    std::ranges::copy(data, last.begin());
    // The padding is a first byte that names the function and a last bit at the end of the block; both may meet in one
    // byte.
    last[data.size()] = padding;
    last[rate - 1] |= 0x80;
    absorb(state, last.data(), rate);
    // Squeezes: each permutation yields `rate` more bytes of output.
    for (;;) {
        ByteArray<200> bytes;
        for (std::size_t i = 0; i < 25; ++i) store_le(bytes.data() + 8 * i, state[i]);
        const std::size_t n = std::min(out.size(), rate);
        std::copy_n(bytes.begin(), n, out.begin());
        out = out.subspan(n);
        if (out.empty()) return;
        permute(state);
    }
}

}  // namespace strata::crypto
