#pragma once
// Keeps secrets on disk under a passphrase: Argon2id makes a key of it (RFC 9106), and XChaCha20-Poly1305 encrypts with
// that (draft-irtf-cfrg-xchacha-03). Both are libsodium's.
#include <string_view>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto {

/// The work that one guess of a passphrase costs.
struct StretchCost {
    std::uint64_t passes = 3;
    std::uint64_t memory = std::uint64_t{256} << 20;  // bytes; libsodium's OPSLIMIT_MODERATE and MEMLIMIT_MODERATE
    friend bool operator==(const StretchCost&, const StretchCost&) = default;
};
/// The bounds of what stretch() does, so that a damaged record cannot take all memory.
inline constexpr StretchCost kLeastStretch{.passes = 1, .memory = 8 << 10};
inline constexpr StretchCost kMostStretch{.passes = 1'000, .memory = std::uint64_t{2} << 30};

/// Returns the key of a passphrase. Errors: invalid_argument for a cost out of bounds; no_space if there is not enough
/// memory.
Result<Hash256> stretch(std::string_view passphrase, const ByteArray<16>& salt, const StretchCost& cost);

using SealNonce = ByteArray<24>;
inline constexpr std::size_t kSealOverhead = 16;  // bytes that sealing adds

/// Encrypts. `place` is authenticated and not contained: opening with a different one fails. A nonce is used once with
/// a key; random ones do.
Bytes seal(const Hash256& key, const SealNonce& nonce, BytesView place, BytesView plain);
/// Errors: verification if the key, the nonce or the place is a different one, or if a byte is different.
Result<Bytes> unseal(const Hash256& key, const SealNonce& nonce, BytesView place, BytesView sealed);

/// Overwrites a secret that is not needed any more.
void wipe(std::span<std::uint8_t> secret);

}  // namespace strata::crypto
