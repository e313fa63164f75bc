#pragma once
// Default folders, and the signals that stop a verb.
#include <atomic>
#include <filesystem>

namespace strata::cli {

/// Returns ~/.cache/strata.
std::filesystem::path cache_folder();

/// Returns a flag that Ctrl-C and SIGTERM set; a second signal ends the program at once. The first call installs the
/// handlers.
const std::atomic<bool>& stop_signal();

/// Returns a flag that SIGHUP sets: the owner of a running node wants it to read its settings again. The first call
/// installs the handler. The caller that acts on it clears it.
std::atomic<bool>& reload_signal();

}  // namespace strata::cli
