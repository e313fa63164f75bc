#include <strata/simulation/sim_network.hpp>

#include <set>

#include <strata/actors/bundle.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/genesis/make_genesis.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::simulation {
namespace {

constexpr std::size_t kMostWorkers = 800;
constexpr std::int64_t kWorkerFil = 1'000;
constexpr std::int64_t kFaucetFil = 10'000'000;
constexpr auto kSealProof = RegisteredSealProof{5};  // StackedDRG 2 KiB, V1P1

chain::GenesisActor account(std::string_view name, std::int64_t balance) {
    return {chain::GenesisAccount{sim_address(name)}, fil(balance)};
}

chain::GenesisSector sector(const Address& miner, const std::string& worker) {
    chain::GenesisSector out;
    const auto seed = crypto::SeededRandom(miner.bytes()).bytes<32>();
    out.comm_r = proofs::replica_cid(seed);
    out.comm_d = out.deal.piece_cid = proofs::piece_cid(seed);
    out.proof = kSealProof;
    out.deal.piece_size = static_cast<std::uint64_t>(SectorSize::size_2KiB);
    out.deal.client = sim_address(worker);
    out.deal.provider = miner;
    out.deal_client_key = sim_key(worker);
    return out;
}

}  // namespace

wallet::PrivateKey sim_key(std::string_view name) {
    crypto::SeededRandom random(as_bytes(name));
    return wallet::generate_key(wallet::KeyType::bls, random);
}
Address sim_address(std::string_view name) {
    const auto address = wallet::address_of(sim_key(name));
    STRATA_CHECK(address.has_value());
    return *address;
}

Result<BeaconEntry> RememberedBeacon::entry(std::uint64_t round) {
    if (const auto it = entries_.find(round); it != entries_.end()) return it->second;
    STRATA_TRY(auto entry, beacon_.entry(round));
    if (entries_.size() == kRemembered) entries_.erase(entries_.begin());
    entries_.emplace(round, entry);
    return entry;
}

SimNetwork::SimNetwork() : actors(actors::native_actors()) {}
SimNetwork::~SimNetwork() = default;

std::string SimNetwork::worker_name(std::size_t miner) const {
    if (miner >= size.miners) return name + " other " + std::to_string(miner - size.miners);
    // Miners of one node share a worker, never those of two: its nonces are given by one pool.
    const std::size_t workers = std::max(kMostWorkers / size.nodes, std::size_t{1}) * size.nodes;
    return name + " worker " + std::to_string(miner % workers);
}

Result<std::unique_ptr<SimNetwork>> SimNetwork::make(const Size& size, std::string_view name) {
    STRATA_CHECK(size.nodes > 0 && size.miners + size.others <= kMostMiners);
    auto out = std::make_unique<SimNetwork>();
    out->size = size;
    out->name = name;
    // Strangers speak on the same topics as the network that they do not belong to.
    out->network.name = "sim";
    out->network.genesis_timestamp = kGenesisTime;
    out->network.stub_winning_post = true;
    out->network.beacon = out->beacon.chain(1'692'803'367, 3);
    chain::GenesisTemplate what;
    what.network_version = out->network.version_at(0);
    what.network_name = "sim";
    what.timestamp = kGenesisTime;
    what.accounts = {account("faucet", kFaucetFil), account("client", 1)};
    what.verifreg_root = account("root", 0);
    what.remainder = account("remainder", 0);
    std::set<std::string> workers;
    for (std::size_t i = 0; i < size.miners + size.others; ++i) {
        const std::string worker = out->worker_name(i);
        if (workers.insert(worker).second) what.accounts.push_back(account(worker, kWorkerFil));
        chain::GenesisMiner miner;
        miner.id = miner_address(i);
        miner.owner = miner.worker = sim_address(worker);
        miner.market_balance = fil(1);
        miner.sector_size = SectorSize::size_2KiB;
        miner.sectors.push_back(sector(miner.id, worker));
        what.miners.push_back(std::move(miner));
    }
    const auto* bundle = actors::find_bundle(out->network.bundle, actors::actors_of(what.network_version).value());
    STRATA_CHECK(bundle != nullptr);
    crypto::SeededRandom random(as_bytes("simulation lot " + out->name));
    STRATA_TRY(const auto made, chain::make_genesis(out->genesis_blocks, what, out->network, bundle->manifest,
                                                    *out->actors, chain::draw_genesis_lot(random)));
    out->genesis = made.header;
    return out;
}

}  // namespace strata::simulation
