#pragma once
// The code CIDs of the official bundles of actors v18 (network version 28).
// Source: docs/protocol/fvm.md §2.5; lotus build/builtin_actors_gen.go, also vectors/lotus-devnet/*/network.json.
#include <strata/vm/machine.hpp>

namespace strata::actors {

const vm::Manifest& mainnet_bundle();
const vm::Manifest& devnet_bundle();

/// Stores the data block of the manifest, which the system actor's state links to: [[name, code]...] in the order of
/// the types.
Result<Cid> store_manifest_data(Blockstore& store, const vm::Manifest& bundle);

}  // namespace strata::actors
