#pragma once
#include <strata/cli/commands.hpp>

namespace strata::cli {

/// Adds `strata repo`: what a stopped node has on disk.
void add_repo(CLI::App& app, Run& run);

}  // namespace strata::cli
