#pragma once
// Our host beside a stranger: what several tests of this folder do with both.
#include <thread>

#include <strata/net/test_echo.hpp>

#include "stranger.hpp"

namespace strata::interop {

inline bool becomes_true(const std::function<bool()>& condition) {
    for (int i = 0; i < 1'000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return condition();
}

/// Runs work on the host's thread and returns its result.
template <class T>
T on_host(net::Host& host, const std::function<T(net::Swarm&)>& work) {
    return net::testing::wait_for<T>(
               host, [&](net::Swarm& swarm, const std::function<void(Result<T>)>& done) { done(work(swarm)); })
        .value();
}

/// Dials a peer that listens. `ready` is its first line.
inline Result<net::PeerId> meet(net::Host& host, const nlohmann::json& ready) {
    if (!ready.is_object()) return fail(Errc::io, "the peer did not begin to listen");
    STRATA_TRY(const auto address, net::Multiaddr::parse(ready["addrs"][0].get<std::string>()));
    return host.dial(address);
}

/// Returns what the peer told of itself, or a failure if it did not tell.
inline Result<net::Identify> known_of(net::Host& host, const net::PeerId& peer) {
    return net::testing::wait_for<net::Identify>(host, [&](net::Swarm& swarm, const auto& done) {
        const auto* known = swarm.identified(peer);
        done(known != nullptr ? Result<net::Identify>(*known) : Result<net::Identify>(Errc::not_found));
    });
}

/// Waits until the peer told of itself.
inline net::Identify identified(net::Host& host, const net::PeerId& peer) {
    EXPECT_TRUE(becomes_true([&] { return known_of(host, peer).has_value(); })) << "the peer was not identified";
    return known_of(host, peer).value_or(net::Identify());
}

}  // namespace strata::interop
