#pragma once
// The official actors as their WASM code, for the VM.
#include <strata/wasm/bundle.hpp>
#include <strata/wasm/engine.hpp>

namespace strata::wasm {

/// Returns a table for the actors of these bundles. Code that no bundle has, and that is no built-in actor's, is taken
/// from the state itself. Thread-safe.
std::unique_ptr<vm::ActorTable> wasm_actors(std::shared_ptr<Engine> engine,
                                            std::vector<std::shared_ptr<const Bundle>> bundles);

}  // namespace strata::wasm
