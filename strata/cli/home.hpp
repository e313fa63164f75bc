#pragma once
// Default folders, and the signals that stop a verb.
#include <atomic>
#include <filesystem>

namespace strata::cli {

/// ~/.cache/strata
std::filesystem::path cache_folder();

/// Set when Ctrl-C or SIGTERM comes; a second one ends the program at once. Installs the handlers when first called.
const std::atomic<bool>& stop_signal();

}  // namespace strata::cli
