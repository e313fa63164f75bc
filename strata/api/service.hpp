#pragma once
// JSON-RPC 2.0 over HTTP with Lotus' method names and values: what wallets and tools ask of a node. Requests are
// hostile: size, depth, number of calls and waiting time are bounded; nothing is authenticated, so that the server
// belongs on a loopback address. Source: node.md §28 (lotus api, go-jsonrpc).
#include <chrono>
#include <memory>
#include <mutex>

#include <strata/chain/beacon_source.hpp>
#include <strata/chain/full_node.hpp>
#include <strata/http/message.hpp>

namespace strata::api {

struct Options {
    /// What Version answers; "strata" is the agent.
    std::string version = "strata";
    /// Of printed addresses: 'f' on mainnet, 't' elsewhere.
    char address_prefix = 't';
    /// Future rounds, for MinerGetBaseInfo and StateGetBeaconEntry; without it only what the chain has recorded.
    chain::BeaconSource* beacon = nullptr;
    /// Held while a call uses the node, where others use its blocks without locks of their own (a network in virtual
    /// time over memory). Never held while a call waits.
    std::mutex* node_guard = nullptr;

    /// StateWaitMsg: how long one request may wait in all, and how many may wait at once. Fewer than the server's
    /// threads, or nothing else is answered meanwhile.
    std::chrono::milliseconds wait{std::chrono::minutes(10)};
    std::size_t waiting = 2;

    std::size_t request_bytes = std::size_t{8} << 20;
    std::size_t answer_bytes = std::size_t{64} << 20;  // of a batch: calls after that are refused
    std::size_t batch = 100;
    std::size_t depth = 64;  // of brackets in a request
};

class Service {
  public:
    /// The node and what the options point to must outlive the service. Listens to the node's heads; this may outlive
    /// the service.
    Service(chain::FullNode& node, Options options);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    /// /rpc/v1, and /rpc/v0 with the same values.
    static bool serves(const http::Request& request);
    /// Answers a request that is served here. Called from several threads at once.
    http::Response handle(const http::Request& request);
    /// Ends all calls that wait, now and later. Call before the HTTP server is taken down.
    void stop();

    /// Whole names, ascending.
    std::vector<std::string> methods() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace strata::api
