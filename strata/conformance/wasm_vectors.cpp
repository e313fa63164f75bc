#include <strata/conformance/wasm_vectors.hpp>

namespace strata::conformance {

Result<std::unique_ptr<WasmVectors>> WasmVectors::open(const std::filesystem::path& bundles,
                                                       const std::filesystem::path& cache) {
    std::unique_ptr<WasmVectors> out(new WasmVectors());
    out->folder_ = bundles;
    STRATA_TRY(out->bundles_, wasm::bundles_below(bundles));
    STRATA_TRY(out->engine_, wasm::Engine::make({.cache = cache}));
    return out;
}

Result<std::shared_ptr<const WasmVectors::Loaded>> WasmVectors::loaded(const Cid& root) {
    return loaded_.get(root, [&] { return load(root); });
}

Result<std::shared_ptr<const vm::ActorTable>> WasmVectors::actors(const Cid& root) {
    STRATA_TRY(const auto found, loaded(root));
    return std::shared_ptr<const vm::ActorTable>(found, found->table.get());
}

Status WasmVectors::put_manifest(const Cid& root, Blockstore& store) {
    STRATA_TRY(const auto found, loaded(root));
    return store.put_block(found->bundle->manifest_data, found->bundle->manifest_block);
}

Result<WasmVectors::Loaded> WasmVectors::load(const Cid& root) const {
    const auto found = std::ranges::find(bundles_, root, &wasm::BundlePath::root);
    if (found == bundles_.end())
        return fail(Errc::not_found,
                    "there is no bundle with the root " + root.to_string() + " below " + folder_.string());
    STRATA_TRY(auto files, wasm::read_bundles(found->path));
    auto bundle = std::make_shared<const wasm::Bundle>(std::move(files.front().bundle));
    return Loaded{bundle, wasm::wasm_actors(engine_, {bundle})};
}

}  // namespace strata::conformance
