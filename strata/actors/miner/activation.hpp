#pragma once
// Activation of sectors: their data is activated, then the sectors are recorded with their pledge.
// Source: docs/protocol/storage.md §2; builtin-actors v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/emit.hpp>
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/state.hpp>

namespace strata::actors::miner {

/// The result of activating the data of one sector. Since version 19 all space counts as verified.
struct ActivatedData {
    BigInt unverified_space;
    BigInt verified_space;
    emit::Pieces pieces;
};
struct DataActivations {
    BatchReturn results;
    std::vector<ActivatedData> activated;  // one for each sector that succeeded
};

struct SectorPieces {
    std::vector<PieceActivationManifest> pieces;
    ChainEpoch sector_expiry = 0;
    SectorNumber sector_number = 0;
    RegisteredSealProof seal_proof{};
};

/// Checks that the sector's pieces have the declared CommD, which is compact (commd.hpp). Aborts with illegal_argument
/// if not.
Done check_commd(Runtime& rt, const SectorPieces& sector, const std::optional<Cid>& declared);
/// Claims the allocations that the pieces name. A claim that fails leaves its sector out or, with `all_or_nothing`,
/// fails the message. Since version 19 allocations are ignored, and every sector succeeds.
ActorResult<DataActivations> activate_sectors_pieces(Runtime& rt, const std::vector<SectorPieces>& sectors,
                                                     bool all_or_nothing);
/// Activates the deals that the pre-commits name, then claims their allocations.
ActorResult<DataActivations> activate_sectors_deals(Runtime& rt,
                                                    const std::vector<SectorPreCommitOnChainInfo>& precommits);

/// Adds to the miner's initial pledge. Aborts with insufficient_funds if the unlocked balance does not cover `pledge`.
Done lock_initial_pledge(Runtime& rt, State& state, const TokenAmount& pledge);
/// Returns the abort for a sector whose lifetime has 0 epochs. builtin-actors panics when it computes the power of such
/// a sector.
inline Abort zero_duration() {
    return abort(ExitCode::assertion_failed, "the sector's old or new lifetime has 0 epochs, expected at least one");
}

/// Replaces these pre-commits with unproven sectors, and reports the sectors' pledge to the power actor.
Done activate_new_sector_infos(Runtime& rt, const std::vector<SectorPreCommitOnChainInfo>& precommits,
                               const std::vector<ActivatedData>& data, const NetworkPledgeInputs& pledge_inputs,
                               const MinerInfo& info);

}  // namespace strata::actors::miner
