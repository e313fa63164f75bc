#pragma once
// SHA-256 by blocks, for the inner loops of proofs (FIPS 180-4): the caller lays out messages with their padding. Uses
// the SHA instructions where the machine has them. crypto/hash.hpp hashes complete messages.
#include <strata/base/bytes.hpp>

namespace strata::crypto {

using Sha256State = std::array<std::uint32_t, 8>;

inline constexpr std::size_t kSha256Block = 64;
inline constexpr Sha256State kSha256Start = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

void sha256_blocks(Sha256State& state, const std::uint8_t* blocks, std::size_t count);
Hash256 sha256_digest(const Sha256State& state);
/// SHA-256 of 64 bytes.
Hash256 sha256_of_block(const std::uint8_t* block);

/// One hash, computed incrementally; it belongs to one thread.
class Sha256 {
  public:
    void update(BytesView data);
    /// The object must not be used afterwards.
    Hash256 finish();

  private:
    Sha256State state_ = kSha256Start;
    std::uint64_t counted_ = 0;
    ByteArray<kSha256Block> buffer_{};
    std::size_t buffered_ = 0;
};

}  // namespace strata::crypto
