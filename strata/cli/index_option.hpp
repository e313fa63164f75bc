#pragma once
#include <optional>

namespace CLI {
class App;
}

namespace strata::cli {

/// Adds --index and --no-index, which set `index`. It stays empty when neither is given.
void add_index_option(CLI::App& verb, std::optional<bool>& index);

}  // namespace strata::cli
