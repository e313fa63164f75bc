#pragma once
// CIDs of sectors. A CommD in miner state is compact: it is empty for a sector of zeros.
// Source: docs/protocol/fvm.md §8.8; builtin-actors v18 actors/miner/src/{commd,policy}.rs.
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner {

bool is_sealed_sector(const Cid& cid);
bool is_unsealed_sector(const Cid& cid);

/// Returns the CID that a compact CommD stands for. Aborts with illegal_argument for an unknown seal proof.
ActorResult<Cid> full_commd(const std::optional<Cid>& compact, RegisteredSealProof seal_proof);
/// Computes the compact CommD of a sector with these pieces. Aborts with illegal_argument if the pieces do not fit.
ActorResult<std::optional<Cid>> unsealed_cid_from_pieces(Runtime& rt,
                                                         const std::vector<PieceActivationManifest>& pieces,
                                                         RegisteredSealProof seal_proof);

}  // namespace strata::actors::miner
