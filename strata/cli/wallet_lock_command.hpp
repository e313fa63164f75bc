#pragma once
#include <strata/cli/commands.hpp>

namespace strata::cli {

/// Adds the verbs below `wallet` that are about encrypted keys.
void add_wallet_lock(CLI::App& wallet, Run& run);

}  // namespace strata::cli
