#pragma once
// A node among its peers: libp2p over TCP, Filecoin's requests and gossip, and the thread that follows what peers
// announce. One of the parts of a node. Source: docs/protocol/node.md §15–§21.
#include <atomic>
#include <filesystem>

#include <strata/base/metrics.hpp>
#include <strata/net/dnsaddr.hpp>
#include <strata/net/host.hpp>
#include <strata/node/address_blocks.hpp>
#include <strata/node/health.hpp>

namespace strata::chain {
class LocalChain;
}

namespace strata::node {

struct NetworkConfig {
    /// A folder of the node's own, for its libp2p key and the peers that it remembers.
    std::filesystem::path folder;
    /// Addresses of the form /ip4/…/tcp/…; port 0 means any free port.
    std::vector<net::Multiaddr> listen;
    /// The addresses that peers are told of; empty: those of `listen`.
    std::vector<net::Multiaddr> announce;
    net::SwarmConfig swarm{};  // the limits of all connections
    /// With fewer peers than the first, more are looked for; with more than the second, some are closed.
    std::size_t peers_low = 12, peers_high = 32;  // lotus lib/peermgr/peermgr.go
    /// Addresses of peers through which the node finds others.
    std::vector<net::Multiaddr> bootstrap;
    /// Returns addresses of peers that may change while the node runs, each with /p2p/…; asked every few seconds, on a
    /// thread of its own.
    std::function<std::vector<net::Multiaddr>()> known_peers = [] { return std::vector<net::Multiaddr>(); };
    /// Looks up what is behind /dnsaddr. It may wait, on a thread that may outlive the node.
    net::TxtLookup txt_records = [](const std::string& name) { return net::txt_records(name); };
    /// The time of the network, since 1970. Thread-safe.
    std::function<std::chrono::nanoseconds()> unix_time;
};

struct PeerInfo {
    net::PeerId id;
    std::vector<net::Multiaddr> addresses;  // at the other ends of its connections
    std::string agent;
    std::vector<std::string> protocols;
    double score = 0;
};

/// Thread-safe.
class Network {
  public:
    /// Starts to listen, to dial and to follow. All arguments must outlive the network. Errors: busy if a port is
    /// taken; those of the key's file.
    static Result<std::unique_ptr<Network>> start(NetworkConfig config, chain::LocalChain& chain, Health& health,
                                                  Metrics& metrics);
    /// Leaves all peers. The chain has no peers afterwards.
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    const net::PeerId& id() const;
    /// The addresses that this node listens on, each with /p2p/ and its own id.
    const std::vector<net::Multiaddr>& addresses() const;
    /// Errors: busy if the host does not answer.
    Result<std::vector<PeerInfo>> peers();
    /// Connects to a peer and waits. Errors: those of net::Host::dial, cancelled for one that is blocked.
    Result<net::PeerId> connect(const net::Multiaddr& address);
    void disconnect(const net::PeerId& peer);
    /// Looks a peer up in the DHT and waits. Errors: not_found; busy.
    Result<std::vector<net::Multiaddr>> find_peer(const net::PeerId& peer);
    /// Returns the time of a round trip, and waits for it. Errors: not_found, io, busy.
    Result<net::Instant> ping(const net::PeerId& peer);
    /// Peers that are not disconnected to make room, by the wish of the node's owner; until the node ends.
    void protect(const net::PeerId& peer, bool is_protected);
    std::vector<net::PeerId> protected_peers() const;
    /// Peers that are neither dialled nor kept when they connect, by the wish of the node's owner; until the node ends.
    void block(const net::PeerId& peer, bool is_blocked);
    std::vector<net::PeerId> blocked_peers() const;
    /// Blocks the IP addresses and subnets of `added` in the same way, and takes those of `removed` back.
    void block_addresses(const AddressBlocks& added, const AddressBlocks& removed);
    AddressBlocks blocked_addresses() const;
    /// Counts bytes of streams. Errors: busy.
    struct TrafficSums {
        struct Sum {
            std::uint64_t in = 0, out = 0;
            double in_rate = 0, out_rate = 0;  // bytes a second
        };
        Sum all;
        std::map<std::string, Sum> by_peer;
        std::map<std::string, Sum> by_protocol;
    };
    Result<TrafficSums> traffic();
    /// Counts connections and streams. Errors: busy.
    Result<net::Swarm::Use> use();
    /// The limits that hold now.
    net::SwarmConfig limits() const;
    /// Takes the limits of the swarm that may change (net::Swarm::set_limits) and how many peers are wanted.
    void set_limits(const net::SwarmConfig& limits, std::size_t peers_low, std::size_t peers_high);
    /// Says what the node waits for before its chain is that of its peers, and for how long; empty if for nothing.
    std::string waits_for() const;
    /// Says whether blocks may be made (p2p/settling.hpp). For the one thread that makes them.
    bool is_settled() const;

  private:
    struct Parts;
    template <class T>
    Result<T> on_host(std::function<void(net::Swarm&, std::function<void(Result<T>)>)> work);
    explicit Network(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::node
