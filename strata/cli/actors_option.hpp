#pragma once
// The options --actors and --bundle of the verbs that run a network's actors.
#include <filesystem>
#include <string>

#include <strata/base/result.hpp>

namespace CLI {
class App;
}

namespace strata::cli {

struct ActorsOption {
    std::string actors;            // "native", "wasm", or empty if the person did not say it
    std::filesystem::path bundle;  // empty if the person named none
};

/// Adds --actors and --bundle to a verb that runs a local network.
void add_actors_options(CLI::App& verb, ActorsOption& option);
/// Adds --actors alone; the verb has an option of its own for bundles.
void add_actors_option(CLI::App& verb, ActorsOption& option);

/// Returns the bundle of the official devnet actors to run, a regular file; empty for native actors. A bundle alone
/// means WASM; WASM without a bundle takes the one that `strata bundle import` kept. Errors: invalid_argument, with the
/// file to bring, if there is none, and for a bundle with native actors.
Result<std::filesystem::path> chosen_bundle(const ActorsOption& option);
/// Does the same for verbs that find the bundles in a folder by themselves.
Result<std::filesystem::path> chosen_bundles(const ActorsOption& option);

}  // namespace strata::cli
