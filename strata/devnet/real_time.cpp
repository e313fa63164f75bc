#include <strata/devnet/real_time.hpp>

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include <strata/base/folder_lock.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/devnet/proof_keys.hpp>

namespace strata::devnet {
namespace {

constexpr auto kDeliverEvery = std::chrono::milliseconds(50);

std::int64_t unix_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// Seconds since 1970, less the time that the network stood still.
class NetworkClock {
  public:
    explicit NetworkClock(std::uint64_t starts_at) : behind_(unix_seconds() - static_cast<std::int64_t>(starts_at)) {}
    std::uint64_t now() const { return static_cast<std::uint64_t>(unix_seconds() - behind_); }

  private:
    std::int64_t behind_;
};

void show_nodes(Devnet& net, terminal::Report& report) {
    const auto& accounts = net.accounts();
    report.fact("network", net.network().name);
    report.fact("genesis", net.client().full().chain().genesis()->cids().at(0).to_string());
    report.fact("genesis CAR", net.genesis_car().string());
    for (std::size_t i = 0; i < kProviders; ++i)
        report.fact(fmt::format("provider {}", i + 1),
                    fmt::format("t0{}  {}/rpc/v1  deals and retrieval at {}", kFirstMiner + i, net.provider(i).url(),
                                net.provider(i).url()));
    report.fact("client", net.client().url() + "/rpc/v1");
    std::vector<const Account*> funded;
    for (const auto& account : accounts.providers) funded.push_back(&account);
    funded.push_back(&accounts.client);
    funded.push_back(&accounts.faucet);
    for (const auto* account : funded) {
        report.fact(account->name + " key",
                    account->address.to_string('t') + "  " + wallet::to_hex_lotus(account->key));
    }
}

}  // namespace

Status run_up(const UpOptions& options, terminal::Report& report, const std::atomic<bool>& stop) {
    STRATA_TRY(const auto lock, FolderLock::take(options.folder));
    DevnetConfig config;
    config.folder = options.folder;
    config.parameters = options.parameters;
    config.sector_size = options.sector_size;
    config.seed = options.seed;
    config.block_delay = options.block_delay;
    config.time = Jobs::Time::real;
    config.first_port = options.first_port;
    config.genesis_timestamp = static_cast<std::uint64_t>(unix_seconds());
    STRATA_TRY(config, settled_config(config));
    report.stage("Proof parameters");
    STRATA_OK(make_keys(config.parameters, config.sector_size, report, stop));
    report.stage("Network");
    STRATA_TRY(const auto net, Devnet::open(config, report.watch(&stop)));
    show_nodes(*net, report);
    report.stage(fmt::format("Running, a block every {} s; Ctrl-C stops it", net->network().block_delay));

    const NetworkClock clock(net->network().timestamp_at(net->epoch()));
    ChainEpoch epoch = net->epoch();
    while (!stop) {
        STRATA_OK(net->real_epoch(epoch, [&] { return clock.now(); }));
        const auto head = net->client().full().head();
        report.status(fmt::format("epoch {}: head {} with {} block(s)", epoch, head->height(), head->blocks().size()));
        // Epochs that passed while a proof was made are null rounds.
        const auto now =
            static_cast<ChainEpoch>((clock.now() - net->network().genesis_timestamp) / net->network().block_delay);
        epoch = std::max(epoch + 1, now);
        while (!stop && clock.now() < net->network().timestamp_at(epoch)) {
            std::this_thread::sleep_for(kDeliverEvery);
            STRATA_OK(net->deliver(clock.now()));
        }
    }
    report.finish();
    return {};
}

}  // namespace strata::devnet
