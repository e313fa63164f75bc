#pragma once
// Compiles the code of actors and keeps it compiled. One engine serves all nodes and threads of a process. Source:
// docs/protocol/fvm.md §6.1; ref-fvm fvm/src/engine/mod.rs.
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <strata/base/load_once.hpp>
#include <strata/ipld/cid.hpp>
#include <strata/wasm/instrument.hpp>

struct wasm_engine_t;
struct wasmtime_instance_pre;
struct wasmtime_linker;
struct wasmtime_module;

namespace strata::wasm {

/// The most elements that a table of an instance may have (engine/mod.rs, table_elements).
inline constexpr std::uint64_t kMaxTableElements = 20'000;

class LinearMemories;
class MemoryImage;

/// Compiled code with the facts that a call needs before it starts.
struct CompiledModule {
    struct Free {
        void operator()(wasmtime_module* module) const;
        void operator()(wasmtime_instance_pre* pre) const;
    };
    std::unique_ptr<wasmtime_module, Free> handle;
    /// The module with its host functions. Null if each instance must be linked by itself, because it imports its gas
    /// counter (own_counter.hpp) or because an import is missing.
    std::unique_ptr<wasmtime_instance_pre, Free> linked;
    /// Why no node can run this code; empty if it can be run. The other members are set only then.
    std::string refusal;
    std::shared_ptr<const MemoryImage> image;   // what the memory holds at the start; null: what the module's data says
    bool exports_memory = false;                // as "memory"
    std::uint64_t min_memory = 0;               // bytes
    std::optional<std::uint64_t> min_exported;  // elements of the table exported as "table"; empty if there is none
    std::uint64_t min_table = 0;                // elements of all tables
    bool has_invoke = false;                    // "invoke" is an exported function
    bool invoke_fits = false;                   // and has the type (i32) -> i32
};

class Engine {
  public:
    struct Options {
        /// The folder for compiled code, so that a later process need not compile again. It is made if it does not
        /// exist, and must belong to this user alone, because its files are run. Empty: keep compiled code in memory
        /// only.
        std::filesystem::path cache;
    };
    /// Errors: io, and verification if the cache folder belongs to or may be written by somebody else.
    static Result<std::shared_ptr<Engine>> make(const Options& options);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine();

    using LoadCode = std::function<Result<Bytes>()>;
    /// Returns the compiled module of `code`. Each code is loaded and compiled once, however many threads ask. Errors:
    /// those of `load`; cancelled and the like from this node. Code that cannot be run on any node gives a module with
    /// a refusal.
    Result<std::shared_ptr<const CompiledModule>> module(const Cid& code, Generation generation, const LoadCode& load);

    // The rest is for invocations.
    wasm_engine_t& handle() { return *handle_; }
    /// A linker with the host functions of a generation, for one instantiation of a module that is not linked.
    class Linker;
    Result<Linker> linker(Generation generation);

  private:
    struct Free {
        void operator()(wasm_engine_t* engine) const;
        void operator()(wasmtime_linker* linker) const;
    };
    using LinkerOwner = std::unique_ptr<wasmtime_linker, Free>;
    explicit Engine(Options options);
    Result<CompiledModule> load(const Cid& code, Generation generation, const LoadCode& load);
    Result<CompiledModule> compile(BytesView code, Generation generation);
    Result<CompiledModule> link(CompiledModule module, Generation generation);
    std::filesystem::path cache_path(const Cid& code, Generation generation) const;
    std::unique_ptr<wasmtime_module, CompiledModule::Free> cached(const std::filesystem::path& path);
    static void keep(const std::filesystem::path& path, const wasmtime_module& module);

    Options options_;
    std::unique_ptr<LinearMemories> memories_;
    std::unique_ptr<wasm_engine_t, Free> handle_;
    LoadOnce<std::pair<Cid, Generation>, CompiledModule> modules_;
    Mutex mutex_;
    std::map<Generation, std::vector<LinkerOwner>> idle_linkers_ STRATA_GUARDED_BY(mutex_);
};

class Engine::Linker {
  public:
    Linker(Engine& engine, Generation generation, LinkerOwner linker)
        : engine_(&engine), generation_(generation), linker_(std::move(linker)) {}
    Linker(Linker&&) = default;
    Linker& operator=(Linker&&) = delete;
    ~Linker();
    wasmtime_linker& handle() { return *linker_; }

  private:
    Engine* engine_;
    Generation generation_;
    LinkerOwner linker_;
};

}  // namespace strata::wasm
