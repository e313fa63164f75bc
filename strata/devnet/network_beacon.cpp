#include <strata/devnet/network_beacon.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/files.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/devnet/node_process.hpp>
#include <strata/drand/drand_server.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::uint64_t kMaxDescription = 1 << 20;  // bytes
constexpr std::uint64_t kMaxUrl = 256;              // bytes
// A process of this machine answers at once, or is being started again.
constexpr std::chrono::seconds kProcessTimeout{2};
constexpr milliseconds kFirstBackoff{250};
constexpr milliseconds kLastBackoff{2'000};

std::function<milliseconds()> unix_time(std::uint64_t lag) {
    return [time = network_time(lag)] { return std::chrono::duration_cast<milliseconds>(time()); };
}

/// A beacon process gets a new port when it starts again, so the file is read for each round that is not known.
class ProcessBeacon final : public chain::BeaconSource {
  public:
    ProcessBeacon(fs::path network, drand::DrandConfig config)
        : network_(std::move(network)), rounds_(std::move(config)) {}

    Result<BeaconEntry> entry(std::uint64_t round) override {
        const auto url = beacon_url(network_);
        rounds_.set_servers(url.empty() ? std::vector<std::string>() : std::vector{url});
        auto entry = rounds_.entry(round);
        if (entry || !url.empty() || entry.error().code() != Errc::busy) return entry;
        return fail(Errc::busy, "the beacon process of this network does not run: there is no " +
                                    (network_ / kBeaconFolder / kBeaconUrlFile).string() +
                                    "; `strata beacon run --network " + network_.string() + "` starts it");
    }

  private:
    const fs::path network_;
    drand::DrandHttp rounds_;
};

}  // namespace

std::string beacon_url(const fs::path& network) {
    const auto content = read_file(network / kBeaconFolder / kBeaconUrlFile, kMaxUrl);
    if (!content) return {};
    const auto text = as_text(*content);
    return std::string(text.substr(0, text.find('\n')));
}

Result<OwnBeacon> own_beacon(const fs::path& network) {
    std::error_code error;
    const bool is_folder = fs::is_directory(network, error);
    const auto file = is_folder ? network / "network.json" : network;
    STRATA_TRY(const auto content, read_file(file, kMaxDescription));
    auto read = chain::parse_network(as_text(content));
    if (!read) return std::move(read).error().with_context(file.string());
    const auto description = nlohmann::json::parse(as_text(content), nullptr, false);
    const auto* const field = is_folder ? "/strata/seed" : "/drand/beacon_seed";
    const nlohmann::json::json_pointer at(field);
    if (!description.contains(at) || !description[at].is_string())
        return fail(Errc::not_found, file.string() +
                                         " describes a network without a beacon of its own: it has no text " +
                                         std::string(field).substr(1));
    auto seed = description[at].get<std::string>();
    if (is_folder) seed = beacon_seed(seed);
    chain::LocalBeacon beacon(seed);
    const auto info = drand::info_of(beacon, seed, read->beacon.genesis_time, read->beacon.period);
    if (read->beacon.public_key != info.chain.public_key)
        return fail(Errc::verification, file.string() +
                                            ": drand.chain_info.public_key is not the key that follows from " +
                                            std::string(field).substr(1) + "; put the file back as it was");
    STRATA_TRY(const auto lag, is_folder ? time_lag(network) : Result<std::uint64_t>(0));
    return OwnBeacon{std::move(beacon), std::move(seed), info, lag};
}

std::unique_ptr<chain::BeaconSource> process_beacon(const fs::path& network, const drand::Info& info,
                                                    const BeaconChoice& choice) {
    drand::DrandConfig config;
    config.hash = drand::chain_hash(info);
    config.chain = info.chain;
    config.unix_time = unix_time(choice.time_lag);
    config.timeout = kProcessTimeout;
    config.first_backoff = kFirstBackoff;
    config.last_backoff = kLastBackoff;
    config.stop = choice.stop;
    return std::make_unique<ProcessBeacon>(network, std::move(config));
}

std::unique_ptr<chain::BeaconSource> drand_beacon(const chain::BeaconChain& chain, const Hash256& hash,
                                                  const BeaconChoice& choice) {
    drand::DrandConfig config;
    config.servers = choice.servers;
    if (config.servers.empty())
        config.servers.assign(std::begin(drand::kPublicServers), std::end(drand::kPublicServers));
    config.hash = hash;
    config.chain = chain;
    config.unix_time = unix_time(choice.time_lag);
    config.stop = choice.stop;
    return std::make_unique<drand::DrandHttp>(std::move(config));
}

}  // namespace strata::devnet
