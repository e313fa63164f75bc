#pragma once
// Events of the miner actor. Source: docs/protocol/fvm.md §8.8; builtin-actors v18 actors/miner/src/emit.rs.
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner::emit {

/// The CID and the padded size of each piece, as events list them.
using Pieces = std::vector<std::pair<Cid, std::uint64_t>>;
Pieces pieces_of(const std::vector<PieceActivationManifest>& manifests);

Done sector_precommitted(Runtime& rt, SectorNumber sector);
/// `unsealed_cid` is empty for a sector of zeros.
Done sector_activated(Runtime& rt, SectorNumber sector, const std::optional<Cid>& unsealed_cid, const Pieces& pieces);
Done sector_updated(Runtime& rt, SectorNumber sector, const std::optional<Cid>& unsealed_cid, const Pieces& pieces);
Done sector_terminated(Runtime& rt, SectorNumber sector);

}  // namespace strata::actors::miner::emit
