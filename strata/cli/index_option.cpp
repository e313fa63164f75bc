#include <strata/cli/index_option.hpp>

#include <CLI/CLI.hpp>

namespace strata::cli {

void add_index_option(CLI::App& verb, std::optional<bool>& index) {
    // Given the variable itself, CLI11 would take it for a number and set it to 0 beforehand.
    verb.add_flag_function(
        "--index,!--no-index", [&index](std::int64_t count) { index = count > 0; },
        "keep an index of the chain, with which the Ethereum methods find transactions and logs (default: on networks "
        "that are not public)");
}

}  // namespace strata::cli
