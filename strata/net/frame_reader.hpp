#pragma once
// Messages with their length in front, as an unsigned varint: so most protocols of libp2p write them on a stream.
#include <optional>
#include <string_view>

#include <strata/base/result.hpp>
#include <strata/net/byte_queue.hpp>

namespace strata::net {

/// Returns a message with its length in front.
Bytes framed(BytesView message);

/// Cuts a stream into messages.
class FrameReader {
  public:
    /// Messages of more than `max` bytes are refused. `what` names a message in errors ("a DHT message") and must
    /// outlive the reader.
    FrameReader(std::size_t max, std::string_view what) : max_(max), what_(what) {}
    void on_bytes(BytesView bytes) { received_.push(bytes); }
    /// Returns the next message without its length; empty if more bytes are needed. Errors: too_large, malformed.
    Result<std::optional<Bytes>> next();
    bool empty() const { return received_.empty(); }

  private:
    const std::size_t max_;
    const std::string_view what_;
    ByteQueue received_;
};

}  // namespace strata::net
