#pragma once
// The code CIDs of the official bundles of actors v17, v18 and v19. Each version was built once for each kind of
// network, with the constants of that kind (actors/policy.hpp).
// Source: docs/protocol/fvm.md §2.5; forest 0.39.0 build/manifest.json; lotus build/builtin_actors_gen.go.
#include <strata/vm/kernel.hpp>

namespace strata::actors {

struct Policy;

/// The kinds of network for which bundles are built; devnet is the default. Lotus and the file names of the bundles
/// call calibnet "calibrationnet".
enum class ActorBundle : std::uint8_t { devnet, mainnet, calibnet, butterflynet };

using ActorsVersion = std::uint32_t;

/// The first actors version of this program; butterflynet's bundles begin with 18.
inline constexpr ActorsVersion kOldestActors = 17;
/// The actors of network version 29 (docs/protocol/nv29.md).
inline constexpr ActorsVersion kSolsticeActors = 19;

/// Returns the version of the actors that run in a network version; empty for network versions below 27 and above 29.
/// Source: lotus chain/actors/version.go.
std::optional<ActorsVersion> actors_of(NetworkVersion version);

/// An official bundle.
struct Bundle {
    ActorBundle name{};
    ActorsVersion version = 0;
    Cid root;  // of the bundle's CAR: [1, CID of the manifest data]
    vm::Manifest manifest;
};

/// Returns a bundle; null if this program does not know it.
const Bundle* find_bundle(ActorBundle name, ActorsVersion version);
/// Returns the bundle that contains this code. The placeholder has the same code in all bundles, so it is not found.
/// Null for the placeholder and for code of no official bundle.
const Bundle* bundle_with(const Cid& code);

/// Returns the constants with which the bundles of this name were built.
const Policy& policy_of(ActorBundle name);

/// The manifest of version 18 for devnets.
const vm::Manifest& devnet_bundle();

/// Stores the data block of the manifest, which the system actor's state links to: [[name, code]...] in the order of
/// the types.
Result<Cid> store_manifest_data(Blockstore& store, const vm::Manifest& bundle);

}  // namespace strata::actors
