#pragma once
// Carries bytes between swarms inside one process, in a fixed order. For tests and simulations; the same swarms run
// over sockets in net/host.hpp.
#include <strata/net/swarm.hpp>

namespace strata::net {

class MemoryCarrier {
  public:
    /// Bytes that one side may send before the other side has its turn.
    static constexpr std::size_t kPart = 64 << 10;

    /// Connects two swarms, which must outlive the carrier. Errors: those of Swarm::add.
    Status connect(Swarm& dialer, Swarm& listener, std::optional<PeerId> expected = {}, Swarm::Done done = {});
    /// Carries bytes until all swarms are silent; removes connections that are over.
    void run();
    /// Moves the time of all swarms, and then carries what they send.
    void advance(Instant by);
    Instant now() const { return now_; }

  private:
    struct End {
        Swarm* swarm;
        ConnectionId id;
    };
    struct Wire {
        End dialer;
        End listener;
    };
    bool carry(const End& from, const End& to);
    static bool is_dead(const Wire& wire) {
        return wire.dialer.swarm->is_over(wire.dialer.id) && wire.listener.swarm->is_over(wire.listener.id);
    }

    std::vector<Wire> wires_;
    Instant now_{};
    std::uint16_t next_port_ = 1024;
};

}  // namespace strata::net
