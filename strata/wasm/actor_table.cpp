#include <strata/wasm/actor_table.hpp>

#include <strata/wasm/invocation.hpp>

namespace strata::wasm {
namespace {

class WasmTable;

class WasmCode final : public vm::ActorCode {
  public:
    WasmCode(const WasmTable& table, Cid code) : table_(table), code_(code) {}
    vm::Syscall<vm::ActorExit> invoke(vm::Kernel& kernel, vm::BlockId params) const override;

  private:
    const WasmTable& table_;
    Cid code_;
};

class WasmTable final : public vm::ActorTable {
  public:
    WasmTable(std::shared_ptr<Engine> engine, std::vector<std::shared_ptr<const Bundle>> bundles)
        : engine_(std::move(engine)), bundles_(std::move(bundles)) {}

    bool knows(const Cid& code, vm::ActorType type) const override {
        return type == vm::ActorType::none || std::ranges::any_of(bundles_, [&](const auto& bundle) {
                   return bundle->manifest.type_of(code) == type;
               });
    }
    const vm::ActorCode* find(const Cid& code, vm::ActorType /*type*/) const override STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        const auto [it, is_new] = codes_.try_emplace(code);
        if (is_new) it->second = std::make_unique<WasmCode>(*this, code);
        return it->second.get();
    }
    Engine& engine() const { return *engine_; }
    Result<Bytes> load(const Cid& code, Blockstore& state) const {
        for (const auto& bundle : bundles_)
            if (const auto it = bundle->codes.find(code); it != bundle->codes.end()) return it->second;
        return state.get(code);
    }

  private:
    std::shared_ptr<Engine> engine_;
    std::vector<std::shared_ptr<const Bundle>> bundles_;
    mutable Mutex mutex_;
    mutable std::map<Cid, std::unique_ptr<WasmCode>> codes_ STRATA_GUARDED_BY(mutex_);
};

vm::Syscall<vm::ActorExit> WasmCode::invoke(vm::Kernel& kernel, vm::BlockId params) const {
    const auto generation = vm::generation_of(kernel.network().network_version);
    const auto module =
        table_.engine().module(code_, generation, [&] { return table_.load(code_, kernel.state_blocks()); });
    if (!module) return vm::broken_or_fatal(module.error());
    if (!(*module)->refusal.empty()) return vm::fatal("actor code " + code_.to_string() + ": " + (*module)->refusal);
    return Invocation(table_.engine(), generation, **module, kernel).run(params);
}

}  // namespace

std::unique_ptr<vm::ActorTable> wasm_actors(std::shared_ptr<Engine> engine,
                                            std::vector<std::shared_ptr<const Bundle>> bundles) {
    return std::make_unique<WasmTable>(std::move(engine), std::move(bundles));
}

Result<std::unique_ptr<vm::ActorTable>> open_wasm_actors(const std::filesystem::path& file,
                                                         const std::filesystem::path& cache) {
    STRATA_TRY(auto files, read_bundles(file));
    STRATA_TRY(auto engine, Engine::make({.cache = cache}));
    std::vector<std::shared_ptr<const Bundle>> bundles;
    for (auto& found : files) bundles.push_back(std::make_shared<const Bundle>(std::move(found.bundle)));
    return wasm_actors(std::move(engine), std::move(bundles));
}

}  // namespace strata::wasm
