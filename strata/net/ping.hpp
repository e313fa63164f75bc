#pragma once
// Ping: 32 bytes that come back. State machines over the bytes of one stream. Source: libp2p/specs ping/ping.md.
#include <optional>

#include <strata/base/result.hpp>
#include <strata/crypto/random.hpp>
#include <strata/net/byte_queue.hpp>
#include <strata/net/time.hpp>

namespace strata::net {

inline constexpr std::string_view kPingProtocol = "/ipfs/ping/1.0.0";
inline constexpr std::size_t kPingSize = 32;

/// The side that sends every complete block back.
class PingEcho {
  public:
    /// Returns the bytes to send. Keeps less than one block.
    Bytes on_bytes(BytesView bytes) {
        received_.push(bytes);
        return received_.take(received_.size() / kPingSize * kPingSize);
    }

  private:
    ByteQueue received_;
};

/// The side that measures. One ping is under way at a time.
class PingProbe {
  public:
    /// Returns the bytes to send. No ping may be under way (checked).
    Bytes start(crypto::RandomSource& random, Instant now);
    /// Returns the round trip when the answer is complete. Errors: verification for bytes that were not sent.
    Result<std::optional<Instant>> on_bytes(BytesView bytes, Instant now);

  private:
    std::optional<ByteArray<kPingSize>> sent_;
    Instant sent_at_{};
    ByteQueue received_;
};

}  // namespace strata::net
