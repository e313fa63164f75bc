#include <strata/devnet/demo.hpp>

#include <fmt/format.h>

#include <strata/actors/read/power.hpp>
#include <strata/base/folder_lock.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/winning.hpp>
#include <strata/devnet/demo_input.hpp>
#include <strata/devnet/proof_keys.hpp>
#include <strata/market/market_chain.hpp>
#include <strata/node/node.hpp>
#include <strata/p2p/memory_network.hpp>
#include <strata/provider/api.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::devnet {
namespace {

/// If a part of a node fails this many times in a row, the demo ends: in the minutes that a demo lasts, nobody will
/// repair the node.
constexpr std::uint64_t kHopelessFailures = 10;

/// At the start all winners make blocks until the head is at this epoch, before the demo uses the network.
constexpr ChainEpoch kFirstBlocks = 1;

}  // namespace

Demo::Demo(DemoOptions options, terminal::Report& report, const std::atomic<bool>& stop)
    : options_(std::move(options)), report_(report), stop_(stop) {}
Demo::~Demo() = default;

Status Demo::run() {
    STRATA_TRY(const auto lock, FolderLock::take(options_.folder));
    STRATA_OK(check_input());
    report_.stage("Proof parameters");
    STRATA_OK(make_keys(options_.parameters, result_.sector_size, report_, stop_));
    STRATA_OK(start_network());
    STRATA_OK(put_file());
    STRATA_OK(make_deals());
    STRATA_OK(seal());
    STRATA_OK(prove_period());
    STRATA_OK(get_file());
    STRATA_OK(settle());
    STRATA_OK(check_ledger());
    report_.finish();
    // The nodes must have closed their files before the folder is removed.
    net_.reset();
    return options_.keep ? Status{} : remove_folder(run_folder());
}

Status Demo::check_input() {
    STRATA_TRY(result_.file_size, readable_file_size(options_.file));
    result_.sector_size = options_.sector_size ? *options_.sector_size : smallest_sector(result_.file_size);
    result_.seed = options_.seed;
    if (result_.sector_size < smallest_sector(result_.file_size))
        return fail(
            Errc::invalid_argument,
            fmt::format("--sector 2KiB: the file has {} bytes and does not fit into one sector; choose 8MiB, or "
                        "leave the option out",
                        result_.file_size));
    STRATA_OK(remove_folder(run_folder()));
    return check_disk_space(options_.folder, demo_disk_bytes(result_.file_size, result_.sector_size));
}

Status Demo::start_network() {
    report_.stage("Genesis");
    DevnetConfig config;
    config.folder = run_folder() / "network";
    config.parameters = options_.parameters;
    config.sector_size = result_.sector_size;
    config.seed = options_.seed;
    config.bundle = options_.bundle;
    config.wasm_cache = options_.wasm_cache;
    config.genesis_timestamp = kDemoGenesisTime;
    config.stop = &stop_;
    STRATA_TRY(net_, Devnet::open(config, report_.watch(&stop_)));
    auto& client = net_->client();
    result_.genesis = client.chain().genesis()->cids().at(0);
    report_.fact("network", net_->network().name);
    report_.fact("seed", options_.seed);
    report_.fact("genesis", result_.genesis.to_string());
    report_.fact("genesis CAR", net_->genesis_car().string());
    for (const auto& account : net_->accounts().providers)
        report_.fact(account.name,
                     fmt::format("{}  {}", account.address.to_string('t'), chain::fil_text(account.balance)));
    for (const auto* account : {&net_->accounts().client, &net_->accounts().faucet})
        report_.fact(account->name,
                     fmt::format("{}  {}", account->address.to_string('t'), chain::fil_text(account->balance)));

    report_.stage("Three storage providers and a client");
    for (std::size_t i = 0; i < kProviders; ++i) {
        const auto sectors = net_->provider(i).provider()->sectors().size();
        report_.fact(fmt::format("provider {}", i + 1),
                     fmt::format("t0{}  {}  {} sealed sectors", kFirstMiner + i, net_->provider(i).url(), sectors));
    }
    report_.fact("client", client.url());
    client_chain_ = market::market_chain_through(client.chain(), client.wallet());
    client_ = std::make_unique<market::MarketClient>(*client_chain_);
    STRATA_TRY(result_.power_before, power_of(0));
    // The first blocks show, before anything depends on it, that all nodes validate each other's blocks.
    net_->let_win(Devnet::Winners::all);
    STRATA_OK(with_blocks([&]() -> Result<bool> { return client.chain().head()->height() >= kFirstBlocks; },
                          /*epochs=*/50));
    net_->let_win(Devnet::Winners::one);
    STRATA_OK(check_same_heads());
    report_.fact("first blocks", fmt::format("head at epoch {}, the same for all {} nodes",
                                             client.chain().head()->height(), net_->nodes().size()));
    return {};
}

Status Demo::run_until(const std::function<Result<bool>()>& done, ChainEpoch epochs) {
    const auto check_health_and_done = [&]() -> Result<bool> {
        for (const auto& node : net_->nodes())
            for (const auto& [part, failure] : node->health().failures())
                if (failure.times >= kHopelessFailures)
                    return fail(Errc::io, fmt::format("{}: the {} part failed {} times in a row: {}",
                                                      node->folder().filename().string(), node::part_name(part),
                                                      failure.times, failure.why));
        return done();
    };
    return net_->run_until(check_health_and_done, epochs, stop_);
}

Status Demo::with_blocks(const std::function<Result<bool>()>& done, ChainEpoch epochs, Devnet::Wish wish) {
    net_->wish(std::move(wish));
    const auto show_and_ask = [&]() -> Result<bool> {
        report_.status(fmt::format("epoch {}, head at {}", net_->epoch(), net_->client().chain().head()->height()));
        return done();
    };
    const auto status = run_until(show_and_ask, epochs);
    net_->wish({});
    return status;
}

// A message that lands with an exit code other than 0 ends the demo. `what` names the message in the error.
Status Demo::wait_for(const Cid& message, std::string_view what) {
    std::optional<chain::MessageLookup> found;
    STRATA_OK(with_blocks(
        [&]() -> Result<bool> {
            STRATA_TRY(found, net_->client().chain().search(message));
            return found.has_value();
        },
        /*epochs=*/200));
    if (found->receipt.exit_code != 0)
        return fail(Errc::verification,
                    fmt::format("{} failed on chain with exit code {}", what, found->receipt.exit_code));
    return {};
}

Result<StoragePower> Demo::power_of(std::size_t index) {
    STRATA_TRY(auto state, net_->client().chain().head_state());
    STRATA_TRY(const auto power, actors::read::Power::load(state));
    STRATA_TRY(const auto claim, power.claim(miner_address(index)));
    return claim ? claim->quality_adjusted : StoragePower(0);
}

// All nodes run on one thread, so between two steps they must agree, and no node may have refused anything.
Status Demo::check_same_heads() {
    const auto head = net_->client().chain().head();
    for (const auto& node : net_->nodes())
        if (node->chain().head()->key() != head->key())
            return fail(
                Errc::verification,
                fmt::format("the nodes have different heads at epoch {}, expected the same head; the last refusal "
                            "between them: {}",
                            head->height(), net_->mesh().last_refusal()));
    if (net_->mesh().counts().refused != 0)
        return fail(Errc::verification,
                    "a node refused a block or message from a different node: " + net_->mesh().last_refusal());
    return {};
}

}  // namespace strata::devnet
