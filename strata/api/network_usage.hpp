#pragma once
// Tells what a node's network uses and may use at most, for NetStat and NetLimit. Thread-safe. Source: lotus
// node/impl/net/rcmgr.go; go-libp2p core/network (ScopeStat).
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include <strata/base/result.hpp>

namespace strata::api {

struct ScopeUse {
    std::int64_t streams_in = 0;
    std::int64_t streams_out = 0;
    std::int64_t connections_in = 0;
    std::int64_t connections_out = 0;
    std::int64_t files = 0;
    std::int64_t memory = 0;  // bytes
};

struct NetworkUse {
    ScopeUse system;
    ScopeUse transient;  // of connections whose handshake is not complete
    std::map<std::string, ScopeUse> protocols;
    std::map<std::string, ScopeUse> peers;
};

/// The most of each; 0 means none at all, and kUnlimited that the scope has no limit of its own (go-libp2p
/// p2p/host/resource-manager/limit_config.go: Unlimited is shown as the largest integer).
struct ScopeLimit {
    static constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

    std::int64_t memory = 0;
    std::int64_t streams = 0, streams_in = 0, streams_out = 0;
    std::int64_t connections = 0, connections_in = 0, connections_out = 0;
    std::int64_t files = 0;
};

class NetworkUsage {
  public:
    virtual ~NetworkUsage() = default;
    /// Errors: busy if the network does not answer.
    virtual Result<NetworkUse> use() = 0;
    enum class Scope { system, transient, service, protocol, peer };
    virtual ScopeLimit limit(Scope scope) = 0;
};

}  // namespace strata::api
