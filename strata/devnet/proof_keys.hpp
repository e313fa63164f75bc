#pragma once
// The proof keys of a local network.
#include <atomic>
#include <filesystem>

#include <strata/base/result.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

/// Makes the proof keys of a sector size unless they are there; shows the progress. Errors: io, cancelled; those of
/// ParameterStore::make for a key set of which some files are missing.
Status make_keys(const std::filesystem::path& folder, std::uint64_t sector_size, terminal::Report& report,
                 const std::atomic<bool>& stop);

}  // namespace strata::devnet
