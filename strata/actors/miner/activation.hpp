#pragma once
// Activation of sectors: their data is activated, then the sectors are recorded with their pledge.
// Source: docs/protocol/storage.md §2; builtin-actors v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/emit.hpp>
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/state.hpp>

namespace strata::actors::miner {

/// The result of activating the data of one sector.
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

/// Checks that the sector's data has the declared (compact) CommD. Aborts with illegal_argument if not.
Done check_commd(Runtime& rt, const SectorPieces& sector, const std::optional<Cid>& declared);
/// Claims the allocations that the pieces name.
ActorResult<DataActivations> activate_sectors_pieces(Runtime& rt, const std::vector<SectorPieces>& sectors,
                                                     bool all_or_nothing);
/// Activates the deals that the pre-commits name, then claims their allocations.
ActorResult<DataActivations> activate_sectors_deals(Runtime& rt,
                                                    const std::vector<SectorPreCommitOnChainInfo>& precommits);

/// Adds to the pledge of a miner. Its unlocked balance must cover the sum.
Done lock_initial_pledge(Runtime& rt, State& state, const TokenAmount& pledge);
/// Aborts if the sector has no duration, as builtin-actors panics when the power of such a sector is computed.
inline Abort zero_duration() {
    return abort(ExitCode::assertion_failed,
                 "the sector's old or new lifetime has 0 epochs, it must have at least one");
}

/// Writes the sectors of these pre-commits, unproven, and tells the power actor of their pledge.
Done activate_new_sector_infos(Runtime& rt, const std::vector<SectorPreCommitOnChainInfo>& precommits,
                               const std::vector<ActivatedData>& data, const NetworkPledgeInputs& pledge_inputs,
                               const MinerInfo& info);

}  // namespace strata::actors::miner
