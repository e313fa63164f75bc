#pragma once
// Makes the first block of a network and the state under it, as Lotus makes them from the same template: singletons and
// accounts are written; miners and their sectors are made by calls of the actors at epoch 0. Source:
// docs/protocol/node.md §22 (lotus chain/gen/genesis).
#include <strata/chain/genesis/template.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/random.hpp>
#include <strata/types/block_header.hpp>
#include <strata/vm/machine.hpp>

namespace strata::chain {

/// The part of the total supply that the reward actor has, in whole FIL.
inline constexpr std::int64_t kInitialRewardFil = 1'100'000'000;

/// The values that Lotus draws at random.
struct GenesisLot {
    Hash256 ticket{};
    /// The key of f081, which gives the genesis deals their datacap: an address whose private key nobody keeps.
    Address first_verifier;
};
GenesisLot draw_genesis_lot(crypto::RandomSource& random);

/// The header of a genesis block and its CID.
struct GenesisBlock {
    BlockHeader header;
    Cid cid;
};

/// Makes the genesis and stores every block of it except actor code. Only the chain ID and the policy of `network` are
/// used; the policy must be that of `actors`. Unlike in Lotus, a miner's owner is the template's owner and not its
/// worker (lotus-seed always makes the two equal). Errors: invalid_argument for a template that contradicts itself,
/// names unknown keys or gives away more than there is; verification if an actor refuses a call; unsupported for a
/// different network version.
Result<GenesisBlock> make_genesis(Blockstore& store, const GenesisTemplate& what, const Network& network,
                                  const vm::Manifest& bundle, const vm::ActorTable& actors, const GenesisLot& lot);

/// Returns the CID of the block of 2017 that is the parent of every network's first block. It is older than the rules
/// of DAG-CBOR: its map is not sorted.
Cid first_parent_cid();

/// Returns the Ethereum address of zeros, for which nobody has a key.
Address zero_ethereum_address();

}  // namespace strata::chain
