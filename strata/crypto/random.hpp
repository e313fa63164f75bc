#pragma once
// Where random bytes come from: passed in, so that whole networks run from a seed. One source serves one thread.
#include <strata/base/bytes.hpp>

namespace strata::crypto {

class RandomSource {
  public:
    virtual ~RandomSource() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;

    template <std::size_t N>
    ByteArray<N> bytes() {
        ByteArray<N> out;
        fill(out);
        return out;
    }
    std::uint64_t u64();
    /// Uniform in [0, bound); `bound` is positive (checked).
    std::uint64_t below(std::uint64_t bound);
};

/// The operating system's, for keys and proofs that matter.
class SystemRandom final : public RandomSource {
  public:
    void fill(std::span<std::uint8_t> out) override;
};

/// ChaCha20 over the BLAKE2b-256 of a seed: the same bytes for the same seed.
class SeededRandom final : public RandomSource {
  public:
    explicit SeededRandom(BytesView seed);
    void fill(std::span<std::uint8_t> out) override;
    /// A source of its own for one purpose, whatever was drawn from this one.
    SeededRandom fork(std::string_view purpose) const;

  private:
    Hash256 key_{};
    std::uint64_t block_ = 0;
    ByteArray<64> buffer_{};
    std::size_t used_ = 64;
};

}  // namespace strata::crypto
