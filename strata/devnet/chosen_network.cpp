#include <strata/devnet/chosen_network.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <strata/actors/read/system.hpp>
#include <strata/base/byte_source.hpp>
#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/unpack.hpp>
#include <strata/chain/genesis/genesis_car.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/mock_beacon.hpp>
#include <strata/chain/quicknet.hpp>
#include <strata/devnet/network_beacon.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/devnet/node_process.hpp>
#include <strata/drand/drand_server.hpp>
#include <strata/node/snapshot.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMaxDescription = 1 << 20;  // bytes

/// Describes a public network, as far as it is published. Source: docs/protocol/node.md §4.2, §20, §22, §25 (lotus
/// build/buildconstants/params_*.go, build/bootstrap).
struct Published {
    std::string_view name;
    std::string_view network_name;  // empty: as the genesis says, because the network begins anew from time to time
    std::uint64_t genesis_timestamp;
    std::uint64_t chain_id;
    NetworkVersion genesis_version;
    std::array<std::string_view, 2> bootstrap;
};
constexpr Published kPublished[] = {
    {"mainnet",
     "testnetnet",
     1'598'306'400,
     314,
     0,
     {"/dns/bootstrap.filecoin.chain.love/tcp/1235/p2p/12D3KooWBF8cpp65hp2u9LK5mh19x67ftAam84z9LsfaquTDSBpt",
      "/dnsaddr/bootstrap-mainnet.chainsafe-fil.io"}},
    {"calibnet",
     "calibrationnet",
     1'667'326'380,
     314'159,
     0,
     {"/dns/bootstrap.calibration.filecoin.chain.love/tcp/1237/p2p/"
      "12D3KooWQPYouEAsUQKzvFUA9sQ8tz4rfpqtTzh2eL6USd9bwg7x",
      "/dnsaddr/bootstrap-calibnet.chainsafe-fil.io"}},
    {"butterflynet", "", 0, 3'141'592, 28, {"/dnsaddr/bootstrap.butterfly.fildev.network", ""}},
};
constexpr std::uint64_t kPublicBlockDelay = 30;  // seconds

struct Genesis {
    Cid cid;
    std::uint64_t timestamp = 0;
    std::string network_name;
};

Result<Genesis> read_genesis(const fs::path& car) {
    STRATA_TRY(const auto bytes, read_unpacked(car));
    MemoryBlockstore blocks;
    STRATA_TRY(const auto block, chain::load_genesis_car(memory_source(as_bytes(bytes)), blocks));
    STRATA_TRY(auto state, vm::StateTree::load(blocks, block.header.parent_state_root));
    STRATA_TRY(auto name, actors::read::network_name(state));
    return Genesis{block.cid, block.header.timestamp, std::move(name)};
}

Status check_genesis(const std::string& expected, const Cid& found, const fs::path& car) {
    if (expected == found.to_string()) return {};
    return fail(Errc::verification, fmt::format("--genesis {}: the genesis is {}, expected {} as the network's",
                                                car.string(), found.to_string(), expected));
}

/// Makes the node ask drand's servers for the rounds.
void ask_drand(ChosenNetwork& out, const Hash256& hash, const NetworkChoice& choice) {
    out.beacon = drand_beacon(out.network.beacon, hash,
                              {.servers = choice.drand, .time_lag = out.time_lag, .stop = choice.stop_beacon});
    out.remote_beacon = true;
}

Hash256 quicknet_hash() {
    Hash256 out;
    const auto bytes = from_hex(drand::kQuicknetHash);
    STRATA_CHECK(bytes && bytes->size() == out.size());
    std::ranges::copy(*bytes, out.begin());
    return out;
}

Result<ChosenNetwork> public_network(const Published& published, const NetworkChoice& choice) {
    ChosenNetwork out;
    out.genesis = choice.genesis;
    std::string name(published.network_name);
    std::uint64_t began = published.genesis_timestamp;
    if (!choice.genesis.empty()) {
        STRATA_TRY(const auto genesis, read_genesis(choice.genesis));
        if (const auto known = node::genesis_of_public_network(published.name))
            STRATA_OK(check_genesis(known->to_string(), genesis.cid, choice.genesis));
        name = genesis.network_name;
        began = genesis.timestamp;
    } else if (published.network_name.empty()) {
        return fail(Errc::invalid_argument, fmt::format("--network {} begins anew from time to time; name the CAR of "
                                                        "its genesis with --genesis",
                                                        published.name));
    }
    const json description{
        {"network_name", name},
        {"genesis_timestamp", began},
        {"block_delay_s", kPublicBlockDelay},
        {"eth_chain_id", published.chain_id},
        {"upgrades", {{"schedule", published.name}, {"genesis_network_version", published.genesis_version}}},
        {"drand", {{"chain_info", json::parse(chain::kQuicknetInfo)}}}};
    STRATA_TRY(out.network, chain::parse_network(description.dump()));
    for (const auto address : published.bootstrap) {
        if (address.empty()) continue;
        STRATA_TRY(out.bootstrap.emplace_back(), net::Multiaddr::parse(address));
    }
    out.genesis_cid = node::genesis_of_public_network(published.name);
    ask_drand(out, quicknet_hash(), choice);
    return out;
}

/// Returns the hash that names the network's drand chain on the servers.
Result<Hash256> described_hash(const json& description, const chain::Network& network, const fs::path& file) {
    const auto quicknet = json::parse(chain::kQuicknetInfo);
    if (quicknet["public_key"] == to_hex(network.beacon.public_key)) return quicknet_hash();
    const json::json_pointer at("/drand/chain_info/hash");
    const auto text = description.contains(at) && description[at].is_string() ? description[at].get<std::string>() : "";
    const auto bytes = from_hex(text);
    Hash256 out;
    if (!bytes || bytes->size() != out.size())
        return fail(Errc::invalid_argument, "--drand: " + file.string() +
                                                " has no drand.chain_info.hash of 64 hexadecimal digits, which names "
                                                "the chain on drand's servers; GET /info of a server tells it");
    std::ranges::copy(*bytes, out.begin());
    return out;
}

// Rounds that this program can compute need no server: those of the mock, and of a recorded network, whose description
// names the seed of its beacon.
Status take_beacon(ChosenNetwork& out, const json& description, const NetworkChoice& choice) {
    if (is_mock(out.network.beacon)) {
        if (!choice.drand.empty())
            return fail(Errc::invalid_argument,
                        "--drand: the rounds of this network are those of Lotus' mock, which no "
                        "server has; leave it out");
        out.beacon = std::make_unique<chain::MockBeacon>();
        return {};
    }
    auto own = own_beacon(choice.name);
    if (own && choice.drand.empty()) {
        out.beacon = std::make_unique<chain::LocalBeacon>(std::move(own->beacon));
        return {};
    }
    if (!own && choice.drand.empty() && own.error().code() != Errc::not_found) return std::move(own).error();
    const auto hash = described_hash(description, out.network, choice.name);
    if (hash && (!choice.drand.empty() || *hash == quicknet_hash())) ask_drand(out, *hash, choice);
    if (!choice.drand.empty()) return hash ? Status{} : Status(hash.error());
    return {};
}

/// Returns the CID of genesis that a description names; empty if it names none.
Result<std::string> named_genesis(const json& description, const std::string& file) {
    const auto it = description.find("genesis");
    if (it == description.end()) return std::string();
    if (it->is_string()) return it->get<std::string>();
    return fail(Errc::malformed,
                "--network " + file + ": \"genesis\" is of the JSON type " + it->type_name() + ", expected a text");
}

Result<ChosenNetwork> described_network(const NetworkChoice& choice) {
    STRATA_TRY(const auto content, read_file(choice.name, kMaxDescription));
    ChosenNetwork out;
    auto network = chain::parse_network(as_text(content));
    if (!network) return std::move(network).error().with_context("--network " + choice.name);
    out.network = std::move(*network);
    const auto description = json::parse(as_text(content), nullptr, false);
    STRATA_OK(take_beacon(out, description, choice));
    // A description without it is not refused: the chain tells its genesis.
    STRATA_TRY(const auto named, named_genesis(description, choice.name));
    if (auto cid = Cid::parse(named)) out.genesis_cid = std::move(*cid);
    out.genesis = choice.genesis;
    if (out.genesis.empty())
        for (const char* file : {"genesis.car", "genesis.car.zst"})
            if (const auto beside = fs::path(choice.name).parent_path() / file; fs::exists(beside))
                out.genesis = beside;
    if (out.genesis.empty()) return out;
    STRATA_TRY(const auto genesis, read_genesis(out.genesis));
    STRATA_OK(check_genesis(named.empty() ? genesis.cid.to_string() : named, genesis.cid, out.genesis));
    return out;
}

Result<ChosenNetwork> local_network(const NetworkChoice& choice) {
    DevnetConfig config;
    config.folder = choice.name;
    config.parameters = choice.parameters;
    config.bundle = choice.bundle;
    config.wasm_cache = choice.wasm_cache;
    config.time = Jobs::Time::real;
    if (!has_network(config.folder))
        return fail(Errc::not_found, "there is no network in " + choice.name +
                                         "; strata devnet up --processes makes one, and its --folder names it");
    if (!choice.genesis.empty())
        return fail(Errc::invalid_argument, "--genesis: the network in " + choice.name + " has its own; leave it out");
    STRATA_TRY(config, settled_config(config));
    ChosenNetwork out;
    const auto beacon = network_beacon(config);
    out.network = describe_network(config, beacon);
    STRATA_OK(check_network_folder(config, out.network));
    out.genesis = config.folder / "genesis.car";
    STRATA_TRY(out.time_lag, time_lag(config.folder));
    const auto info =
        drand::info_of(beacon, beacon_seed(config.seed), out.network.beacon.genesis_time, out.network.beacon.period);
    if (choice.drand.empty()) {
        out.beacon = process_beacon(config.folder, info, {.time_lag = out.time_lag, .stop = choice.stop_beacon});
        out.remote_beacon = true;
    } else {
        ask_drand(out, drand::chain_hash(info), choice);
    }
    out.local = std::move(config);
    return out;
}

}  // namespace

Result<ChosenNetwork> choose_network(const NetworkChoice& choice) {
    for (const auto& published : kPublished)
        if (choice.name == published.name) return public_network(published, choice);
    std::error_code error;
    if (fs::is_directory(choice.name, error)) return local_network(choice);
    if (fs::is_regular_file(choice.name, error)) return described_network(choice);
    return fail(Errc::not_found, fmt::format("--network {}: there is no such folder or file; expected the folder of a "
                                             "local network, a file with a description, mainnet, calibnet or "
                                             "butterflynet",
                                             choice.name));
}

}  // namespace strata::devnet
