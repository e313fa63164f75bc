#pragma once
// The official actors with which the native ones are compared.
#include <filesystem>
#include <memory>

#include <strata/vm/kernel.hpp>

namespace strata::differential {

/// Returns the devnet actors of version 18 as WASM, from a CAR or a tar archive with bundles. `cache` is a folder for
/// compiled code (wasm/engine.hpp). Thread-safe table. Errors: invalid_argument if the file does not hold that bundle;
/// those of wasm::read_bundles() and wasm::Engine::make().
Result<std::unique_ptr<vm::ActorTable>> official_devnet_actors(const std::filesystem::path& file,
                                                               const std::filesystem::path& cache);

}  // namespace strata::differential
