#pragma once
// Code CIDs of the official bundles of actors v18 (network version 28), for networks that begin with them.
// Source: fvm.md §2.5; lotus build/builtin_actors_gen.go, also vectors/lotus-devnet/*/network.json.
#include <strata/vm/machine.hpp>

namespace strata::actors {

const vm::Manifest& mainnet_bundle();
const vm::Manifest& devnet_bundle();

/// Stores the manifest's data block, which the system actor's state names: [[name, code]...] in the order of the types.
Result<Cid> store_manifest_data(Blockstore& store, const vm::Manifest& bundle);

}  // namespace strata::actors
