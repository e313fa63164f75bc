#pragma once
// The door to the network of a node, for the methods Net* and ID. Who connects a node to libp2p implements it. All
// functions may be called from several threads at once. Source: lotus api/api_net.go, node/impl/net.
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <strata/base/result.hpp>

namespace strata::api {

/// A peer of the network, as libp2p's AddrInfo.
struct PeerAddresses {
    std::string id;                      // in base58
    std::vector<std::string> addresses;  // multiaddrs, without the peer's ID
};

/// How this node is connected to a peer. Source: go-libp2p core/network (Connectedness).
enum class Connectedness { not_connected = 0, connected = 1, can_connect = 2, cannot_connect = 3 };

/// Bytes in total, and bytes a second.
struct Bandwidth {
    std::int64_t total_in = 0;
    std::int64_t total_out = 0;
    double rate_in = 0;
    double rate_out = 0;
};

struct PeerDetails {
    PeerAddresses peer;
    std::string agent;
    std::vector<std::string> protocols;
    std::map<std::string, std::int64_t> tags;  // of the connection manager
};

struct PubsubScore {
    std::string peer;
    double score = 0;
};

/// Lists whom the node refuses to connect with.
struct BlockList {
    std::vector<std::string> peers;
    std::vector<std::string> addresses;  // IP addresses
    std::vector<std::string> subnets;    // in CIDR notation
};

class Network {
  public:
    virtual ~Network() = default;

    /// This node: its ID and the addresses on which it listens.
    virtual PeerAddresses self() = 0;
    virtual std::vector<PeerAddresses> peers() = 0;
    /// Connects, or returns at once if it is connected. Errors: those of dialling.
    virtual Status connect(const PeerAddresses& peer) = 0;
    virtual Status disconnect(const std::string& peer) = 0;
    /// Looks up a peer's addresses. Errors: not_found.
    virtual Result<PeerAddresses> find_peer(const std::string& peer) = 0;
    /// Errors: not_found if the peer is not known.
    virtual Result<PeerDetails> details(const std::string& peer) = 0;
    virtual Connectedness connectedness(const std::string& peer) = 0;
    /// The time of a round trip. Errors: not_found, io.
    virtual Result<std::chrono::nanoseconds> ping(const std::string& peer) = 0;
    virtual Bandwidth bandwidth() = 0;
    virtual std::map<std::string, Bandwidth> bandwidth_by_peer() = 0;
    virtual std::map<std::string, Bandwidth> bandwidth_by_protocol() = 0;
    virtual std::vector<PubsubScore> pubsub_scores() = 0;
    /// Peers that are not disconnected to make room.
    virtual Status protect(const std::vector<std::string>& peers) = 0;
    virtual Status unprotect(const std::vector<std::string>& peers) = 0;
    virtual std::vector<std::string> protected_peers() = 0;
    virtual Status block(const BlockList& added) = 0;
    virtual Status unblock(const BlockList& removed) = 0;
    virtual BlockList blocked() = 0;
};

}  // namespace strata::api
