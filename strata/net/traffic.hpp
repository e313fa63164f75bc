#pragma once
// Counts the bytes of a swarm's streams: in total, by peer and by protocol. As in libp2p, the bytes are those that
// protocols read and write, without the frames of Noise and Yamux. One thread. Source: go-libp2p core/metrics
// (BandwidthCounter), go-flow-metrics.
#include <map>
#include <string>

#include <strata/base/lru_map.hpp>
#include <strata/net/peer_id.hpp>
#include <strata/net/time.hpp>

namespace strata::net {

/// Bytes in one direction, and about how many a second now.
class ByteMeter {
  public:
    void add(std::uint64_t bytes, Instant now);
    std::uint64_t total() const { return total_; }
    /// An average in which a second's bytes lose two thirds of their weight in `kMemory`.
    double rate(Instant now) const;

  private:
    static constexpr double kMemory = 5.0;  // seconds
    std::uint64_t total_ = 0;
    std::uint64_t fresh_ = 0;  // bytes since `since_`
    Instant since_{};
    double rate_ = 0;  // at `since_`
};

struct Traffic {
    ByteMeter in;
    ByteMeter out;
};

class TrafficBook {
  public:
    void received(const PeerId& peer, const std::string& protocol, std::uint64_t bytes, Instant now);
    void sent(const PeerId& peer, const std::string& protocol, std::uint64_t bytes, Instant now);

    const Traffic& total() const { return total_; }
    const std::map<std::string, Traffic>& by_protocol() const { return by_protocol_; }
    /// Empty for a peer without traffic, or one that was forgotten for many others.
    std::optional<Traffic> of(const PeerId& peer);

  private:
    static constexpr std::size_t kPeers = 1'024;
    Traffic& peer_traffic(const PeerId& peer);

    Traffic total_;
    std::map<std::string, Traffic> by_protocol_;  // those that this node supports or proposes: a peer adds none
    LruMap<PeerId, Traffic> by_peer_{kPeers};
};

}  // namespace strata::net
