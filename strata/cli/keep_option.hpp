#pragma once
#include <strata/chain/keep_epochs.hpp>

namespace CLI {
class App;
}

namespace strata::cli {

/// Adds --keep-epochs, which sets `epochs`: 0 for "all".
void add_keep_option(CLI::App& verb, ChainEpoch& epochs);

}  // namespace strata::cli
