#pragma once
// Makes the proof keys of a local network.
#include <atomic>
#include <filesystem>

#include <strata/base/result.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

/// Makes the proof keys of a sector size unless they exist, and shows the progress. Errors: io, cancelled; those of
/// ParameterStore::make if some files of a key set are missing.
Status make_keys(const std::filesystem::path& folder, std::uint64_t sector_size, terminal::Report& report,
                 const std::atomic<bool>& stop);

}  // namespace strata::devnet
