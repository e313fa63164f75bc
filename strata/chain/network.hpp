#pragma once
// Describes a network: names, times, beacon, policy, upgrades. Immutable once a node runs; shared by everything above
// the VM. Source: docs/protocol/fvm.md §1.1, docs/protocol/node.md §4.4, §25.
#include <strata/chain/state_migration.hpp>
#include <strata/chain/upgrades.hpp>

namespace strata::actors {
struct Policy;
const Policy& devnet_policy();  // NOLINT(readability-redundant-declaration): keeps its header out of this one
}  // namespace strata::actors

namespace strata::chain {

/// A drand chain of the scheme bls-unchained-g1-rfc9380 (quicknet): keys on G2, signatures on G1.
struct BeaconChain {
    Bytes public_key;
    std::uint64_t genesis_time = 0;  // seconds since 1970
    std::uint64_t period = 3;        // seconds, not 0
};

/// The winning proof of a network with stub_winning_post (docs/protocol/node.md §6; lotus storage/sealer/mock).
inline constexpr std::string_view kStubWinningProof = "valid proof";

struct Network {
    std::string name;
    std::uint64_t genesis_timestamp = 0;  // seconds since 1970
    std::uint64_t block_delay = 4;        // seconds, not 0
    std::uint64_t chain_id = 0;           // the chain ID of Ethereum transactions (EIP-155)
    UpgradeSchedule upgrades;
    /// The migrations by the version that they lead to. An upgrade of the schedule without a migration stops the node
    /// at its height.
    Migrations migrations;
    BeaconChain beacon;
    /// The kind of the bundles that run here, which use_bundles() sets with what depends on it. The actors version of
    /// an epoch (actors::actors_of) names one of them.
    actors::ActorBundle bundle{};
    const actors::Policy* policy = &actors::devnet_policy();
    /// The balance of the reserve at genesis, for the circulating supply.
    TokenAmount initial_reserve;
    /// If true, winning proofs are the text "valid proof" (Lotus' debug builds). Never true for a public network.
    bool stub_winning_post = false;
    /// Actors log, which costs gas (vm/kernel.hpp). Never true for a public network.
    bool actor_debugging = false;

    /// Returns the network version at `epoch`. See upgrades.hpp for the epoch that each rule uses.
    NetworkVersion version_at(ChainEpoch epoch) const { return upgrades.version_at(epoch); }
    /// Returns the version at `epoch` if this program executes it. Errors: internal, since a node must stop here rather
    /// than refuse blocks that follow newer rules.
    Result<NetworkVersion> executable_version_at(ChainEpoch epoch) const;
    /// Applies the upgrades at exactly `epoch` to `root`, the state after the cron of `epoch`. Errors: those of
    /// the migration; internal if there is none for a version that begins here.
    Result<Cid> migrate(Blockstore& blocks, const Cid& root, ChainEpoch epoch) const;
    /// Prepares the migration of an upgrade that is at most an hour ahead of `epoch`, if there is one: see
    /// StateMigration::prepare. `root` is a state of about this epoch. It may take minutes.
    Status prepare_upgrade(Blockstore& blocks, const Cid& root, ChainEpoch epoch) const;
    /// Sets the bundles, their policy and the migrations between them.
    void use_bundles(actors::ActorBundle kind);
    /// Returns the epoch from which the funds of genesis vest.
    ChainEpoch vesting_start() const { return upgrades.height_of("Liftoff").value_or(0); }

    std::uint64_t timestamp_at(ChainEpoch epoch) const;
    /// Returns the newest beacon round that a block of `epoch` must know: the one of the epoch before it.
    std::uint64_t beacon_round(ChainEpoch epoch) const;
};

/// Returns true for mainnet and calibration, by the names in their genesis (docs/protocol/node.md §22).
bool is_public(const Network& network);

/// Returns Lotus' 2k network without name, genesis time and beacon.
Network devnet_2k();

/// Reads a description like vectors/lotus-devnet/*/network.json. Every field that is read is checked for type, range
/// and sense. Errors: malformed, with the field, its value and the allowed values; unsupported for an unknown beacon
/// scheme.
Result<Network> parse_network(std::string_view json);

}  // namespace strata::chain
