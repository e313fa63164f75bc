#pragma once
// Shared by the methods that give sectors a later expiration. Source: docs/protocol/storage.md §2; builtin-actors v18
// actors/miner/src/lib.rs; for version 19 builtin-actors #1778 and #1782.
#include <map>

#include <strata/actors/miner/deadline_edit.hpp>

namespace strata::actors::miner {

/// Checks that the sector is alive and may have this expiration.
Done check_extension(ChainEpoch now, ChainEpoch new_expiration, const SectorOnChainInfo& sector);
void drop_unused_fields(SectorOnChainInfo& sector);

/// Returns the sector with a new expiration, since version 19. The space of its pieces, and so its quality, stays; the
/// fee stays too, but a sector from before FIP-0100 gets one.
ActorResult<SectorOnChainInfo> extended_at_its_quality(const SectorOnChainInfo& sector, ChainEpoch now,
                                                       ChainEpoch new_expiration, SectorSize size,
                                                       const TokenAmount& circulating_supply);

/// Sums up what an edit of deadlines changed.
struct EditDeltas {
    PowerPair power;
    TokenAmount pledge;
};

/// Edits the deadlines that the declarations name, in the order in which they are first declared. `edit_partition`
/// applies one declaration: (DeadlineEdit&, declaration) -> Done. A declaration with a new expiration puts its
/// partition into the deadline's queue for that epoch.
template <class Declaration, class F>
ActorResult<EditDeltas> edit_deadlines(Runtime& rt, const State& state, Deadlines& deadlines, SectorSize size,
                                       const std::vector<Declaration>& declarations, const F& edit_partition) {
    std::vector<std::uint64_t> indices;
    for (const auto& declared : declarations)
        if (std::ranges::find(indices, declared.deadline) == indices.end()) indices.push_back(declared.deadline);
    EditDeltas out;
    for (const auto index : indices) {
        STRATA_TRY(auto edit, DeadlineEdit::begin(rt, state, deadlines, index, size));
        std::map<ChainEpoch, std::vector<std::uint64_t>> partitions_by_epoch;
        for (const auto& declared : declarations) {
            if (declared.deadline != index) continue;
            STRATA_OK(edit_partition(edit, declared));
            const std::optional<ChainEpoch> expiration = declared.new_expiration;
            if (expiration) partitions_by_epoch[*expiration].push_back(declared.partition);
        }
        for (const auto& [epoch, partitions] : partitions_by_epoch) STRATA_OK(edit.add_expirations(epoch, partitions));
        STRATA_OK(edit.finish(deadlines));
        out.power += edit.power_delta();
        out.pledge += edit.pledge_delta();
    }
    return out;
}

}  // namespace strata::actors::miner
