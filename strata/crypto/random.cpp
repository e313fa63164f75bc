#include <strata/crypto/random.hpp>

#include <sodium.h>

#include <strata/base/result.hpp>
#include <strata/crypto/chacha.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::crypto {

std::uint64_t RandomSource::u64() {
    return load_le<std::uint64_t>(bytes<8>().data());
}

std::uint64_t RandomSource::below(std::uint64_t bound) {
    STRATA_CHECK(bound > 0);
    // This is 2^64 mod bound. If that many of the lowest values are refused, every remainder is equally frequent.
    const std::uint64_t uneven = -bound % bound;
    while (true) {
        const std::uint64_t value = u64();
        if (value >= uneven) return value % bound;
    }
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    randombytes_buf(out.data(), out.size());
}

SeededRandom::SeededRandom(BytesView seed) : key_(blake2b_256(seed)) {}

void SeededRandom::fill(std::span<std::uint8_t> out) {
    for (auto& byte : out) {
        if (used_ == buffer_.size()) {
            // The nonce stays zero: each seed has a key of its own.
            const auto words = chacha_block(
                20, key_, {static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32), 0, 0});
            for (std::size_t i = 0; i < words.size(); ++i) store_le(buffer_.data() + 4 * i, words[i]);
            ++block_;
            used_ = 0;
        }
        byte = buffer_[used_++];
    }
}

SeededRandom SeededRandom::fork(std::string_view purpose) const {
    Bytes seed(key_.begin(), key_.end());
    append(seed, as_bytes(purpose));
    return SeededRandom(seed);
}

}  // namespace strata::crypto
