#pragma once
// Describes a sector that this provider did not seal itself.
#include <filesystem>

#include <strata/provider/sector_state.hpp>

namespace strata::provider {

/// A sector that was sealed before the chain began, or elsewhere.
struct PresealedSector {
    SectorNumber number = 0;
    RegisteredSealProof proof{};
    Hash256 comm_d{}, comm_r{};
    std::filesystem::path sealed, cache;
    std::filesystem::path unsealed;  // Fr32-padded data; may be empty
    std::vector<SectorPiece> pieces;
};

}  // namespace strata::provider
