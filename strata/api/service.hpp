#pragma once
// Serves JSON-RPC 2.0 over HTTP with Lotus' method names and values, for wallets and tools. Requests are hostile: the
// bytes, values, calls and time of a request and of all requests together are bounded. Tokens say what a caller may do;
// without one it may read. Source: docs/protocol/node.md §28 (lotus api, go-jsonrpc).
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>

#include <strata/chain/beacon_source.hpp>
#include <strata/http/message.hpp>

namespace strata {
class Histogram;
namespace chain {
class Chain;
class Control;
}  // namespace chain
namespace index {
class ChainIndex;
}
namespace store {
class KeyValue;
}
namespace wallet {
class Wallet;
}
}  // namespace strata

namespace strata::api {

class Network;
class NetworkUsage;
struct Serving;
class Tokens;

/// Bounds of requests. A request keeps those that it began with.
struct RequestLimits {
    std::size_t request_bytes = std::size_t{8} << 20;
    /// The most JSON values in one request. Each takes about 100 bytes during the work.
    std::size_t values = 200'000;
    /// The deepest nesting of brackets in a request.
    std::size_t depth = 64;
    /// The most calls in a request; as many as Forest takes.
    std::size_t batch = 100;
    /// The most bytes of one answer, or of all answers of a batch: calls after that are refused with -32005.
    std::size_t answer_bytes = std::size_t{64} << 20;
    /// The most time of work on one request, without waiting: calls of a batch after that are refused with -32005; a
    /// single call ends with an error at its next check.
    std::chrono::seconds work{30};
    /// The most bytes of memory of all requests that are worked on or wait. A request that needs more gets status 503.
    std::size_t memory = std::size_t{256} << 20;
};

struct Options {
    /// The version in the answer of the method Version.
    std::string version = "strata";
    /// The source of future rounds, for MinerGetBaseInfo and StateGetBeaconEntry; if null, only rounds that the
    /// chain has recorded are known.
    chain::BeaconSource* beacon = nullptr;
    /// A lock for a node whose blocks are in memory without a lock of their own (a network in virtual time). It is held
    /// while a call uses the node, but never while a call waits. May be null.
    std::mutex* node_guard = nullptr;

    // Some methods need these parts of a node. If a part is null, its methods end with an error that says so.
    /// Checks the tokens of callers. Without it everybody may only read.
    const Tokens* tokens = nullptr;
    wallet::Wallet* wallet = nullptr;
    /// Remembers which messages were sent with a UUID, and the money that is set aside in the market.
    store::KeyValue* records = nullptr;
    chain::Control* control = nullptr;
    Network* network = nullptr;
    NetworkUsage* usage = nullptr;
    /// Finds transactions, blocks and events for the Ethereum methods. Without it, those that the chain cannot find end
    /// with an error, and logs are read from the newest tipsets only.
    index::ChainIndex* index = nullptr;
    /// Null rounds have Ethereum blocks without transactions, where Lotus has the error null_round. Hashes of the
    /// blocks after null rounds stay, but their parents are then these blocks.
    bool empty_blocks = false;
    /// The folder for files that the node's owner asks for (ChainExportRangeInternal).
    std::filesystem::path folder;
    /// Ends the program, soon after it returns.
    std::function<void()> shutdown;

    RequestLimits limits;             // at the start (Service::set_limits)
    std::size_t socket_calls = 256;   // calls of one WebSocket connection that are not answered yet
    std::size_t channels = 128;       // open channels of one WebSocket connection
    std::size_t channel_values = 64;  // values of a channel that its client has not taken; with one more it is closed
    /// The most exports of the chain at once, each on a thread of its own, and the most of them for callers without the
    /// permission admin.
    unsigned exports = 2;
    unsigned exports_for_others = 1;
    /// The most bytes of memory of one export.
    std::uint64_t export_memory = std::uint64_t{3} << 30;
    /// How long an export waits for its reader, and the least bytes a second that the reader must take if it lasts
    /// longer (Exports::Limits).
    std::chrono::seconds export_patience{300};
    std::uint64_t export_least_rate = std::uint64_t{1} << 20;
    /// The number of threads for expensive calls and longer batches. Cheap calls run on the HTTP server's threads.
    unsigned threads = 2;
    /// The number of threads for slow calls: those that execute messages or go through whole states.
    unsigned slow_threads = 2;
    /// Takes the seconds from a request's arrival to its answer; requests that waited for a head are left out. May be
    /// null; must outlive the service.
    Histogram* answer_seconds = nullptr;
};

class Service {
  public:
    /// The chain and what the options point to must outlive the service. The chain keeps a listener of the service,
    /// which may outlive the service.
    Service(chain::Chain& chain, Options options);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    /// Returns true for /rpc/v1, for /rpc/v0 with the signatures of Lotus' first API, for /rpc/v2 with those of its
    /// newest, and for /rpc/snapshot (snapshot_http.hpp); with or without a slash at the end.
    static bool serves(const http::Request& request);
    /// Answers a request that is served here, at once or later: a call that is expensive or waits does not
    /// occupy the caller's thread. Bodies may be packed with gzip. Called from several threads at once.
    http::Response handle(const http::Request& request);
    /// Changes the bounds of requests that come from now on. Called from any thread.
    void set_limits(const RequestLimits& limits);
    /// Ends all calls that wait, present and future ones. Call this before the HTTP server is stopped.
    void stop();

    /// Returns the complete names of the methods of /rpc/v1 in ascending order.
    std::vector<std::string> methods() const;

  private:
    std::unique_ptr<Serving> serving_;
};

}  // namespace strata::api
