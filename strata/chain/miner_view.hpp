#pragma once
// What consensus reads of a miner and of the power table in a state. Source: docs/protocol/node.md §6, §7; layouts
// docs/protocol/fvm.md §8.7, §8.8.
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

/// The key of an account; an address that is no ID stays as it is. Errors: not_found.
Result<Address> key_of(vm::StateTree& state, const Address& address);

/// Errors: not_found if there is no such miner or its worker is no account; malformed.
Result<MinerView> load_miner(vm::StateTree& state, const Address& miner);

/// Sectors that can be challenged: live, not faulty, proven once. Errors: missing_block, malformed.
Result<BitField> active_sectors(Blockstore& store, const MinerView& miner);

/// The one sector a winning proof is about. `randomness`: as drawn; its two top bits are cleared here.
Result<PoStSectorInfo> winning_sector(Blockstore& store, const MinerView& miner, Hash256 randomness);

struct PowerView {
    actors::power::State state;
    /// Nothing if the miner has no claim.
    std::optional<actors::power::Claim> claim;
};
Result<PowerView> load_power(vm::StateTree& state, const Address& miner);

/// Does a miner take part in the election on top of `base`? `lookback`: the tipset that lookback_for gives for the
/// round; `blocks` has the states before both. Errors: missing_block, malformed, not_found.
Result<bool> is_eligible(Blockstore& blocks, const Network& network, const Tipset& base, const Tipset& lookback,
                         const Address& miner);

}  // namespace strata::chain
