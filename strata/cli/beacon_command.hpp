#pragma once
// The verb `beacon run`.
#include <strata/cli/commands.hpp>

namespace strata::cli {

void add_beacon(CLI::App& app, Run& run);

}  // namespace strata::cli
