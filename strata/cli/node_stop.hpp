#pragma once
// The verb `node stop`.
#include <strata/cli/commands.hpp>

namespace strata::cli {

void add_node_stop(CLI::App& node, Run& run);

}  // namespace strata::cli
