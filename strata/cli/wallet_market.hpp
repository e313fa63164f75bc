#pragma once
// The verbs below `wallet market`; as in commands.hpp.
#include <strata/cli/commands.hpp>

namespace strata::cli {

void add_wallet_market(CLI::App& wallet, Run& run);

}  // namespace strata::cli
