#include <strata/devnet/network_folder.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/genesis/genesis_car.hpp>
#include <strata/ipld/byte_source.hpp>
#include <strata/ipld/file_writer.hpp>
#include <strata/provider/preseal.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kPresealedSectors = 2;
constexpr std::size_t kMaxDescription = std::size_t{1} << 20;

// Quicknet's own: a beacon that began long before any local network (node.md §4.2).
constexpr std::uint64_t kBeaconGenesis = 1'692'803'367;
constexpr std::uint64_t kBeaconPeriod = 3;

// What a provider wants: a sector of 8 MiB costs 41 FIL for half a year.
constexpr std::int64_t kAttoPerGibEpoch = 10'000'000'000'000'000;
constexpr ChainEpoch kLeastLead = 200;

fs::path description(const DevnetConfig& config) {
    return config.folder / "network.json";
}

RegisteredSealProof seal_proof(std::uint64_t sector_size) {
    return RegisteredSealProof{sector_size == static_cast<std::uint64_t>(SectorSize::size_2KiB) ? 5 : 6};
}

provider::PresealOrder preseal_order(const DevnetConfig& config, std::size_t index) {
    const ActorId miner = kFirstMiner + index;
    return {.miner = miner,
            .proof = seal_proof(config.sector_size),
            .sectors = kPresealedSectors,
            .folder = config.folder / "presealed" / fmt::format("t0{}", miner),
            .parent_cache = {}};
}

Result<std::vector<provider::PresealedSector>> presealed(const DevnetConfig& config, std::size_t index,
                                                         const proofs::Watch& watch) {
    auto random = crypto::SeededRandom(as_bytes(config.seed)).fork(fmt::format("presealed/{}", index));
    std::error_code error;
    fs::create_directories(config.folder / "presealed", error);
    if (error) return fail(Errc::io, config.folder.string() + ": " + error.message());
    const proofs::Watch named{[&](std::string_view step, double done) {
                                  if (watch.progress)
                                      watch.progress(fmt::format("sealing for provider {}, {}", index + 1, step), done);
                              },
                              watch.stop};
    return provider::preseal(preseal_order(config, index), random, named);
}

Result<chain::GenesisTemplate> make_template(const DevnetConfig& config, const chain::Network& network,
                                             const Accounts& accounts, const proofs::Watch& watch) {
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

/// The fields of vectors/lotus-devnet/*/network.json that say what the network is, and what this program made it from.
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
                   {"strata", {{"seed", config.seed}, {"sector_size", config.sector_size}}}};
    return out.dump(1) + "\n";
}

Result<std::string> read_text(const fs::path& path) {
    STRATA_TRY(const auto source, file_source(path));
    std::string text(kMaxDescription, '\0');
    STRATA_TRY(const auto size,
               read_full(source, std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size())));
    text.resize(size);
    return text;
}

}  // namespace

Result<DevnetConfig> settled_config(const DevnetConfig& config) {
    if (!fs::exists(description(config))) return config;
    STRATA_TRY(const auto text, read_text(description(config)));
    const auto file = nlohmann::json::parse(text, nullptr, false);
    const auto damaged = [&] {
        return fail(Errc::malformed, fmt::format("{} is damaged; remove {} to begin a new network",
                                                 description(config).string(), config.folder.string()));
    };
    const auto network = chain::parse_network(text);
    if (!network || !file.contains("strata")) return damaged();
    const auto& own = file["strata"];
    if (!own.is_object() || !own.contains("seed") || !own["seed"].is_string() || !own.contains("sector_size") ||
        !own["sector_size"].is_number_unsigned())
        return damaged();
    DevnetConfig out = config;
    out.seed = own["seed"].get<std::string>();
    out.sector_size = own["sector_size"].get<std::uint64_t>();
    out.genesis_timestamp = network->genesis_timestamp;
    out.block_delay = network->block_delay;
    return out;
}

chain::Network describe_network(const DevnetConfig& config, const chain::LocalBeacon& beacon) {
    chain::Network out = chain::devnet_2k();
    out.name = "strata-devnet-" + config.seed;
    out.genesis_timestamp = config.genesis_timestamp;
    out.block_delay = config.block_delay;
    out.beacon = beacon.chain(kBeaconGenesis, kBeaconPeriod);
    return out;
}

Status make_network(const DevnetConfig& config, const chain::Network& network, const Accounts& accounts,
                    const vm::ActorTable& actors, const proofs::Watch& watch) {
    if (fs::exists(description(config))) return {};
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

Status import_presealed(const DevnetConfig& config, std::size_t index, provider::Provider& provider) {
    if (!provider.sectors().empty()) return {};
    STRATA_TRY(const auto sectors, presealed(config, index, {}));
    return provider.import_presealed(sectors);
}

provider::ProviderConfig provider_config(const DevnetConfig& config, std::size_t index) {
    provider::ProviderConfig out;
    out.miner = miner_address(index);
    out.seal_proof = seal_proof(config.sector_size);
    const bool is_virtual = config.time == Jobs::Time::virtual_time;
    // In virtual time nobody forks, and every block costs a proof.
    out.message_confidence = is_virtual ? 0 : 1;
    out.prove_early = !is_virtual;
    return out;
}

market::MarketConfig market_config(const DevnetConfig& config) {
    market::MarketConfig out;
    out.ask = {TokenAmount(kAttoPerGibEpoch), config.sector_size, kLeastLead};
    out.publish_delay = 1;
    out.message_confidence = config.time == Jobs::Time::virtual_time ? 0 : 1;
    return out;
}

}  // namespace strata::devnet
