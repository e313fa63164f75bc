#include <strata/net/traffic.hpp>

#include <cmath>

namespace strata::net {
namespace {

double seconds(Instant time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

void ByteMeter::add(std::uint64_t bytes, Instant now) {
    // Each second's bytes enter the average once it is over.
    if (now - since_ >= std::chrono::seconds(1)) {
        rate_ = rate(now);
        fresh_ = 0;
        since_ = now;
    }
    fresh_ += bytes;
    total_ += bytes;
}

double ByteMeter::rate(Instant now) const {
    const double passed = seconds(now - since_);
    if (passed < 1) return rate_;
    const double kept = std::exp(-passed / kMemory);
    return rate_ * kept + static_cast<double>(fresh_) / passed * (1 - kept);
}

Traffic& TrafficBook::peer_traffic(const PeerId& peer) {
    if (auto* const known = by_peer_.find(peer)) return *known;
    by_peer_.put(peer, {});
    return *by_peer_.find(peer);
}

void TrafficBook::received(const PeerId& peer, const std::string& protocol, std::uint64_t bytes, Instant now) {
    if (bytes == 0) return;
    total_.in.add(bytes, now);
    by_protocol_[protocol].in.add(bytes, now);
    peer_traffic(peer).in.add(bytes, now);
}

void TrafficBook::sent(const PeerId& peer, const std::string& protocol, std::uint64_t bytes, Instant now) {
    if (bytes == 0) return;
    total_.out.add(bytes, now);
    by_protocol_[protocol].out.add(bytes, now);
    peer_traffic(peer).out.add(bytes, now);
}

std::optional<Traffic> TrafficBook::of(const PeerId& peer) {
    const auto* const known = by_peer_.find(peer);
    return known == nullptr ? std::nullopt : std::optional(*known);
}

}  // namespace strata::net
