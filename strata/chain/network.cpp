#include <strata/chain/network.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/chain/mock_beacon.hpp>
#include <strata/chain/upgrade_preparer.hpp>

namespace strata::chain {

Result<NetworkVersion> Network::executable_version_at(ChainEpoch epoch) const {
    const NetworkVersion version = version_at(epoch);
    if (version >= kOldestVersion && version <= kNewestVersion) return version;
    return fail(Errc::internal, "network version " + std::to_string(version) + " applies at epoch " +
                                    std::to_string(epoch) + ", but this program executes " +
                                    std::to_string(kOldestVersion) + " to " + std::to_string(kNewestVersion) +
                                    "; run a version of Strata that knows this upgrade");
}

Result<Cid> Network::migrate(Blockstore& blocks, const Cid& root, ChainEpoch epoch) const {
    const NetworkVersion before = version_at(epoch);
    const NetworkVersion after = version_at(epoch + 1);
    if (before == after) return root;
    const auto it = migrations.find(after);
    if (it == migrations.end())
        return fail(Errc::internal, "this program has no migration from network version " + std::to_string(before) +
                                        " to " + std::to_string(after) + ", which is due at epoch " +
                                        std::to_string(epoch) + "; run a version of Strata that knows this upgrade");
    return it->second->migrate(blocks, root, epoch);
}

Status Network::prepare_upgrade(Blockstore& blocks, const Cid& root, ChainEpoch epoch) const {
    const auto height = upgrade_to_prepare(*this, epoch);
    return height ? migrations.at(version_at(*height + 1))->prepare(blocks, root) : Status();
}

void Network::use_bundles(actors::ActorBundle kind) {
    bundle = kind;
    policy = &actors::policy_of(kind);
    migrations = migrations_of(kind);
}

std::uint64_t Network::timestamp_at(ChainEpoch epoch) const {
    return genesis_timestamp + block_delay * static_cast<std::uint64_t>(epoch);
}

std::uint64_t Network::beacon_round(ChainEpoch epoch) const {
    if (is_mock(beacon)) return static_cast<std::uint64_t>(epoch) + kMockRoundsAhead;
    const std::uint64_t time = timestamp_at(epoch) - block_delay;
    return time < beacon.genesis_time ? 1 : (time - beacon.genesis_time) / beacon.period + 1;
}

bool is_public(const Network& network) {
    return network.name == "testnetnet" || network.name == "calibrationnet";
}

Network devnet_2k() {
    Network out;
    out.chain_id = 31'415'926;  // lotus build/buildconstants/params_2k.go: Eip155ChainId
    out.upgrades = devnet_2k_upgrades();
    out.use_bundles(actors::ActorBundle::devnet);
    // Source: lotus build/buildconstants/params_2k.go, UpgradeTeepInitialFilReserved.
    out.initial_reserve = fil(1'400'000'000);
    out.actor_debugging = true;  // params_2k.go: ActorDebugging
    return out;
}

}  // namespace strata::chain
