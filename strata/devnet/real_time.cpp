#include <strata/devnet/real_time.hpp>

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include <strata/base/folder_lock.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/network.hpp>
#include <strata/devnet/network_clock.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/devnet/news.hpp>
#include <strata/devnet/proof_keys.hpp>
#include <strata/node/access_files.hpp>
#include <strata/node/node.hpp>

namespace strata::devnet {
namespace {

const Log kLog("devnet");

constexpr auto kDeliverEvery = std::chrono::milliseconds(50);

/// Epochs that pass while a proof is made become null rounds. A gap longer than this means that the program did not run
/// (the machine slept, or the process was stopped), and that time is left out.
constexpr ChainEpoch kMaxMissedEpochs = 100;
/// After this many epochs without a block the network's time is set back to the epoch after its head. Lookbacks reach
/// 900 epochs, and a chain with a longer gap cannot be continued.
constexpr ChainEpoch kMaxEpochsWithoutBlock = 600;

void show_nodes(Devnet& net, const std::filesystem::path& folder, terminal::Report& report) {
    report.fact("network", fmt::format("{} in {}", net.network().name, folder.string()));
    for (std::size_t i = 0; i < kProviders; ++i)
        report.fact(fmt::format("provider {}", i + 1),
                    fmt::format("{}/rpc/v1, miner t0{}", net.provider(i).url(), kFirstMiner + i));
    report.fact("client", net.client().url() + "/rpc/v1");
}

void show_accounts(Devnet& net, terminal::Report& report) {
    const auto& accounts = net.accounts();
    report.fact("accounts", accounts.client.address.to_string('t') + " pays for deals");
    report.fact("", accounts.faucet.address.to_string('t') + " is the faucet, for whatever you want to try");
    report.fact("",
                "strata wallet export ADDRESS prints a key. All keys follow from the seed: never send anything of "
                "value from a public network to these addresses.");
}

/// Runs a network epoch by epoch until it is stopped, and delivers messages in between.
class Runner {
  public:
    Runner(Devnet& net, terminal::Report& report, const std::atomic<bool>& stop)
        : net_(net), report_(report), stop_(stop), clock_(net.network(), net.epoch()), news_(net, report) {}

    void run() {
        ChainEpoch epoch = net_.epoch();
        while (!stop_) {
            net_.real_epoch(epoch, [this] { return clock_.now(); });
            if (stop_) break;
            news_.tell(epoch);
            show(epoch);
            epoch = next(epoch);
            while (!stop_ && clock_.now() < net_.network().timestamp_at(epoch)) {
                std::this_thread::sleep_for(kDeliverEvery);
                net_.deliver(clock_.now());
            }
        }
    }

  private:
    ChainEpoch head() const { return net_.client().chain().head()->height(); }

    void show(ChainEpoch epoch) {
        report_.status(fmt::format("epoch {}: head {} with {} block(s)", epoch, head(),
                                   net_.client().chain().head()->blocks().size()));
        if (const auto jump = clock_.calendar_jump())
            report_.fact("clock", fmt::format("the machine's clock was set {} by {} s; the network keeps its own time, "
                                              "so the timestamps of its blocks do not jump",
                                              *jump > 0 ? "forward" : "back", std::abs(*jump)));
    }

    /// Returns the epoch to work on after `epoch`.
    ChainEpoch next(ChainEpoch epoch) {
        const auto next = next_epoch(epoch, clock_.epoch(), head());
        if (next.why.empty()) return next.epoch;
        report_.fact("clock", next.why);
        clock_.set(next.epoch);
        return next.epoch;
    }

    Devnet& net_;
    terminal::Report& report_;
    const std::atomic<bool>& stop_;
    NetworkClock clock_;
    News news_;
};

/// Refuses an option that differs from the value with which an existing network was made.
template <class T>
Status same_option(const std::optional<T>& given, const T& found, std::string_view option,
                   const std::filesystem::path& folder) {
    if (!given || *given == found) return {};
    return fail(Errc::invalid_argument,
                fmt::format("{} {}: the network in {} was made with {}, which cannot change; leave the option out to "
                            "continue that network, or name a different --folder for a new one",
                            option, *given, folder.string(), found));
}

}  // namespace

NextEpoch next_epoch(ChainEpoch epoch, ChainEpoch now, ChainEpoch head) {
    if (now - epoch > kMaxMissedEpochs)
        return {epoch + 1,
                fmt::format("the program did not run for {} epochs; the network continues with epoch {}, as if no time "
                            "had passed",
                            now - epoch, epoch + 1)};
    if (epoch - head > kMaxEpochsWithoutBlock)
        return {head + 1, fmt::format("no block was made for {} epochs; the network goes back to epoch {}",
                                      epoch - head, head + 1)};
    return {std::max(epoch + 1, now), {}};
}

// An existing network keeps the values it was made with, and an option with a different value is refused.
Result<DevnetConfig> up_config(const UpOptions& options) {
    DevnetConfig config;
    config.folder = options.folder;
    config.parameters = options.parameters;
    config.time = Jobs::Time::real;
    config.first_port = options.first_port;
    config.bundle = options.bundle;
    config.empty_blocks = options.empty_blocks;
    config.wasm_cache = options.wasm_cache;
    if (has_network(options.folder)) {
        STRATA_TRY(config, settled_config(config));
        STRATA_OK(same_option(options.block_delay, config.block_delay, "--block-time", options.folder));
        STRATA_OK(same_option(options.sector_size, config.sector_size, "--sector", options.folder));
        STRATA_OK(same_option(options.seed, config.seed, "--seed", options.folder));
        return config;
    }
    config.sector_size = options.sector_size.value_or(kDefaultSectorSize);
    config.block_delay = options.block_delay.value_or(kDefaultBlockDelay);
    crypto::SystemRandom random;
    config.seed = options.seed ? *options.seed : to_hex(random.bytes<8>());
    config.genesis_timestamp = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(Clocks::of_machine().calendar()).count());
    return config;
}

void tell_first_steps(const UpOptions& options, std::uint64_t sector_size, const std::string& url,
                      terminal::Report& report) {
    report.fact("explorer", url + "/explorer/ in a browser");
    const auto verb = [&](std::string_view words) {
        return fmt::format("strata {}{}{}", words, options.network_option.empty() ? "" : " ", options.network_option);
    };
    // With sectors of 2 KiB each piece has one small block of the file, and client/put.cpp bounds the number of deals.
    const bool is_small = sector_size == kDefaultSectorSize;
    report.fact("in a 2nd terminal",
                verb("put FILE") + (is_small ? "   stores a file of up to 240 KB" : "   stores a file"));
    report.fact("", verb("wallet list") + "   your money; strata wallet send ADDRESS AMOUNT gives some away");
    if (is_small) report.fact("", "for larger files: strata devnet up --sector 8MiB --folder DIR");
}

Status run_up(const UpOptions& options, terminal::Report& report, const std::atomic<bool>& stop) {
    STRATA_TRY(const auto lock, FolderLock::take(options.folder));
    STRATA_TRY(auto config, up_config(options));
    config.stop = &stop;
    // Ports are checked before the keys, which may take minutes.
    STRATA_OK(check_ports(config.first_port, kProviders + 1));
    report.stage("Keys for proofs");
    const bool is_new = !has_network(config.folder);
    STRATA_OK(make_keys(config.parameters, config.sector_size, report, stop));
    report.stage(is_new ? "A new network: its first sectors are sealed, and its genesis is made"
                        : "The network starts");
    STRATA_TRY(const auto net, Devnet::open(config, report.watch(&stop)));
    show_nodes(*net, config.folder, report);
    show_accounts(*net, report);
    report.stage(fmt::format("Running, a block every {} s; Ctrl-C stops it", net->network().block_delay));
    tell_first_steps(options, net->sector_size(), net->provider(0).url(), report);
    kLog.info("the network runs", {{"network", net->network().name}, {"epoch", net->epoch()}});
    // For programs that are given the network's folder alone. After a kill the address is still there.
    STRATA_OK(node::write_access_files(config.folder, net->provider(0).url(), net->provider(0).admin_token()));
    Runner(*net, report, stop).run();
    STRATA_OK(node::remove_access_files(config.folder));
    kLog.info("the network was stopped", {{"head", net->client().chain().head()->height()}});
    report.finish();
    return {};
}

}  // namespace strata::devnet
