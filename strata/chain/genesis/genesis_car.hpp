#pragma once
// Reads and writes the beginning of a network as a file: a CAR of version 1 with exactly one root, the genesis header.
// Source: docs/protocol/node.md §22.
#include <strata/base/byte_source.hpp>
#include <strata/chain/genesis/make_genesis.hpp>

namespace strata::chain {

/// Writes the header and everything below it, a parent before its children. Code of actors (raw blocks) is included if
/// `store` has it. Errors: missing_block, verification, those of `write`.
Status write_genesis_car(Blockstore& store, const Cid& genesis, const ByteSink& write);

/// Puts every block into `store`. Errors: those of stream_car(); malformed unless the one root is a header of height 0;
/// missing_block if the state's root is not there.
Result<GenesisBlock> load_genesis_car(const ByteSource& source, Blockstore& store);

}  // namespace strata::chain
