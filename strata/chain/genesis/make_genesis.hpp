#pragma once
// The first block of a network and the state under it, as Lotus makes them from the same template: singletons and
// accounts are written, miners and their sectors come by calls of the actors at epoch 0.
// Source: docs/protocol/node.md §22 (lotus chain/gen/genesis).
#include <strata/chain/genesis/template.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/random.hpp>
#include <strata/types/block_header.hpp>
#include <strata/vm/machine.hpp>

namespace strata::chain {

/// All FIL there will ever be, in whole FIL, and what the reward actor has of it.
inline constexpr std::int64_t kTotalFil = 2'000'000'000;
inline constexpr std::int64_t kInitialRewardFil = 1'100'000'000;

/// What Lotus draws by chance.
struct GenesisLot {
    Hash256 ticket{};
    /// f081, which gives the genesis deals their datacap: the address of a key that nobody keeps.
    Address first_verifier;
};
GenesisLot draw_genesis_lot(crypto::RandomSource& random);

struct GenesisBlock {
    BlockHeader header;
    Cid cid;
};

/// Stores every block but actor code. Of `network` counts: chain ID and policy; the policy must be that of `actors`.
/// Unlike Lotus, a miner's owner is the template's owner and not its worker (lotus-seed always makes them one).
/// Errors: invalid_argument for a template that contradicts itself, names unknown keys or gives away more than there
/// is; verification where an actor refuses a call; unsupported for another network version.
Result<GenesisBlock> make_genesis(Blockstore& store, const GenesisTemplate& what, const Network& network,
                                  const vm::Manifest& bundle, const vm::ActorTable& actors, const GenesisLot& lot);

/// The text block of 2017 that is the parent of every network's first block. It is older than DAG-CBOR's rules: its
/// map is not sorted.
Cid first_parent_cid();

/// The Ethereum address of zeros: an account nobody has.
Address zero_ethereum_address();

}  // namespace strata::chain
