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

Result<std::shared_ptr<const vm::ActorTable>> WasmVectors::actors(const Cid& root) {
    STRATA_TRY(const auto table, tables_.get(root, [&] { return load(root); }));
    return std::shared_ptr<const vm::ActorTable>(table, table->get());
}

Result<WasmVectors::TableOwner> WasmVectors::load(const Cid& root) const {
    const auto found = std::ranges::find(bundles_, root, &wasm::BundlePath::root);
    if (found == bundles_.end())
        return fail(Errc::not_found, "there is no bundle with the root " + root.to_string() + " below " + folder_.string());
    STRATA_TRY(auto files, wasm::read_bundles(found->path));
    std::vector<std::shared_ptr<const wasm::Bundle>> bundles;
    for (auto& file : files) bundles.push_back(std::make_shared<const wasm::Bundle>(std::move(file.bundle)));
    return wasm::wasm_actors(engine_, std::move(bundles));
}

}  // namespace strata::conformance
