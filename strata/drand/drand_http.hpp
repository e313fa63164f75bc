#pragma once
// Beacon entries from drand's servers over HTTP. Each is verified before it is used, so a server can withhold rounds
// but not forge them. Source: docs/protocol/node.md §4; drand handler/http/server.go. Thread-safe; no lock is held
// while a server is asked.
#include <atomic>
#include <chrono>
#include <functional>

#include <strata/base/lru_map.hpp>
#include <strata/base/mutex.hpp>
#include <strata/chain/beacon_source.hpp>
#include <strata/drand/info.hpp>
#include <strata/http/client.hpp>
#include <strata/store/key_value.hpp>

namespace strata::drand {

/// Those of docs/protocol/node.md §4.2 (lotus build/buildconstants/drand.go, DrandQuicknet).
inline constexpr std::string_view kPublicServers[] = {"https://api.drand.sh", "https://api2.drand.sh",
                                                      "https://api3.drand.sh", "https://drand.cloudflare.com",
                                                      "https://api.drand.secureweb3.com:6875"};

struct DrandConfig {
    std::vector<std::string> servers{};  // as set_servers() takes them
    /// Names the chain, and vouches for its description.
    Hash256 hash{};
    /// The key that rounds are verified with.
    chain::BeaconChain chain{};
    store::KeyValue* store = nullptr;  // keeps verified rounds; null for memory only. Must outlive this.
    std::function<std::chrono::milliseconds()> unix_time{};
    std::function<Result<http::Answer>(const std::string& url, const http::ClientLimits&)> get{};  // empty: http::get
    std::size_t cached = 4'096;                      // rounds in memory; ours
    std::chrono::seconds timeout{5};                 // for one server; ours
    std::chrono::milliseconds first_backoff{1'000};  // after a server failed, doubled with each failure; ours
    std::chrono::milliseconds last_backoff{60'000};
    /// No further server is asked soon after it turns true; may be null. Must outlive this.
    const std::atomic<bool>* stop = nullptr;
};

class DrandHttp final : public chain::BeaconSource {
  public:
    /// The most bytes of an answer; ours. A description has about 600.
    static constexpr std::uint64_t kMaxAnswer = 16 << 10;

    explicit DrandHttp(DrandConfig config);
    /// Names the servers to ask from now on, such as "https://api.drand.sh". One that was named before keeps its
    /// record.
    void set_servers(const std::vector<std::string>& urls);
    /// Returns a round, from memory, from the store, or from the first server that has it: servers that failed last are
    /// asked last. It takes at most DrandConfig::timeout for each server. Errors: not_found with the time at which the
    /// round is out, or if the servers do not have it yet; busy while all servers are left alone after failures, with
    /// the reason and how long, or while no server is named; io with what each server did; cancelled.
    Result<BeaconEntry> entry(std::uint64_t round) override;
    /// Asks the servers for the description of the chain, and compares it with the configured one. Errors: verification
    /// if it differs; busy and io as above.
    Result<Info> info();

  private:
    struct Server {
        std::string url;
        unsigned failures = 0;  // in a row
        std::chrono::milliseconds quiet_until{};
        std::string failure;
    };
    struct Asked {
        std::string url;
        std::chrono::milliseconds quiet_until;
        std::string failure;
    };
    std::optional<BeaconEntry> known(std::uint64_t round);
    void keep(const BeaconEntry& entry);
    std::vector<Asked> order();
    void succeeded(const std::string& url);
    void failed(const std::string& url, const std::string& why);
    Result<std::string> ask(const std::string& url, const std::string& path);
    template <class T>
    Result<T> ask_all(const std::string& path, const std::function<Result<T>(std::string_view)>& read);
    Result<BeaconEntry> read_round(std::uint64_t round, std::string_view json) const;

    const DrandConfig config_;
    const std::string hash_;  // in hexadecimal
    Mutex mutex_;
    LruMap<std::uint64_t, Bytes> cache_ STRATA_GUARDED_BY(mutex_);
    std::vector<Server> servers_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::drand
