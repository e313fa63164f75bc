#pragma once
// One walk towards a key: which peers to ask next, and when it is over. It sends nothing. Source: libp2p/specs
// kad-dht/README.md; go-libp2p-kad-dht query.go, qpeerset/qpeerset.go. One thread.
#include <map>
#include <set>

#include <strata/net/kad_table.hpp>

namespace strata::net {

struct KadLookupLimits {
    std::size_t results = 20;      // k
    std::size_t concurrency = 10;  // peers that are asked at once: alpha
    std::size_t resiliency = 3;    // the nearest peers that must have answered: beta
    std::size_t heard = 256;       // peers kept, the nearest; ours
    std::size_t asked = 256;       // peers asked; ours
};

class KadLookup {
  public:
    /// `heard` must be above `concurrency` (checked).
    KadLookup(const PeerId& self, const KadKey& target, KadLookupLimits limits);

    /// Takes note of a peer that may be asked. Of a peer that is known already, new addresses are added, up to twice
    /// KadMessage::kMaxAddresses: the first who spoke of it may have lied.
    void hear(KadPeer peer);
    /// Returns the next peer to ask, which from then on counts as asked. Empty if nobody is to be asked now.
    std::optional<KadPeer> next();
    /// The peer answered, or did not. Unknown ones are ignored.
    void on_answer(const PeerId& peer, std::vector<KadPeer> closer);
    void on_failure(const PeerId& peer);

    /// Returns true when nobody is asked any more and nobody is left to be asked.
    bool is_over();
    /// Returns the nearest peers that did not fail, the nearest first.
    std::vector<KadPeer> nearest() const;
    /// Returns a peer that was heard of and did not fail; null otherwise.
    const KadPeer* find(const PeerId& peer) const;
    const KadKey& target() const { return target_; }

  private:
    enum class State : std::uint8_t { heard, waiting, answered, failed };
    struct Candidate {
        KadPeer peer;
        State state = State::heard;
    };
    bool has_converged() const;

    const PeerId self_;
    const KadKey target_;
    const KadLookupLimits limits_;
    std::map<KadKey, Candidate> candidates_;  // by distance
    std::set<PeerId> waiting_;
    std::size_t asked_ = 0;
    bool follows_up_ = false;  // the nearest peers are found; those among them that were not asked are asked
};

}  // namespace strata::net
