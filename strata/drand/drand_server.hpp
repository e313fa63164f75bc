#pragma once
// Serves a local beacon in drand's HTTP form, for the beacon process of a devnet: /info, /public/latest, /public/ROUND
// and the same below /HASH. Source: drand handler/http/server.go; as oracle/net/cmd/beacon. Thread-safe.
#include <chrono>
#include <functional>

#include <strata/chain/local_beacon.hpp>
#include <strata/drand/info.hpp>
#include <strata/http/message.hpp>

namespace strata::drand {

/// Describes the drand chain of a local beacon. `seed` is what its key was made from; it makes the group's hash too.
Info info_of(const chain::LocalBeacon& beacon, std::string_view seed, std::uint64_t genesis_time, std::uint64_t period);

class DrandServer {
  public:
    /// Serves the chain of info_of(). `beacon` must outlive this.
    DrandServer(chain::LocalBeacon& beacon, std::string_view seed, std::uint64_t genesis_time, std::uint64_t period,
                std::function<std::chrono::seconds()> unix_time);

    const Info& info() const { return info_; }
    /// A handler for http::Server. A round in the future gets 404 with the time at which it is out; a text that is not
    /// a round 400; a different method 405.
    http::Response operator()(const http::Request& request) const;

  private:
    http::Response round(std::string_view name) const;

    chain::LocalBeacon& beacon_;
    const Info info_;
    const std::string hash_;  // in hexadecimal
    const std::function<std::chrono::seconds()> unix_time_;
};

}  // namespace strata::drand
