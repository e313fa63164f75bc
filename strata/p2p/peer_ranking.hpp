#pragma once
// Says which peer to ask first: the one that is expected to answer soonest, counting its failures. One thread. Source:
// lotus chain/exchange/peer_tracker.go (costs, weights of averages), client.go (the first 16 are shuffled).
#include <map>
#include <optional>

#include <strata/crypto/random.hpp>
#include <strata/net/peer_id.hpp>
#include <strata/net/time.hpp>

namespace strata::p2p {

class PeerRanking {
  public:
    static constexpr std::size_t kShuffled = 16;

    /// Adds a peer. Returns false for a known one, which keeps its record.
    bool add(const net::PeerId& peer) { return peers_.try_emplace(peer).second; }
    void remove(const net::PeerId& peer) { peers_.erase(peer); }
    /// Takes a round trip that was measured otherwise; it counts until the peer answered a request.
    void on_round_trip(const net::PeerId& peer, net::Instant time);
    /// `time` is that of the whole answer; `tipsets` those that it had, or those asked for after a failure.
    void on_success(const net::PeerId& peer, net::Instant time, std::uint64_t tipsets);
    void on_failure(const net::PeerId& peer, net::Instant time, std::uint64_t tipsets);
    /// Returns the failures of a peer; 0 for an unknown one.
    std::uint64_t failures(const net::PeerId& peer) const {
        const auto it = peers_.find(peer);
        return it == peers_.end() ? 0 : it->second.failures;
    }
    /// Leaves a peer out until then, because it lied.
    void exclude(const net::PeerId& peer, net::Instant until);

    /// Returns the peers that may be asked, the best first.
    std::vector<net::PeerId> order(net::Instant now, crypto::RandomSource& random) const;

  private:
    using Time = std::chrono::microseconds;  // a tipset takes less than a millisecond
    struct Record {
        std::uint64_t successes = 0;
        std::uint64_t failures = 0;
        std::optional<Time> average;
        net::Instant excluded_until{};
    };
    Time cost(const Record& record) const;
    static void take(Record& record, net::Instant time, std::uint64_t tipsets);

    std::map<net::PeerId, Record> peers_;
    std::optional<Time> average_;  // of successful requests to any peer
};

}  // namespace strata::p2p
