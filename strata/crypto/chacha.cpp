#include <strata/crypto/chacha.hpp>

#include <bit>

namespace strata::crypto {
namespace {

/// The quarter round of RFC 8439 §2.1.
inline void quarter_round(ChachaWords& x, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    x[a] += x[b];
    x[d] = std::rotl(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = std::rotl(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = std::rotl(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = std::rotl(x[b] ^ x[c], 7);
}

}  // namespace

ChachaWords chacha_block(unsigned rounds, const Hash256& key, const std::array<std::uint32_t, 4>& tail) {
    ChachaWords start = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};  // "expand 32-byte k"
    for (std::size_t i = 0; i < 8; ++i) start[4 + i] = load_le<std::uint32_t>(key.data() + 4 * i);
    std::ranges::copy(tail, start.begin() + 12);
    auto x = start;
    for (unsigned i = 0; i < rounds; i += 2) {
        // A round mixes the four columns, the next one the four diagonals.
        for (std::size_t k = 0; k < 4; ++k) quarter_round(x, k, k + 4, k + 8, k + 12);
        for (std::size_t k = 0; k < 4; ++k) quarter_round(x, k, (k + 1) % 4 + 4, (k + 2) % 4 + 8, (k + 3) % 4 + 12);
    }
    for (std::size_t i = 0; i < 16; ++i) x[i] += start[i];
    return x;
}

}  // namespace strata::crypto
