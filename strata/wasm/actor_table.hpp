#pragma once
// The official actors as their WASM code, for the VM.
#include <strata/wasm/bundle.hpp>
#include <strata/wasm/engine.hpp>

namespace strata::wasm {

/// Returns a table for the actors of these bundles. Code that no bundle has, and that is not a built-in actor's, is
/// taken from the state itself. Thread-safe.
std::unique_ptr<vm::ActorTable> wasm_actors(std::shared_ptr<Engine> engine,
                                            std::vector<std::shared_ptr<const Bundle>> bundles);

/// Reads the bundles of a file (bundle.hpp) and returns a table for them over an engine of its own. `cache` is for
/// compiled code (engine.hpp). Errors: those of read_bundles() and Engine::make().
Result<std::unique_ptr<vm::ActorTable>> open_wasm_actors(const std::filesystem::path& file,
                                                         const std::filesystem::path& cache);

}  // namespace strata::wasm
