#pragma once
// The verbs `node backup` and `node restore`.
#include <strata/cli/commands.hpp>

namespace strata::cli {

void add_node_backup(CLI::App& node, Run& run);

}  // namespace strata::cli
