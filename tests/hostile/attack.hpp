#pragma once
// Peers that break the rules, for tests of a running network. Each attack runs on a thread of its own until it is told
// to stop, and paces itself: the honest nodes and the attackers share the processors of one machine.
#include <atomic>
#include <string>
#include <vector>

#include <strata/ipld/cid.hpp>
#include <strata/net/multiaddr.hpp>

namespace strata::hostile {

/// What an attacker knows of its victims. Everything here is public in a real network too.
struct World {
    std::vector<net::Multiaddr> targets;  // each with /p2p/…
    std::string network;                  // its name in genesis
    Cid genesis;
    std::vector<Cid> head;
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> connections = 0, refused = 0, bytes = 0;  // made, not made, sent
};

struct Attack {
    const char* name;
    void (*run)(World&, unsigned number);
};

/// Attacks below a secured connection: sockets, multistream, Noise, Yamux.
const std::vector<Attack>& attacks_on_connections();
/// Attacks of a peer whose connection is in order: on streams, requests, gossip, the DHT.
const std::vector<Attack>& attacks_on_protocols();

}  // namespace strata::hostile
