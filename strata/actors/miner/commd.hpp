#pragma once
// CIDs of sectors. A CommD in miner state is compact: nothing stands for a sector of zeros.
// Source: fvm.md §8.8; builtin-actors v18 actors/miner/src/{commd,policy}.rs.
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner {

bool is_sealed_sector(const Cid& cid);
bool is_unsealed_sector(const Cid& cid);

/// The CID that a compact CommD stands for. Unknown seal proof: illegal_argument.
ActorResult<Cid> full_commd(const std::optional<Cid>& compact, RegisteredSealProof seal_proof);
/// Compact CommD of a sector with these pieces. Pieces that do not fit: illegal_argument.
ActorResult<std::optional<Cid>> unsealed_cid_from_pieces(Runtime& rt,
                                                         const std::vector<PieceActivationManifest>& pieces,
                                                         RegisteredSealProof seal_proof);

}  // namespace strata::actors::miner
