#pragma once
// Sources of random bytes. They are passed in, so that a whole network can run from a seed. One source serves one
// thread.
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
    /// Returns a uniform number in [0, bound). `bound` is positive (checked).
    std::uint64_t below(std::uint64_t bound);
};

/// The operating system's source, for keys and proofs that matter.
class SystemRandom final : public RandomSource {
  public:
    void fill(std::span<std::uint8_t> out) override;
};

/// ChaCha20 keyed with the BLAKE2b-256 of a seed. Equal seeds give equal bytes.
class SeededRandom final : public RandomSource {
  public:
    explicit SeededRandom(BytesView seed);
    void fill(std::span<std::uint8_t> out) override;
    /// Makes an independent source for one purpose. The new source does not depend on what was drawn from this one.
    SeededRandom fork(std::string_view purpose) const;

  private:
    Hash256 key_{};
    std::uint64_t block_ = 0;
    ByteArray<64> buffer_{};
    std::size_t used_ = 64;
};

}  // namespace strata::crypto
