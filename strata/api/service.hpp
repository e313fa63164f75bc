#pragma once
// Serves JSON-RPC 2.0 over HTTP with Lotus' method names and values, for wallets and tools. Requests are hostile: the
// bytes, values, calls and time of a request and of all requests together are bounded. There is no authentication, so
// the server belongs on a loopback address. Source: docs/protocol/node.md §28 (lotus api, go-jsonrpc).
#include <chrono>
#include <memory>
#include <mutex>

#include <strata/chain/beacon_source.hpp>
#include <strata/http/message.hpp>

namespace strata {
class Histogram;
namespace chain {
class Chain;
}
}  // namespace strata

namespace strata::api {

struct Options {
    /// The answer of Version; "strata" is the agent.
    std::string version = "strata";
    /// The source of future rounds, for MinerGetBaseInfo and StateGetBeaconEntry; without it only recorded rounds are
    /// known.
    chain::BeaconSource* beacon = nullptr;
    /// Locked while a call uses the node, if others use its blocks without locks of their own (a network in virtual
    /// time over memory). Never held while a call waits.
    std::mutex* node_guard = nullptr;

    std::size_t request_bytes = std::size_t{8} << 20;
    /// The most JSON values in one request. Each takes about 100 bytes during the work.
    std::size_t values = 200'000;
    std::size_t depth = 64;     // nesting of brackets in a request
    std::size_t batch = 1'000;  // calls in a request, as many as viem packs into one
    /// The most bytes of one answer, or of all answers of a batch: calls after that are refused with -32005.
    std::size_t answer_bytes = std::size_t{64} << 20;
    /// The most time of work on one request, without waiting: calls of a batch after that are refused with -32005; a
    /// single call ends with an error at its next check.
    std::chrono::milliseconds work{std::chrono::seconds(30)};
    /// The most memory of all requests that are worked on or wait; above: 503.
    std::size_t memory = std::size_t{256} << 20;
    /// The number of threads for dear calls and longer batches. Cheap calls run on those of the HTTP server.
    unsigned threads = 2;
    /// Takes the seconds from a request's arrival to its answer; those that waited for a head are left out. May be
    /// null; must outlive the service.
    Histogram* answer_seconds = nullptr;
};

class Service {
  public:
    /// The chain and what the options point to must outlive the service. Listens to the chain's heads; this may outlive
    /// the service.
    Service(chain::Chain& chain, Options options);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    /// Returns true for /rpc/v1, and /rpc/v0 with the signatures of Lotus' first API; with or without a slash at the
    /// end.
    static bool serves(const http::Request& request);
    /// Answers a request that is served here, at once or later: a call that is dear or waits has no thread of the
    /// caller. Bodies may be packed with gzip. Called from several threads at once.
    http::Response handle(const http::Request& request);
    /// Ends all calls that wait, present and future ones. Call this before the HTTP server is stopped.
    void stop();

    /// Returns the whole names of the methods of /rpc/v1 in ascending order.
    std::vector<std::string> methods() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace strata::api
