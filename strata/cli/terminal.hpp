#pragma once
// Helpers that the verbs share: progress on the terminal, the way they end, and checks of their options.
#include <cstdint>
#include <filesystem>

#include <strata/base/watch.hpp>

namespace strata::cli {

/// Returns a Watch that shows progress in one line on the standard error output, if that is a terminal, and that stops
/// the work at Ctrl-C.
Watch terminal_watch(std::string name);
/// Removes the line of progress.
void clear_progress();
/// Prints a sentence on the standard error output; on a terminal, lines are broken at words.
void print_error(std::string_view text);
/// Prints the error, if there is one, on the standard error output and returns the verb's exit code (exit_codes.hpp).
int exit_code_of(const Status& status);

/// Refuses anything but an existing regular file: a device may never end. Errors: invalid_argument, naming the option
/// and the path.
Status check_regular_file(std::string_view option, const std::filesystem::path& path);

/// Reads a sector size of local networks and returns its bytes. Errors: invalid_argument, naming --sector.
Result<std::uint64_t> local_sector_size(const std::string& text);

}  // namespace strata::cli
