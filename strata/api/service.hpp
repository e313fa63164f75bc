#pragma once
// JSON-RPC 2.0 over HTTP with Lotus' method names and values: what wallets and tools ask of a node. Requests are
// hostile: what one asks for, and what all ask for together, is bounded in bytes, values, calls and time; nothing is
// authenticated, so that the server belongs on a loopback address. Source: docs/protocol/node.md §28 (lotus api,
// go-jsonrpc).
#include <chrono>
#include <memory>
#include <mutex>

#include <strata/chain/beacon_source.hpp>
#include <strata/http/message.hpp>

namespace strata::chain {
class Chain;
}

namespace strata::api {

struct Options {
    /// What Version answers; "strata" is the agent.
    std::string version = "strata";
    /// Future rounds, for MinerGetBaseInfo and StateGetBeaconEntry; without it only what the chain has recorded.
    chain::BeaconSource* beacon = nullptr;
    /// Held while a call uses the node, where others use its blocks without locks of their own (a network in virtual
    /// time over memory). Never held while a call waits.
    std::mutex* node_guard = nullptr;

    std::size_t request_bytes = std::size_t{8} << 20;
    /// Values of JSON in one request. Each takes about 100 bytes while it is worked on.
    std::size_t values = 200'000;
    std::size_t depth = 64;     // of brackets in a request
    std::size_t batch = 1'000;  // calls in a request, as many as viem packs into one
    /// Of one answer, and of a batch: calls after that are refused with -32005.
    std::size_t answer_bytes = std::size_t{64} << 20;
    /// Work on one request in all, without waiting: calls of a batch after that are refused with -32005; a single call
    /// ends with an error where it would walk on.
    std::chrono::milliseconds work{std::chrono::seconds(30)};
    /// What all requests together may take that are worked on or wait; above: 503.
    std::size_t memory = std::size_t{256} << 20;
    /// Threads of dear calls and of longer batches. Cheap calls run on those of the HTTP server.
    unsigned threads = 2;
};

class Service {
  public:
    /// The chain and what the options point to must outlive the service. Listens to the chain's heads; this may outlive
    /// the service.
    Service(chain::Chain& chain, Options options);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    /// /rpc/v1, and /rpc/v0 with the signatures of Lotus' first API; with or without a slash at the end.
    static bool serves(const http::Request& request);
    /// Answers a request that is served here, at once or later: a call that is dear or waits has no thread of the
    /// caller. Bodies may be packed with gzip. Called from several threads at once.
    http::Response handle(const http::Request& request);
    /// Ends all calls that wait, now and later. Call before the HTTP server is taken down.
    void stop();

    /// Whole names, ascending, of /rpc/v1.
    std::vector<std::string> methods() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace strata::api
