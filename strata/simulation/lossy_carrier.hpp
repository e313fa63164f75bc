#pragma once
// Carries bytes between swarms as bad networks do: late, slowly, in bursts, or not at all. TCP hides loss, so a lost
// packet is a delay of everything behind it, and a connection is the least thing that gets lost. The swarms send the
// same bytes as over sockets. One thread.
#include <set>

#include <strata/net/swarm.hpp>
#include <strata/simulation/event_queue.hpp>

namespace strata::simulation {

/// How a link between two swarms behaves. Rates are in parts of a thousand.
struct LinkQuality {
    Instant latency{5};
    Instant jitter{0};                          // at most this much more, for each part
    std::uint64_t bytes_per_second = 16 << 20;  // not 0
    std::uint64_t losses = 0;                   // parts that must be sent again
    Instant loss_delay{300};                    // at least; at most five times as much
};

class LossyCarrier {
  public:
    using Place = std::size_t;
    /// Bytes that leave a swarm at once, and that are on the way at most in one direction: a peer that does not read
    /// stops the writer.
    static constexpr std::size_t kPart = 16 << 10;
    static constexpr std::size_t kWindow = 256 << 10;

    /// `queue` must outlive the carrier.
    LossyCarrier(EventQueue& queue, LinkQuality quality) : queue_(queue), quality_(quality) {}
    LossyCarrier(const LossyCarrier&) = delete;
    LossyCarrier& operator=(const LossyCarrier&) = delete;

    /// A place for a swarm, with an IP address of its own.
    Place add_place();
    /// The swarm must live until `unplug`.
    void plug(Place place, net::Swarm& swarm);
    enum class Leave : std::uint8_t {
        reset,   // the peers hear of it: a process was killed
        silent,  // they do not: the power is off
    };
    void unplug(Place place, Leave how);
    /// Has the swarm dial. Nothing happens if one of the two is not there or they cannot reach each other.
    void dial(Place from, Place to);
    /// Sends what a swarm wants to send; to be called after each call into the swarm that is not this object's.
    void touch(Place place);

    /// Places of different parts cannot reach each other; what they send waits. All begin in part 0.
    void set_part(Place place, unsigned part);
    /// A place that reads slowly.
    void set_reading(Place place, std::uint64_t bytes_per_second) { places_[place].reading = bytes_per_second; }
    /// Breaks a connection that the seed draws. With `half` only one end hears of it. Returns false if there is none.
    bool break_one(bool half);
    bool are_connected(Place a, Place b) const;
    std::size_t connections(Place place) const;

  private:
    struct PlaceState {
        net::Swarm* swarm = nullptr;
        unsigned part = 0;
        std::uint64_t reading = 0;  // 0: as fast as it comes
        Instant wakes = net::kNever;
        std::map<net::ConnectionId, std::uint64_t> wires;
    };
    struct End {
        Place place = 0;
        net::ConnectionId id = 0;
        bool is_gone = false;        // this end knows that the connection is over
        bool has_said = false;       // the other end was told, or will be
        Instant free{};              // when the line out of this end has sent what it was given
        Instant last{};              // when that arrives
        std::size_t on_the_way = 0;  // bytes
        std::vector<Bytes> held;     // sent while the other end could not be reached
        bool holds_end = false;
    };
    struct Wire {
        std::array<End, 2> ends;
    };

    net::Multiaddr address(Place place);
    bool can_reach(Place a, Place b) const { return places_[a].part == places_[b].part; }
    void send(std::uint64_t wire, std::size_t side);
    void ship(std::uint64_t wire, std::size_t side, Bytes bytes);
    void arrive(std::uint64_t wire, std::size_t side, const Bytes& bytes);
    void say_end(std::uint64_t wire, std::size_t side);
    void lose(std::uint64_t wire, std::size_t side, std::string_view why);
    void leave(std::uint64_t wire, std::size_t side);
    void wake(Place place);
    void wake_at(Place place);
    Wire* find(std::uint64_t wire);

    EventQueue& queue_;
    const LinkQuality quality_;
    std::vector<PlaceState> places_;
    std::map<std::uint64_t, Wire> wires_;
    std::uint64_t next_wire_ = 1;
    std::uint16_t next_port_ = 1024;
};

}  // namespace strata::simulation
