#pragma once
// A swarm over TCP: one thread of its own owns the sockets, the deadlines and the swarm. Source of the limits:
// net/swarm.hpp.
#include <future>

#include <strata/net/name_lookup.hpp>
#include <strata/net/swarm.hpp>

namespace strata::net {

struct HostConfig {
    /// Addresses of the form /ip4/…/tcp/… or /ip6/…/tcp/…; port 0 means any free port.
    std::vector<Multiaddr> listen{};
    /// The addresses that peers are told of. If empty, those that it listens on, without 0.0.0.0 and ::, which mean
    /// nothing to a peer.
    std::vector<Multiaddr> announce{};
    SwarmConfig swarm{};
    Instant dial_time{10'000};  // for name lookup and TCP, before the handshake
    /// Returns true for a peer, named by /p2p, or an IP address that this node is not to be connected with: it is
    /// neither dialled nor accepted. Called on the host's thread.
    std::function<bool(const Multiaddr&)> is_blocked = [](const Multiaddr&) { return false; };
    /// Finds the addresses behind /dns. It may wait; called on threads of its own, which may outlive the host.
    NameLookup look_up = ip_addresses;
};

class Host {
  public:
    /// Starts a host. `setup` runs before the first connection, to add protocols and a listener. Errors: busy if a
    /// port is taken; invalid_argument for an address that is not of TCP; io.
    static Result<std::unique_ptr<Host>> start(PrivateKey identity, HostConfig config,
                                               const std::function<void(Swarm&)>& setup = {});
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    /// Tells all peers that this node leaves, closes the sockets and ends the thread.
    ~Host();

    const PeerId& id() const;
    /// The addresses that it listens on, with the ports that it got and its own peer at the end.
    const std::vector<Multiaddr>& addresses() const;

    /// Connects to /ip4, /ip6, /dns, /dns4 or /dns6, then /tcp and, if the peer must be that one, /p2p. `done` runs on
    /// the host's thread; it is dropped if the host ends first. Errors: unsupported for any other address; cancelled
    /// for one that is blocked, or for want of time; busy while many names are looked up; io, not_found, and those of
    /// the handshake. Thread-safe.
    void dial(const Multiaddr& address, Swarm::Done done);
    /// Does the same and waits. Must not be called on the host's thread.
    Result<PeerId> dial(const Multiaddr& address);
    /// Runs a function on the host's thread. Thread-safe.
    void post(std::function<void(Swarm&)> work);

  private:
    struct Running;
    explicit Host(std::unique_ptr<Running> running);
    std::unique_ptr<Running> running_;
};

}  // namespace strata::net
