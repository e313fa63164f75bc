#pragma once
// How far a sector has come, and what is in it: the values that market, API and people see.
// Source: docs/protocol/storage.md §6.
#include <strata/types/sector.hpp>

namespace strata::provider {

enum class SectorState : std::uint8_t {
    accepting,     // takes pieces
    packing,       // closed: filler pieces, CommD, ticket
    pre_commit_1,  // layers
    pre_commit_2,  // trees, CommR
    pre_commit,    // PreCommitSectorBatch2: to be sent, or on its way
    wait_seed,     // on chain; waits for the challenge
    commit,        // C1 and C2
    prove_commit,  // ProveCommitSectors3: to be sent, or on its way
    finalizing,    // files that only sealing needed are removed
    proving,       // on chain; the deadlines prove it
    failed,        // given up; the record says why
    moved,         // the pre-commitment expired: the pieces went to a sector with a new number
    ended,         // expired or terminated on chain
};
std::string_view sector_state_name(SectorState state);

/// The part of a storage deal that the provider needs when it commits the sector with the deal's piece.
struct PieceDeal {
    DealId id = 0;
    ChainEpoch start = 0;
    ChainEpoch end = 0;
    /// Set for a verified deal: the client and the allocation in the verified registry.
    std::optional<std::pair<ActorId, std::uint64_t>> allocation;
    STRATA_CBOR_TUPLE(id, start, end, allocation);
};

struct SectorPiece {
    PieceInfo info;
    std::uint64_t offset = 0;  // in padded bytes
    std::optional<PieceDeal> deal;
    bool filler = false;
    STRATA_CBOR_TUPLE(info, offset, deal, filler);
};

}  // namespace strata::provider
