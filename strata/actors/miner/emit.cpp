#include <strata/actors/miner/emit.hpp>

namespace strata::actors::miner::emit {
namespace {

Done emit_sector(Runtime& rt, std::string_view type, SectorNumber sector) {
    Runtime::Event event(type);
    event.indexed("sector", sector);
    return rt.emit(event);
}

Done emit_data(Runtime& rt, std::string_view type, SectorNumber sector, const std::optional<Cid>& unsealed_cid,
               const Pieces& pieces) {
    Runtime::Event event(type);
    event.indexed("sector", sector).indexed("unsealed-cid", unsealed_cid);
    for (const auto& [cid, size] : pieces) event.indexed("piece-cid", cid).field("piece-size", size);
    return rt.emit(event);
}

}  // namespace

Pieces pieces_of(const std::vector<PieceActivationManifest>& manifests) {
    Pieces out;
    for (const auto& piece : manifests) out.emplace_back(piece.cid, piece.size);
    return out;
}

Done sector_precommitted(Runtime& rt, SectorNumber sector) {
    return emit_sector(rt, "sector-precommitted", sector);
}
Done sector_activated(Runtime& rt, SectorNumber sector, const std::optional<Cid>& unsealed_cid, const Pieces& pieces) {
    return emit_data(rt, "sector-activated", sector, unsealed_cid, pieces);
}
Done sector_updated(Runtime& rt, SectorNumber sector, const std::optional<Cid>& unsealed_cid, const Pieces& pieces) {
    return emit_data(rt, "sector-updated", sector, unsealed_cid, pieces);
}
Done sector_terminated(Runtime& rt, SectorNumber sector) {
    return emit_sector(rt, "sector-terminated", sector);
}

}  // namespace strata::actors::miner::emit
