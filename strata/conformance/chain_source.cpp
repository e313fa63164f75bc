#include <strata/conformance/chain_source.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/actors/read/system.hpp>
#include <strata/base/unpack.hpp>
#include <strata/chain/quicknet.hpp>
#include <strata/ipld/car.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

// Lotus builds these values into a network besides its bundles. Source: lotus build/buildconstants/params_*.go
// (Eip155ChainId, UpgradeXHeight); the schedules are in chain/upgrades.cpp.
struct Build {
    actors::ActorBundle bundle;
    const char* schedule;  // null: the heights and the first version are not fixed
    NetworkVersion genesis_version;
    std::uint64_t chain_id;
};
constexpr Build kBuilds[] = {
    {actors::ActorBundle::devnet, nullptr, 0, 31'415'926},
    {actors::ActorBundle::mainnet, "mainnet", 0, 314},
    {actors::ActorBundle::calibnet, "calibnet", 0, 314'159},
    {actors::ActorBundle::butterflynet, "butterflynet", 28, 3'141'592},
};

// Returns the network version whose actors these are.
NetworkVersion version_with(actors::ActorsVersion actors) {
    NetworkVersion version = kOldestVersion;
    while (version < kSolstice && actors::actors_of(version) != actors) ++version;
    return version;
}

constexpr std::uint64_t kUnknownDelay = 4;  // of a chain with genesis alone, where nothing depends on it

std::uint64_t block_delay_of(const std::vector<chain::TipsetPtr>& tipsets) {
    const auto& head = *tipsets.back();
    const auto start = tipsets.front()->min_timestamp();
    if (head.height() <= 0 || head.min_timestamp() <= start) return kUnknownDelay;
    return (head.min_timestamp() - start) / static_cast<std::uint64_t>(head.height());
}

}  // namespace

Status ChainSource::walk(const std::vector<Cid>& head) {
    if (head.empty()) return fail(Errc::malformed, "the CAR has no roots, expected the blocks of the chain's head");
    STRATA_TRY(auto at, chain_->tipset(TipsetKey(head)));
    for (;;) {
        tipsets_.push_back(at);
        if (at->height() == 0) break;
        auto parent = chain_->parent(*at);
        if (!parent)
            return std::move(parent).error().with_context(fmt::format(
                "the parents of epoch {} are not in the CAR, expected all headers down to genesis", at->height()));
        at = std::move(*parent);
    }
    std::ranges::reverse(tipsets_);
    return {};
}

Status ChainSource::load(const fs::path& car) {
    STRATA_TRY(const auto file, read_unpacked(car));
    const auto read = [&]() -> Status {
        STRATA_TRY(const auto payload, car_payload(as_bytes(file)));
        // A chain that was stored as a piece has zeros after its last block (docs/protocol/storage.md §16).
        STRATA_TRY(const auto header, load_car(payload, blocks_, CarEnd::at_empty_section));
        return walk(header.roots);
    };
    if (auto done = read(); !done) return std::move(done).error().with_context(car.string());
    return {};
}

Status ChainSource::take(Blockstore& blocks, const std::vector<Cid>& head, const Cid& genesis, std::size_t newest) {
    layered_ = std::make_unique<LayeredBlockstore>(blocks_, blocks);
    chain_ = std::make_unique<chain::ChainStore>(*layered_, meta_);
    STRATA_TRY(auto at, chain_->tipset(TipsetKey(head)));
    tipsets_.push_back(at);
    while (at->height() > 0 && tipsets_.size() <= newest) {
        STRATA_TRY(at, chain_->parent(*at));
        tipsets_.push_back(at);
    }
    if (at->height() > 0) {
        STRATA_TRY(tipsets_.emplace_back(), chain_->tipset(TipsetKey({genesis})));
    }
    std::ranges::reverse(tipsets_);
    return {};
}

fs::path description_beside(const fs::path& car) {
    std::string name = car.filename();
    for (const std::string_view ending : {".zst", ".gz", ".car"})
        if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    std::error_code ignored;
    for (const auto& path : {car.parent_path() / (name + ".network.json"), car.parent_path() / "network.json"})
        if (fs::exists(path, ignored)) return path;
    return {};
}

// The description takes the way of a file, so that every field is checked as there.
Result<chain::Network> describe_network(ChainSource& source) {
    STRATA_TRY(auto state, vm::StateTree::load(source.chain().blocks(), source.genesis().parent_state_root));
    STRATA_TRY(const auto name, actors::read::network_name(state));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    const auto system = manifest.codes.find(vm::ActorType::system);
    const auto* const bundle = system == manifest.codes.end() ? nullptr : actors::bundle_with(system->second);
    if (bundle == nullptr)
        return fail(Errc::unsupported,
                    "the actors of the chain's genesis are of no official bundle that this program knows (actors v17 "
                    "and v18), so its network cannot be told from the chain; describe it with --network FILE");
    const auto* const build = std::ranges::find(kBuilds, bundle->name, &Build::bundle);
    nlohmann::json upgrades{{"genesis_network_version", version_with(bundle->version)}};
    if (build->schedule != nullptr)
        upgrades = {{"genesis_network_version", build->genesis_version}, {"schedule", build->schedule}};
    const nlohmann::json out{{"network_name", name},
                             {"genesis_timestamp", source.genesis().timestamp},
                             {"block_delay_s", block_delay_of(source.tipsets())},
                             {"eth_chain_id", build->chain_id},
                             {"drand", {{"chain_info", nlohmann::json::parse(chain::kQuicknetInfo)}}},
                             {"upgrades", upgrades}};
    auto network = chain::parse_network(out.dump());
    if (!network)
        return std::move(network).error().with_context(
            "the network cannot be told from the chain (describe it with "
            "--network FILE)");
    return network;
}

Status move_upgrade(chain::Network& network, NetworkVersion version, ChainEpoch height) {
    const auto& all = network.upgrades.upgrades();
    const auto at = std::ranges::find(all, version, &chain::Upgrade::version);
    if (at == all.end() || version <= network.upgrades.genesis_version())
        return fail(Errc::invalid_argument,
                    fmt::format("there is no upgrade to network version {}: the network begins with version {}, and "
                                "this program knows upgrades up to version {}",
                                version, network.upgrades.genesis_version(), kSolstice));
    network.upgrades.move(at->name, height);
    return {};
}

}  // namespace strata::conformance
