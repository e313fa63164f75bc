#pragma once
// Two connections in memory, for tests: what one sends the other gets.
#include <strata/net/connection.hpp>

namespace strata::net::testing {

/// A side of a link, with all events that it had.
struct End {
    End(Role role, PrivateKey own_identity, std::vector<std::string> protocols, std::optional<PeerId> expected,
        crypto::RandomSource& random, const ConnectionLimits& limits, Instant now)
        : identity(std::move(own_identity)),
          connection(
              role,
              {.identity = identity,
               .supports = [protocols = std::move(protocols)](
                               std::string_view got) { return std::ranges::find(protocols, got) != protocols.end(); },
               .account_of = [this](const PeerId&) -> MemoryAccount& { return account; },
               .limits = limits},
              std::move(expected), random, now) {}

    void collect() {
        for (auto& event : connection.take_events()) events.push_back(std::move(event));
    }
    /// Returns the first event of the kind, if there was one.
    const Connection::Event* find(Connection::Event::Kind kind) const {
        const auto it = std::ranges::find(events, kind, &Connection::Event::kind);
        return it == events.end() ? nullptr : &*it;
    }

    PrivateKey identity;
    MemoryAccount account{16 << 20};
    Connection connection;
    std::vector<Connection::Event> events;
};

struct Link {
    static constexpr std::size_t kPart = 64 << 10;

    explicit Link(const std::vector<std::string>& protocols = {"/echo"}, const ConnectionLimits& limits = {},
                  std::optional<PeerId> expected = {}, std::string_view seed = "link")
        : random(as_bytes(seed)),
          dialer(Role::dialer, PrivateKey::ed25519(random.bytes<32>()), protocols, std::move(expected), random, limits,
                 now),
          listener(Role::listener, PrivateKey::ed25519(random.bytes<32>()), protocols, {}, random, limits, now) {}

    /// Carries bytes both ways until both sides are silent. Returns true if any byte was carried.
    bool run() {
        bool any = false;
        while (true) {
            const bool forth = carry(dialer, listener);
            const bool back = carry(listener, dialer);
            if (!forth && !back) return any;
            any = true;
        }
    }
    bool carry(End& from, End& to) const {
        const Bytes bytes = from.connection.take_output(kPart, now);
        if (!bytes.empty()) to.connection.on_bytes(bytes, now);
        from.collect();
        to.collect();
        return !bytes.empty();
    }

    Instant now{0};
    crypto::SeededRandom random;
    End dialer;
    End listener;
};

}  // namespace strata::net::testing
