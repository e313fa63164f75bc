#pragma once
// The official WASM actors for vectors: an engine, and the bundles of a folder, found by their roots.
#include <strata/base/load_once.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::conformance {

class WasmVectors {
  public:
    /// `bundles` is a folder with CARs. `cache` is for compiled code (wasm/engine.hpp). Errors: not_found if there is
    /// no such folder; those of wasm::Engine::make().
    static Result<std::unique_ptr<WasmVectors>> open(const std::filesystem::path& bundles,
                                                     const std::filesystem::path& cache);
    /// Returns the actors of the bundle with this root. Errors: not_found, with the root and the folder. Thread-safe.
    Result<std::shared_ptr<const vm::ActorTable>> actors(const Cid& root);
    /// Puts the data of the bundle's manifest into `store`, for states that come without it. Errors: as actors().
    Status put_manifest(const Cid& root, Blockstore& store);

  private:
    struct Loaded {
        std::shared_ptr<const wasm::Bundle> bundle;
        std::unique_ptr<vm::ActorTable> table;
    };
    WasmVectors() = default;
    Result<std::shared_ptr<const Loaded>> loaded(const Cid& root);
    Result<Loaded> load(const Cid& root) const;

    std::filesystem::path folder_;
    std::vector<wasm::BundlePath> bundles_;
    std::shared_ptr<wasm::Engine> engine_;
    LoadOnce<Cid, Loaded> loaded_;
};

}  // namespace strata::conformance
