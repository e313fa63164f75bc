#pragma once
// How verbs talk to the terminal.
#include <cstdint>
#include <filesystem>

#include <strata/base/watch.hpp>

namespace strata::cli {

/// Shows progress as one line of the standard error output that is drawn over itself, if that is a terminal; the work
/// stops with Ctrl-C.
Watch terminal_watch(std::string name);
/// Removes the line of progress.
void clear_progress();
/// Exit code of a verb (exit_codes.hpp); what failed is said on the standard error output.
int finished(const Status& status);

/// Refuses folders, devices and what is not there: their content has no end, or is none. Errors: invalid_argument,
/// naming the option and the path.
Status check_plain_file(std::string_view option, const std::filesystem::path& path);

/// Bytes of a sector size that local networks have. Errors: invalid_argument, naming --sector.
Result<std::uint64_t> local_sector_size(const std::string& text);

}  // namespace strata::cli
