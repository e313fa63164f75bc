#pragma once
// Shows and checks what a stopped node has on disk, and frees it of old states. The operator's view: docs/operating.md.
#include <filesystem>

#include <strata/chain/collector.hpp>
#include <strata/chain/store_check.hpp>

namespace strata::node {

struct StoredStates {
    std::vector<store::Generations::Size> families;  // with their sizes in bytes
    std::uint64_t disk_bytes = 0;                    // of all files of the repository
    bool collecting = false;                         // a collection has begun and not ended
    bool old_chain = false;                          // headers may lie among the states, as an import leaves them
    std::string in_place;                            // the snapshot below the states; empty if there is none
    chain::TipsetPtr head;
    std::optional<chain::CollectionRecord> last;
};

/// Opens the repository of a stopped node and tells what is there. `folder` is as for export_chain(). Errors: as
/// export_chain().
Result<StoredStates> stored_states(const std::filesystem::path& folder);

/// Checks the repository (chain::check_store); with `every_block` also each block that nothing leads to, and each
/// record. Errors: also those of check_store().
Result<chain::StoreCheck> check_repository(const std::filesystem::path& folder, const chain::StoreCheckOptions& options,
                                           bool every_block);

/// Removes old states now, or goes on with a collection that was stopped. Errors: also those of Collector; cancelled,
/// after which the node or the next call goes on.
Result<chain::Collector::Progress> collect_repository(const std::filesystem::path& folder, ChainEpoch keep_epochs,
                                                      const Watch& watch);

}  // namespace strata::node
