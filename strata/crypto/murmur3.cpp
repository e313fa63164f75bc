#include <strata/crypto/murmur3.hpp>

#include <bit>

namespace strata::crypto {
namespace {

constexpr std::uint64_t kC1 = 0x87c37b91114253d5;
constexpr std::uint64_t kC2 = 0x4cf5ad432745937f;

std::uint64_t scramble_1(std::uint64_t k) {
    return std::rotl(k * kC1, 31) * kC2;
}
std::uint64_t scramble_2(std::uint64_t k) {
    return std::rotl(k * kC2, 33) * kC1;
}
std::uint64_t mix(std::uint64_t k) {
    k = (k ^ k >> 33) * 0xff51afd7ed558ccd;
    k = (k ^ k >> 33) * 0xc4ceb9fe1a85ec53;
    return k ^ k >> 33;
}

}  // namespace

std::uint64_t murmur3_x64_64(BytesView data) {
    const std::uint64_t size = data.size();
    std::uint64_t h1 = 0;
    std::uint64_t h2 = 0;
    for (; data.size() >= 16; data = data.subspan(16)) {
        h1 = (std::rotl(h1 ^ scramble_1(load_le<std::uint64_t>(data.data())), 27) + h2) * 5 + 0x52dce729;
        h2 = (std::rotl(h2 ^ scramble_2(load_le<std::uint64_t>(data.data() + 8)), 31) + h1) * 5 + 0x38495ab5;
    }
    // The last bytes count as if zeros followed, since zeros scramble to zero.
    ByteArray<16> tail{};
    std::ranges::copy(data, tail.begin());
    h1 ^= scramble_1(load_le<std::uint64_t>(tail.data())) ^ size;
    h2 ^= scramble_2(load_le<std::uint64_t>(tail.data() + 8)) ^ size;
    h1 += h2;
    h2 += h1;
    return mix(h1) + mix(h2);
}

}  // namespace strata::crypto
