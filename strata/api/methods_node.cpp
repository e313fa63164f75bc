// Answers methods about the node itself: its version and its network. Source: lotus node/impl/{common,full/state.go}.
#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/actors/policy.hpp>
#include <strata/actors/read/system.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/network.hpp>
#include <strata/vm/machine.hpp>

namespace strata::api {
namespace {

// Source: lotus api/version.go, FullAPIVersion1 (2.3.0) and FullAPIVersion0 (1.5.0).
constexpr std::uint32_t kApiVersion = (2 << 16) | (3 << 8);
constexpr std::uint32_t kApiVersion0 = (1 << 16) | (5 << 8);

Json version_of(const Context& context, std::uint32_t api) {
    return {{"Version", context.options.version},
            {"APIVersion", api},
            {"BlockDelay", context.chain.network().block_delay},
            {"Agent", "strata"}};
}
Result<Json> version(Context& context) {
    return version_of(context, kApiVersion);
}
Result<Json> version_0(Context& context) {
    return version_of(context, kApiVersion0);
}

/// Returns the session, which changes when the node starts again: state that a client saw before may be gone.
Result<Json> session(Context& context) {
    return Json(context.session);
}

Result<Json> network_name(Context& context) {
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const auto name, actors::read::network_name(view.state));
    return Json(name);
}

Result<Json> network_version(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto tipset, context.tipset(key));
    return Json(context.chain.network().version_at(tipset->height()));
}

Result<Json> network_params(Context& context) {
    const auto& network = context.chain.network();
    Json upgrades = Json::object();
    for (const auto& upgrade : network.upgrades.upgrades())
        upgrades["Upgrade" + std::string(upgrade.name) + "Height"] = upgrade.height;
    // Lotus lists this among the heights, but it is a number of epochs. All our networks report the value of the 2k
    // network (lotus build/buildconstants/params_2k.go).
    upgrades["BreezeGasTampingDuration"] = 0;
    return Json{{"NetworkName", network.name},
                {"BlockDelaySecs", network.block_delay},
                {"ConsensusMinerMinPower", context.print(network.policy->minimum_consensus_power)},
                {"PreCommitChallengeDelay", network.policy->pre_commit_challenge_delay},
                {"ForkUpgradeParams", std::move(upgrades)},
                {"Eip155ChainID", network.chain_id},
                {"GenesisTimestamp", network.genesis_timestamp}};
}

// Returns the official bundle of a network version that is not the present one. The present manifest is in the state,
// which a private network may have made with code of its own.
Result<const actors::Bundle*> other_bundle(const Context& context, std::uint64_t version) {
    const auto& network = context.chain.network();
    const auto known = version <= kSolstice ? actors::actors_of(static_cast<NetworkVersion>(version)) : std::nullopt;
    const auto* const bundle = known ? actors::find_bundle(network.bundle, *known) : nullptr;
    if (bundle != nullptr) return bundle;
    return fail(Errc::not_found, "the actors of network version " + std::to_string(version) +
                                     " are not known; this node knows those of versions " +
                                     std::to_string(kOldestVersion) + " to " + std::to_string(kSolstice));
}

bool is_present(const Context& context, std::uint64_t version) {
    return version == context.chain.network().version_at(context.chain.head()->height());
}

Json codes_of(const Context& context, const vm::Manifest& manifest) {
    Json out = Json::object();
    for (const auto& [type, code] : manifest.codes) out[std::string(vm::actor_type_name(type))] = context.print(code);
    return out;
}

Result<Json> code_cids(Context& context, const std::uint64_t& version) {
    if (!is_present(context, version)) {
        STRATA_TRY(const auto* const bundle, other_bundle(context, version));
        return codes_of(context, bundle->manifest);
    }
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(view.state));
    return codes_of(context, manifest);
}

/// A manifest as bundles have it: its own version, and the data block that the system actor names (docs/protocol/fvm.md
/// §8.15).
struct ManifestBlock {
    std::uint64_t version = 1;
    Cid data;
    STRATA_CBOR_TUPLE(version, data);
};

Result<Json> manifest_cid(Context& context, const std::uint64_t& version) {
    if (!is_present(context, version)) {
        STRATA_TRY(const auto* const bundle, other_bundle(context, version));
        return context.print(bundle->root);
    }
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const Cid data, actors::read::manifest_data(view.state));
    return context.print(Cid::hash_of(Codec::dag_cbor, to_cbor(ManifestBlock{1, data})));
}

}  // namespace

void add_v0_node_methods(MethodTable& table) {
    table.add("Version", version_0);
}

void add_node_methods(MethodTable& table) {
    table.add("Version", version);
    table.add("Session", session);
    table.add("StateNetworkName", network_name);
    table.add("StateNetworkVersion", network_version);
    table.add("StateGetNetworkParams", network_params);
    table.add("StateActorCodeCIDs", code_cids);
    table.add("StateActorManifestCID", manifest_cid);
}

}  // namespace strata::api
