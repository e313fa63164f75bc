// What the node is: its version and its network. Source: lotus node/impl/{common,full/state.go},
// build/buildconstants/params_2k.go.
#include <strata/actors/system/state.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

// lotus api/version.go: FullAPIVersion1 (2.3.0) and FullAPIVersion0 (1.5.0).
constexpr std::uint32_t kApiVersion = 2 << 16 | 3 << 8;
constexpr std::uint32_t kApiVersion0 = 1 << 16 | 5 << 8;

struct Upgrade {
    const char* name;
    ChainEpoch height;
};
// Of Lotus' 2k network; all lie before genesis, which is made for network version 28.
constexpr Upgrade kUpgrades2k[] = {
    {"UpgradeSmokeHeight", -1},         {"UpgradeBreezeHeight", -1},      {"UpgradeIgnitionHeight", -2},
    {"UpgradeRefuelHeight", -3},        {"UpgradeTapeHeight", -4},        {"UpgradeAssemblyHeight", -5},
    {"UpgradeLiftoffHeight", -6},       {"UpgradeKumquatHeight", -7},     {"BreezeGasTampingDuration", 0},
    {"UpgradeCalicoHeight", -9},        {"UpgradePersianHeight", -10},    {"UpgradeOrangeHeight", -11},
    {"UpgradeClausHeight", -12},        {"UpgradeTrustHeight", -13},      {"UpgradeNorwegianHeight", -14},
    {"UpgradeTurboHeight", -15},        {"UpgradeHyperdriveHeight", -16}, {"UpgradeChocolateHeight", -17},
    {"UpgradeOhSnapHeight", -18},       {"UpgradeSkyrHeight", -19},       {"UpgradeSharkHeight", -20},
    {"UpgradeHyggeHeight", -21},        {"UpgradeLightningHeight", -22},  {"UpgradeThunderHeight", -23},
    {"UpgradeWatermelonHeight", -24},   {"UpgradeDragonHeight", -25},     {"UpgradePhoenixHeight", -26},
    {"UpgradeWaffleHeight", -27},       {"UpgradeTuktukHeight", -28},     {"UpgradeTeepHeight", -29},
    {"UpgradeTockHeight", -30},         {"UpgradeGoldenWeekHeight", -31}, {"UpgradeFireHorseHeight", -32},
    {"UpgradeXxHeight", 1'000'000'000},
};

Json version_of(const Context& context, std::uint32_t api) {
    return {{"Version", context.options.version},
            {"APIVersion", api},
            {"BlockDelay", context.node.network().block_delay},
            {"Agent", "strata"}};
}
Result<Json> version(Context& context) {
    return version_of(context, kApiVersion);
}
Result<Json> version_0(Context& context) {
    return version_of(context, kApiVersion0);
}

/// Changes when the node starts again: what a client may have seen before is not there any more.
Result<Json> session(Context& context) {
    return Json(context.session);
}

Result<Json> network_name(Context& context) {
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const auto init, actors::state_of<vm::InitState>(view.state, kInitId));
    return Json(init.network_name);
}

Result<Json> network_version(Context& context, const TipsetKey& key) {
    STRATA_OK(context.tipset(key));
    return Json(context.node.network().version);
}

Result<Json> network_params(Context& context) {
    const auto& network = context.node.network();
    Json upgrades = Json::object();
    for (const auto& [name, height] : kUpgrades2k) upgrades[name] = height;
    return Json{{"NetworkName", network.name},
                {"BlockDelaySecs", network.block_delay},
                {"ConsensusMinerMinPower", context.print(network.policy->minimum_consensus_power)},
                {"PreCommitChallengeDelay", network.policy->pre_commit_challenge_delay},
                {"ForkUpgradeParams", std::move(upgrades)},
                {"Eip155ChainID", network.chain_id},
                {"GenesisTimestamp", network.genesis_timestamp}};
}

Status check_known(const Context& context, std::uint64_t version) {
    if (version == context.node.network().version) return {};
    return fail(Errc::not_found, "this node knows no actors of network version " + std::to_string(version));
}

Result<Json> code_cids(Context& context, const std::uint64_t& version) {
    STRATA_OK(check_known(context, version));
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(view.state));
    Json out = Json::object();
    for (const auto& [type, code] : manifest.codes) out[std::string(vm::actor_type_name(type))] = context.print(code);
    return out;
}

/// A manifest as bundles have it: its own version, and the data block that the system actor names (fvm.md §8.15).
struct ManifestBlock {
    std::uint64_t version = 1;
    Cid data;
    STRATA_CBOR_TUPLE(version, data);
};

Result<Json> manifest_cid(Context& context, const std::uint64_t& version) {
    STRATA_OK(check_known(context, version));
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const auto system, actors::state_of<actors::system::State>(view.state, kSystemId));
    return context.print(Cid::hash_of(Codec::dag_cbor, to_cbor(ManifestBlock{1, system.builtin_actors})));
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
