#include <strata/devnet/network_folder.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/base/byte_source.hpp>
#include <strata/base/file_writer.hpp>
#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/genesis/genesis_car.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/http/server.hpp>
#include <strata/market/provider_market.hpp>
#include <strata/provider/config.hpp>
#include <strata/provider/local_provider.hpp>
#include <strata/provider/preseal.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// The sector sizes of local networks. The proof keys of larger ones take too much time and memory to make.
constexpr std::uint64_t kSmallSector = static_cast<std::uint64_t>(SectorSize::size_2KiB);
constexpr std::uint64_t kLargeSector = static_cast<std::uint64_t>(SectorSize::size_8MiB);
constexpr std::size_t kMaxDescription = std::size_t{1} << 20;

// Genesis and period of drand's quicknet: the beacon began long before any local network (docs/protocol/node.md §4.2).
constexpr std::uint64_t kBeaconGenesis = 1'692'803'367;
constexpr std::uint64_t kBeaconPeriod = 3;

// The provider's price: 8 MiB cost 41 FIL for half a year.
constexpr std::int64_t kAttoPerGibEpoch = 10'000'000'000'000'000;
// The kinds of actors in a network's description.
constexpr const char* kNative = "native";
constexpr const char* kWasm = "wasm";

// How many epochs a deal must be accepted before it starts: publishing and sealing must fit in.
constexpr ChainEpoch kLeastLead = 200;

fs::path description(const DevnetConfig& config) {
    return config.folder / "network.json";
}

// 5 and 6 are V1P1 of 2 KiB and 8 MiB (types/sector.hpp).
RegisteredSealProof seal_proof(std::uint64_t sector_size) {
    return RegisteredSealProof{sector_size == kSmallSector ? 5 : 6};
}

provider::PresealOrder preseal_order(const DevnetConfig& config, std::size_t index) {
    const ActorId miner = kFirstMiner + index;
    return {.miner = miner,
            .proof = seal_proof(config.sector_size),
            .sectors = kPresealedSectors,
            .folder = config.folder / "presealed" / fmt::format("t0{}", miner),
            .parent_cache = {}};
}

// Seals a provider's first sectors, or reads them if they are sealed. They follow from the seed alone.
Result<std::vector<provider::PresealedSector>> presealed(const DevnetConfig& config, std::size_t index,
                                                         const Watch& watch) {
    auto random = crypto::SeededRandom(as_bytes(config.seed)).fork(fmt::format("presealed/{}", index));
    std::error_code error;
    fs::create_directories(config.folder / "presealed", error);
    if (error) return fail(Errc::io, "cannot create folders in " + config.folder.string() + ": " + error.message());
    const Watch named{[&](std::string_view step, double done) {
                          if (watch.progress)
                              watch.progress(fmt::format("sealing for provider {}, {}", index + 1, step), done);
                      },
                      watch.stop};
    return provider::preseal(preseal_order(config, index), random, named);
}

Result<chain::GenesisTemplate> make_template(const DevnetConfig& config, const chain::Network& network,
                                             const Accounts& accounts, const Watch& watch) {
    chain::GenesisTemplate out;
    out.network_name = network.name;
    out.timestamp = network.genesis_timestamp;
    for (const auto& account : accounts.providers)
        out.accounts.push_back({chain::GenesisAccount{account.address}, account.balance});
    for (const auto* account : {&accounts.client, &accounts.faucet})
        out.accounts.push_back({chain::GenesisAccount{account->address}, account->balance});
    out.verifreg_root = {chain::GenesisAccount{accounts.verifier.address}, accounts.verifier.balance};
    out.remainder = {chain::GenesisAccount{accounts.reserve.address}, {}};
    for (std::size_t i = 0; i < accounts.providers.size(); ++i) {
        STRATA_TRY(const auto sectors, presealed(config, i, watch));
        chain::GenesisMiner miner;
        miner.id = miner_address(i);
        miner.owner = miner.worker = accounts.providers[i].address;
        miner.sector_size = static_cast<SectorSize>(config.sector_size);
        STRATA_TRY(miner.sectors, provider::genesis_sectors(sectors, miner.id, accounts.providers[i].key));
        out.miners.push_back(std::move(miner));
    }
    return out;
}

Status write_file(const fs::path& path, const std::function<Status(const ByteSink&)>& content) {
    STRATA_TRY(auto file, FileWriter::create(path));
    STRATA_OK(content([&](BytesView bytes) { return file.write(bytes); }));
    return file.commit();
}

/// Returns the content of network.json: the fields that it has for recorded Lotus networks, and below "strata" the
/// values from which this program made the network.
std::string description_text(const DevnetConfig& config, const chain::Network& network, const Cid& genesis) {
    const Json beacon{{"public_key", to_hex(network.beacon.public_key)},
                      {"genesis_time", network.beacon.genesis_time},
                      {"period", network.beacon.period},
                      {"schemeID", "bls-unchained-g1-rfc9380"}};
    const Json out{{"network_name", network.name},
                   {"genesis", genesis.to_string()},
                   {"genesis_timestamp", network.genesis_timestamp},
                   {"block_delay_s", network.block_delay},
                   {"eth_chain_id", network.chain_id},
                   {"upgrades", {{"genesis_network_version", network.version_at(0)}}},
                   {"drand", {{"chain_info", beacon}}},
                   {"strata",
                    {{"seed", config.seed},
                     {"sector_size", config.sector_size},
                     {"actors", config.bundle.empty() ? kNative : kWasm}}}};
    return out.dump(1) + "\n";
}

// Reads one byte more than a description may have, so that a longer file, or a device, is noticed and not read to its
// end.
Result<std::string> read_text(const fs::path& path) {
    STRATA_TRY(const auto source, file_source(path));
    std::string text(kMaxDescription + 1, '\0');
    STRATA_TRY(const auto size,
               read_full(source, std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size())));
    if (size > kMaxDescription)
        return fail(Errc::too_large,
                    fmt::format("{} has more than {} bytes and cannot be the description of a network; "
                                "put the file back as it was",
                                path.string(), kMaxDescription));
    text.resize(size);
    return text;
}

/// The parts of an existing network's description that this program uses.
struct Description {
    chain::Network network;
    std::string genesis;
    std::string seed;
    std::uint64_t sector_size = 0;
    std::string actors = kNative;  // networks of earlier programs do not say it
};

/// Reads and checks a description. A person may have edited it, so every field is checked, and every refusal names
/// the field.
class DescriptionReader {
  public:
    explicit DescriptionReader(fs::path path) : path_(std::move(path)) {}

    Result<Description> read() const {
        STRATA_TRY(const auto text, read_text(path_));
        const auto file = nlohmann::json::parse(text, nullptr, false);
        if (!file.is_object()) return fail(Errc::malformed, path_.string() + " is not a JSON object" + remedy());
        Description out;
        auto network = chain::parse_network(text);
        if (!network) return fail(network.error().code(), path_.string() + ": " + network.error().message() + remedy());
        out.network = std::move(*network);
        STRATA_OK(in_range("genesis_timestamp", out.network.genesis_timestamp, 1, kLatestGenesis));
        STRATA_OK(in_range("block_delay_s", out.network.block_delay, 1, kLongestDelay));
        STRATA_TRY(out.genesis, string_of(file, "genesis"));
        const auto own = file.find("strata");
        if (own == file.end() || !own->is_object()) return wrong("strata", found_as(file, "strata"), "an object");
        STRATA_TRY(out.seed, string_of(*own, "seed"));
        if (!own->contains("sector_size") || !own->at("sector_size").is_number_unsigned())
            return wrong("strata.sector_size", found_as(*own, "sector_size"), "2048 or 8388608");
        out.sector_size = own->at("sector_size").get<std::uint64_t>();
        if (out.sector_size != kSmallSector && out.sector_size != kLargeSector)
            return wrong("strata.sector_size", fmt::format("is {}", out.sector_size), "2048 or 8388608");
        if (own->contains("actors")) {
            STRATA_TRY(out.actors, string_of(*own, "actors"));
            if (out.actors != kNative && out.actors != kWasm)
                return wrong("strata.actors", fmt::format("is {}", out.actors), "native or wasm");
        }
        return out;
    }

  private:
    // Nobody needs more than an hour between blocks. The bounds keep every timestamp of a chain within 64 bits.
    static constexpr std::uint64_t kLongestDelay = 3600;
    static constexpr std::uint64_t kLatestGenesis = std::uint64_t{1} << 40;
    static constexpr std::size_t kLongestString = 256;

    static std::string remedy() {
        return "; put the file back as it was, or name a different folder to begin a new network";
    }
    Error wrong(std::string_view field, std::string_view got, std::string_view allowed) const {
        return fail(Errc::malformed,
                    fmt::format("{}: {} {}, expected {}{}", path_.string(), field, got, allowed, remedy()));
    }
    Status in_range(std::string_view field, std::uint64_t value, std::uint64_t least, std::uint64_t most) const {
        if (value >= least && value <= most) return {};
        return wrong(field, fmt::format("is {}", value), fmt::format("{} to {}", least, most));
    }
    /// Says what the object has in a field that cannot be used.
    static std::string found_as(const nlohmann::json& object, const char* field) {
        const auto it = object.find(field);
        return it == object.end() ? "is missing" : "is " + it->dump().substr(0, 100);
    }
    Result<std::string> string_of(const nlohmann::json& object, const char* field) const {
        const auto it = object.find(field);
        if (it == object.end() || !it->is_string()) return wrong(field, found_as(object, field), "a string");
        auto out = it->get<std::string>();
        if (out.empty() || out.size() > kLongestString)
            return wrong(field, fmt::format("has {} bytes", out.size()), fmt::format("1 to {} bytes", kLongestString));
        return out;
    }

    fs::path path_;
};

/// Makes the refusal "FIELD is FOUND, but SOURCE EXPECTED"; `source` has a subject and a verb: "local networks have".
Error differs(const DevnetConfig& config, std::string_view field, std::string_view found, std::string_view expected,
              std::string_view source) {
    return fail(Errc::verification, fmt::format("{}: {} is {}, but {} {}; put the file back as it was",
                                                description(config).string(), field, found, source, expected));
}

}  // namespace

bool has_network(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "network.json", error);
}

Result<DevnetConfig> settled_config(const DevnetConfig& config) {
    if (!has_network(config.folder)) return config;
    STRATA_TRY(const auto found, DescriptionReader(description(config)).read());
    if (found.actors == kWasm && config.bundle.empty())
        return fail(Errc::invalid_argument, fmt::format("the network in {} runs WASM actors; name their bundle with "
                                                        "--bundle",
                                                        config.folder.string()));
    if (found.actors == kNative && !config.bundle.empty())
        return fail(Errc::invalid_argument,
                    fmt::format("--bundle: the network in {} was made with native actors, which "
                                "use different gas; leave the option out, or name a different "
                                "folder",
                                config.folder.string()));
    DevnetConfig out = config;
    out.seed = found.seed;
    out.sector_size = found.sector_size;
    out.genesis_timestamp = found.network.genesis_timestamp;
    out.block_delay = found.network.block_delay;
    return out;
}

Result<Accounts> network_accounts(const fs::path& folder) {
    if (!has_network(folder)) return fail(Errc::not_found, "there is no network in " + folder.string());
    STRATA_TRY(const auto found, DescriptionReader(folder / "network.json").read());
    return make_accounts(found.seed);
}

Status check_ports(std::uint16_t first, std::size_t count) {
    if (first == 0) return {};
    if (first + count - 1 > std::numeric_limits<std::uint16_t>::max())
        return fail(
            Errc::invalid_argument,
            fmt::format("--port {}: the nodes need {} ports in a row beginning with this one, but the highest port is "
                        "65535; choose {} or less",
                        first, count, std::size_t{65'536} - count));
    // Opening a port is the only way to know that it is free. A different program may still take the port before
    // the node does; then the node's own error says so.
    for (std::size_t i = 0; i < count; ++i) {
        const auto port = static_cast<std::uint16_t>(first + i);
        const auto unused = [](const http::Request&) { return http::text_response(503, "this node is starting"); };
        const auto server = http::Server::start("127.0.0.1", port, unused);
        if (server) continue;
        if (server.error().code() != Errc::busy) return server.error();
        return fail(Errc::busy,
                    fmt::format("port {} is in use; stop the program that uses it, or give --port the first of {} "
                                "free ports in a row (0: any free ports)",
                                port, count));
    }
    return {};
}

Status check_network_folder(const DevnetConfig& config, const chain::Network& network) {
    if (!has_network(config.folder)) return {};
    STRATA_TRY(const auto found, DescriptionReader(description(config)).read());
    // These fields follow from the seed or are the same for all local networks. The genesis and the sector size are
    // compared with the chain once it is open (check_network_chain).
    const std::string source = fmt::format("the seed \"{}\" gives", config.seed);
    if (found.network.name != network.name)
        return differs(config, "network_name", found.network.name, network.name, source);
    if (found.network.chain_id != network.chain_id)
        return differs(config, "eth_chain_id", std::to_string(found.network.chain_id), std::to_string(network.chain_id),
                       "local networks have");
    if (found.network.beacon.public_key != network.beacon.public_key)
        return differs(config, "drand.chain_info.public_key", to_hex(found.network.beacon.public_key),
                       to_hex(network.beacon.public_key), source);
    if (found.network.beacon.genesis_time != network.beacon.genesis_time)
        return differs(config, "drand.chain_info.genesis_time", std::to_string(found.network.beacon.genesis_time),
                       std::to_string(network.beacon.genesis_time), "local networks have");
    if (found.network.beacon.period != network.beacon.period)
        return differs(config, "drand.chain_info.period", std::to_string(found.network.beacon.period),
                       std::to_string(network.beacon.period), "local networks have");
    return {};
}

Status check_network_chain(const DevnetConfig& config, chain::Chain& chain) {
    STRATA_TRY(const auto found, DescriptionReader(description(config)).read());
    const auto genesis = chain.genesis();
    const auto cid = genesis->cids().at(0).to_string();
    if (found.genesis != cid) return differs(config, "genesis", found.genesis, cid, "the chain begins with");
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), genesis->parent_state_root()));
    STRATA_TRY(const auto miner, actors::read::Miner::load(state, miner_address(0)));
    STRATA_TRY(const auto info, miner.info());
    const auto size = static_cast<std::uint64_t>(info.sector_size);
    if (found.sector_size != size)
        return differs(config, "strata.sector_size", std::to_string(found.sector_size), std::to_string(size),
                       "the first provider's sectors at genesis have");
    return {};
}

bool is_role(std::string_view name) {
    for (std::size_t i = 0; i < kProviders; ++i)
        if (name == provider_name(i)) return true;
    return name == kClientName;
}

std::string provider_name(std::size_t index) {
    return fmt::format("provider-{}", index + 1);
}

std::string beacon_seed(const std::string& seed) {
    return "strata devnet beacon " + seed;
}

chain::LocalBeacon network_beacon(const DevnetConfig& config) {
    return chain::LocalBeacon(beacon_seed(config.seed));
}

chain::Network describe_network(const DevnetConfig& config, const chain::LocalBeacon& beacon) {
    chain::Network out = chain::devnet_2k();
    out.name = "strata-devnet-" + config.seed;
    out.genesis_timestamp = config.genesis_timestamp;
    out.block_delay = config.block_delay;
    out.beacon = beacon.chain(kBeaconGenesis, kBeaconPeriod);
    return out;
}

// The description is written last, because its presence means that the network is complete.
Status make_network(const DevnetConfig& config, const chain::Network& network, const Accounts& accounts,
                    const vm::ActorTable& actors, const Watch& watch) {
    if (has_network(config.folder)) return {};
    STRATA_TRY(const auto plan, make_template(config, network, accounts, watch));
    MemoryBlockstore blocks;
    auto lots = crypto::SeededRandom(as_bytes(config.seed)).fork("genesis");
    STRATA_TRY(const auto genesis, chain::make_genesis(blocks, plan, network, actors::devnet_bundle(), actors,
                                                       chain::draw_genesis_lot(lots)));
    STRATA_OK(write_file(config.folder / "genesis.car",
                         [&](const ByteSink& sink) { return chain::write_genesis_car(blocks, genesis.cid, sink); }));
    const auto text = description_text(config, network, genesis.cid);
    return write_file(description(config), [&](const ByteSink& sink) { return sink(as_bytes(text)); });
}

Status import_presealed(const DevnetConfig& config, std::size_t index, provider::LocalProvider& provider) {
    if (!provider.sectors().empty()) return {};
    STRATA_TRY(const auto sectors, presealed(config, index, {}));
    return provider.import_presealed(sectors);
}

provider::ProviderConfig provider_config(const DevnetConfig& config, std::size_t index) {
    provider::ProviderConfig out;
    out.miner = miner_address(index);
    out.seal_proof = seal_proof(config.sector_size);
    const bool is_virtual = config.time == Jobs::Time::virtual_time;
    // In virtual time there are no forks to wait for, and every extra block costs a proof.
    out.message_confidence = is_virtual ? 0 : 1;
    out.prove_early = !is_virtual;
    return out;
}

market::MarketConfig market_config(const DevnetConfig& config) {
    market::MarketConfig out;
    out.ask = {.price_per_gib_epoch = TokenAmount(kAttoPerGibEpoch),
               .max_piece_size = config.sector_size,
               .least_lead = kLeastLead};
    out.publish_delay = 1;
    out.message_confidence = config.time == Jobs::Time::virtual_time ? 0 : 1;
    return out;
}

}  // namespace strata::devnet
