#pragma once
// Reads the parts of a miner and of the power table that consensus needs from a state. Source: docs/protocol/node.md
// §6, §7; layouts: docs/protocol/fvm.md §8.7, §8.8.
#include <strata/actors/power/state.hpp>
#include <strata/ipld/bitfield.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {

class Tipset;
struct Network;

struct MinerView {
    ActorId id = 0;
    Address worker_key;  // f3
    RegisteredPoStProof window_post_proof{};
    SectorSize sector_size{};
    TokenAmount fee_debt;
    ChainEpoch consensus_fault_elapsed = -1;
    Cid sectors;    // AMT 5 of sectors by number
    Cid deadlines;  // 48 of them
};

/// Returns the key of an account; an address that is not an ID is returned unchanged. Errors: not_found.
Result<Address> key_of(vm::StateTree& state, const Address& address);

/// Loads a miner. Errors: not_found if there is no such miner or its worker is not an account; malformed.
Result<MinerView> load_miner(vm::StateTree& state, const Address& miner);

/// Returns the sectors that can be challenged: live, not faulty, proven once. Errors: missing_block, malformed.
Result<BitField> active_sectors(Blockstore& store, const MinerView& miner);

/// Returns the sector that a winning proof must prove. `randomness` is taken as drawn; its two top bits are cleared
/// here.
Result<PoStSectorInfo> winning_sector(Blockstore& store, const MinerView& miner, Hash256 randomness);

/// The power actor's state and a miner's claim in it.
struct PowerView {
    actors::power::State state;
    /// Empty if the miner has no claim.
    std::optional<actors::power::Claim> claim;
};
/// Loads the power table. Errors: not_found, missing_block, malformed.
Result<PowerView> load_power(vm::StateTree& state, const Address& miner);

/// Returns true if a miner takes part in the election on top of `base`. `lookback` is the tipset that lookback_for
/// gives for the round; `blocks` has the states before both. Errors: missing_block, malformed, not_found.
Result<bool> is_eligible(Blockstore& blocks, const Network& network, const Tipset& base, const Tipset& lookback,
                         const Address& miner);

}  // namespace strata::chain
