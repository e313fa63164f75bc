#include <strata/differential/official.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::differential {

Result<std::unique_ptr<vm::ActorTable>> official_devnet_actors(const std::filesystem::path& file,
                                                               const std::filesystem::path& cache) {
    STRATA_TRY(auto found, wasm::read_bundles(file));
    const Cid system = actors::devnet_bundle().codes.at(vm::ActorType::system);
    std::vector<std::shared_ptr<const wasm::Bundle>> bundles;
    for (auto& one : found)
        if (one.bundle.codes.contains(system)) bundles.push_back(std::make_shared<wasm::Bundle>(std::move(one.bundle)));
    if (bundles.empty())
        return fail(Errc::invalid_argument, file.string() + ": these are not the devnet actors of version 18");
    STRATA_TRY(auto engine, wasm::Engine::make({.cache = cache}));
    return wasm::wasm_actors(std::move(engine), std::move(bundles));
}

}  // namespace strata::differential
