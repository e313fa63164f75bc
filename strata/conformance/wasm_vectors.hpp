#pragma once
// The official WASM actors for vectors: an engine, and the bundles of a folder, found by their roots.
#include <strata/base/load_once.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::conformance {

class WasmVectors {
  public:
    /// `bundles` is a folder with CARs. `cache` is for compiled code (wasm/engine.hpp). Errors: not_found if there is no
    /// such folder; those of wasm::Engine::make().
    static Result<std::unique_ptr<WasmVectors>> open(const std::filesystem::path& bundles,
                                                     const std::filesystem::path& cache);
    /// Returns the actors of the bundle with this root. Errors: not_found, with the root and the folder. Thread-safe.
    Result<std::shared_ptr<const vm::ActorTable>> actors(const Cid& root);

  private:
    using TableOwner = std::unique_ptr<vm::ActorTable>;
    WasmVectors() = default;
    Result<TableOwner> load(const Cid& root) const;

    std::filesystem::path folder_;
    std::vector<wasm::BundlePath> bundles_;
    std::shared_ptr<wasm::Engine> engine_;
    LoadOnce<Cid, TableOwner> tables_;
};

}  // namespace strata::conformance
