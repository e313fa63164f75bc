#pragma once
// The routing table of the DHT: which peers a node knows near to itself, and some of those far away. Source:
// libp2p/specs kad-dht/README.md; go-libp2p-kbucket table.go, bucket.go, peerdiversity/filter.go; go-libp2p-kad-dht
// rt_diversity_filter.go. One thread.
#include <map>

#include <strata/net/kad_messages.hpp>
#include <strata/net/time.hpp>

namespace strata::net {

/// Where a name stands among all: its SHA-256. Two are as near as the number that is their bits' exclusive or is small.
using KadKey = Hash256;
KadKey kad_key(BytesView name);
KadKey kad_distance(const KadKey& a, const KadKey& b);
/// Returns how many bits at the beginning are equal, at most 256.
unsigned shared_bits(const KadKey& a, const KadKey& b);

struct KadTableLimits {
    std::size_t bucket = 20;    // peers that share equally many bits with this node: k
    std::size_t peers = 2'560;  // all together; ours. 128 full buckets, which no network has
    /// Peers of one IP group (/16 of IPv4, /8 of the old class A networks of one owner, /32 of IPv6) in a bucket and in
    /// the table; 0 for any number. go-libp2p-kad-dht has 2 and 3 in its public table (dual/dual.go); Lotus has none.
    std::size_t group_in_bucket = 0;
    std::size_t group_in_table = 0;
};

class KadTable {
  public:
    struct Entry {
        PeerId id;
        KadKey key;
        std::vector<Multiaddr> addresses;
        Instant answered{};  // when it last answered this node
        bool replaceable = false;
        std::vector<Bytes> groups;
    };

    KadTable(const PeerId& self, KadTableLimits limits) : self_(kad_key(self.bytes())), limits_(limits) {}

    /// Returns true if `add` could take the peer, which is not in the table.
    bool wants(const PeerId& peer) const;
    /// Adds a peer that has just answered; one that is there already has its time renewed. A full bucket takes it only
    /// in place of a replaceable one. `remotes` are the other ends of its connections, which say its IP groups;
    /// `addresses` are what others are told. Returns true if it was added.
    bool add(const PeerId& peer, std::vector<Multiaddr> addresses, const std::vector<Multiaddr>& remotes, Instant now,
             bool replaceable);
    /// Replaces the addresses of a peer, if it is there.
    void set_addresses(const PeerId& peer, const std::vector<Multiaddr>& addresses);
    void remove(const PeerId& peer);
    /// From now on peers leave only if they stop answering.
    void make_all_irreplaceable();

    /// Returns the nearest peers, the nearest first.
    std::vector<const Entry*> nearest(const KadKey& to, std::size_t count) const;
    const Entry* find(const PeerId& peer) const;
    /// Returns the peers that have not answered since `before`.
    std::vector<PeerId> silent_since(Instant before) const;
    std::size_t size() const { return size_; }
    /// Returns the most bits that a peer of the table shares with this node.
    unsigned most_shared_bits() const { return buckets_.empty() ? 0 : buckets_.rbegin()->first; }
    const KadKey& self() const { return self_; }

  private:
    using Bucket = std::vector<Entry>;
    bool has_room_for_groups(unsigned bits, const std::vector<Bytes>& groups) const;

    const KadKey self_;
    const KadTableLimits limits_;
    // By shared bits. Go keeps the nearest peers in one bucket until it is full, and then splits it; this comes to the
    // same.
    std::map<unsigned, Bucket> buckets_;
    std::map<Bytes, std::size_t> groups_;
    std::size_t size_ = 0;
};

/// Returns the IP group of an address: bytes that are equal for addresses of one group. Empty if it has no IP address.
Bytes ip_group(const Multiaddr& address);
/// Returns true if a stranger could reach the address: a public IP address, and no relay.
bool is_public(const Multiaddr& address);

}  // namespace strata::net
