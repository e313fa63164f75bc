#include <strata/wasm/engine.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <strata/base/files.hpp>
#include <strata/base/log.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/wasm/host_functions.hpp>
#include <strata/wasm/linear_memory.hpp>
#include <strata/wasm/memory_image.hpp>
#include <strata/wasm/own_counter.hpp>
#include <strata/wasm/parser.hpp>

namespace strata::wasm {
namespace {

const Log kLog("wasm");

constexpr std::size_t kMiB = std::size_t{1} << 20;
// The instrumented limit of the stack's height is much stricter (docs/protocol/fvm.md §6.1).
constexpr std::size_t kMaxStack = 4 * kMiB;
// The largest compiled module that is read back.
constexpr std::uint64_t kMaxCompiled = 256 * kMiB;
// Changes when the settings below or the instrumentation change, so that code compiled before is not used any more.
constexpr std::string_view kSettings = "3";

// Sets what ref-fvm sets (engine/mod.rs, wasmtime_config). Two things differ. Memories come from LinearMemories,
// because the pooling allocator has one limit for the process where the reference has a budget for each message. And
// extended constant expressions cannot be switched off through the C interface: module_facts.hpp refuses them.
void configure(wasm_config_t& config) {
    wasmtime_config_wasm_custom_page_sizes_set(&config, false);
    wasmtime_config_wasm_simd_set(&config, false);
    wasmtime_config_wasm_relaxed_simd_set(&config, false);
    wasmtime_config_wasm_relaxed_simd_deterministic_set(&config, true);
    wasmtime_config_wasm_wide_arithmetic_set(&config, false);
    wasmtime_config_wasm_tail_call_set(&config, false);
    wasmtime_config_wasm_multi_memory_set(&config, false);
    wasmtime_config_wasm_memory64_set(&config, false);
    wasmtime_config_wasm_bulk_memory_set(&config, true);
    wasmtime_config_wasm_multi_value_set(&config, false);
    wasmtime_config_wasm_reference_types_set(&config, true);
    wasmtime_config_wasm_function_references_set(&config, false);
    wasmtime_config_wasm_gc_set(&config, false);
    wasmtime_config_wasm_exceptions_set(&config, false);
    wasmtime_config_wasm_stack_switching_set(&config, false);
    wasmtime_config_cranelift_nan_canonicalization_set(&config, true);
    wasmtime_config_cranelift_opt_level_set(&config, WASMTIME_OPT_LEVEL_SPEED);
    wasmtime_config_cranelift_debug_verifier_set(&config, false);
    wasmtime_config_consume_fuel_set(&config, false);
    wasmtime_config_epoch_interruption_set(&config, false);
    wasmtime_config_debug_info_set(&config, false);
    wasmtime_config_native_unwind_info_set(&config, false);
    wasmtime_config_parallel_compilation_set(&config, true);
    // wasmtime wants this one to be the larger, although no code runs asynchronously.
    wasmtime_config_async_stack_size_set(&config, 2 * kMaxStack);
    wasmtime_config_max_wasm_stack_set(&config, kMaxStack);
}

Status check_private(const std::filesystem::path& folder) {
    struct stat found{};
    if (::stat(folder.c_str(), &found) != 0) return file_error("examine", folder, errno);
    if (!S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return fail(Errc::verification, "the folder " + folder.string() +
                                            " must be a folder that belongs to this user and that nobody else can "
                                            "write, because the code in it is run");
    return {};
}

// A file of compiled code begins with the hash of the rest. The hash finds damage; against other people, the folder's
// permissions protect.
using Seal = Hash256;

Seal seal_of(const std::filesystem::path& path, BytesView compiled) {
    // The name belongs to it, so that a file under a wrong name is not used.
    Bytes sealed = to_bytes(as_bytes(path.filename().string()));
    append(sealed, compiled);
    return crypto::blake2b_256(sealed);
}

CompiledModule refused(std::string why) {
    CompiledModule out;
    out.refusal = std::move(why);
    return out;
}

constexpr std::uint64_t kPage = 65'536;
// The reference's instances come from a pool with these limits (engine/mod.rs, wasmtime_config).
constexpr std::size_t kMaxTables = 1;

// Returns why the reference's pool of instances refuses a module; empty if it does not.
std::string refusal_of(const Module& parsed) {
    if (parsed.tables.size() > kMaxTables)
        return "the code has " + std::to_string(parsed.tables.size()) + " tables, expected at most 1";
    for (const auto& table : parsed.tables)
        if (table.limits.min > kMaxTableElements)
            return "the code's table has " + std::to_string(table.limits.min) + " elements, expected at most " +
                   std::to_string(kMaxTableElements);
    for (const auto& memory : parsed.memories)
        if (memory.min * kPage > vm::kMaxInstanceMemory)
            return "the code's memory has " + std::to_string(memory.min) + " pages, expected at most " +
                   std::to_string(vm::kMaxInstanceMemory / kPage);
    return "";
}

bool is_entry_point(const FunctionType& type) {
    const auto is_i32 = [](BytesView types) {
        return types.size() == 1 && types[0] == static_cast<std::uint8_t>(ValueType::i32);
    };
    return is_i32(type.params) && is_i32(type.results);
}

Result<CompiledModule> with_facts(std::unique_ptr<wasmtime_module, CompiledModule::Free> handle, const Module& parsed) {
    CompiledModule out;
    out.handle = std::move(handle);
    if (has_image(parsed)) {
        STRATA_TRY(out.image, MemoryImage::make(parsed));
    }
    for (const auto& table : parsed.tables) out.min_table += table.limits.min;
    for (const auto& [name, kind, index] : parsed.exports) {
        if (name == "memory" && kind == ExternalKind::memory) {
            out.exports_memory = true;
            out.min_memory = parsed.memories.at(index).min * kPage;
        }
        if (name == "table" && kind == ExternalKind::table) out.min_exported = parsed.tables.at(index).limits.min;
        if (name == "invoke" && kind == ExternalKind::function) {
            out.has_invoke = true;
            out.invoke_fits = is_entry_point(parsed.type_of(index));
        }
    }
    return out;
}

}  // namespace

void CompiledModule::Free::operator()(wasmtime_module* module) const {
    wasmtime_module_delete(module);
}
void CompiledModule::Free::operator()(wasmtime_instance_pre_t* pre) const {
    wasmtime_instance_pre_delete(pre);
}
void Engine::Free::operator()(wasm_engine_t* engine) const {
    wasm_engine_delete(engine);
}
void Engine::Free::operator()(wasmtime_linker* linker) const {
    wasmtime_linker_delete(linker);
}

Engine::Engine(Options options) : options_(std::move(options)), memories_(std::make_unique<LinearMemories>()) {
    wasm_config_t* config = wasm_config_new();
    configure(*config);
    memories_->install(*config);
    handle_.reset(wasm_engine_new_with_config(config));
    STRATA_CHECK(handle_ != nullptr);
}

Engine::~Engine() = default;

Result<std::shared_ptr<Engine>> Engine::make(const Options& options) {
    if (!options.cache.empty()) {
        STRATA_OK(make_folders(options.cache, FileAccess::owner_only));
        STRATA_OK(check_private(options.cache));
    }
    return std::shared_ptr<Engine>(new Engine(options));
}

Result<std::shared_ptr<const CompiledModule>> Engine::module(const Cid& code, Generation generation,
                                                             const LoadCode& load_code) {
    return modules_.get({code, generation}, [&]() -> Result<CompiledModule> {
        STRATA_TRY(auto loaded, load(code, generation, load_code));
        return link(std::move(loaded), generation);
    });
}

Result<CompiledModule> Engine::load(const Cid& code, Generation generation, const LoadCode& load_code) {
    STRATA_TRY(const Bytes bytes, load_code());
    if (options_.cache.empty()) return compile(bytes, generation);
    const auto path = cache_path(code, generation);
    if (auto handle = cached(path)) {
        // Only code that could be run was kept.
        STRATA_TRY(const auto parsed, parse(bytes));
        return with_facts(std::move(handle), parsed);
    }
    STRATA_TRY(auto out, compile(bytes, generation));
    if (out.handle) keep(path, *out.handle);
    return out;
}

Result<CompiledModule> Engine::compile(BytesView code, Generation generation) {
    if (const ErrorHandle invalid{wasmtime_module_validate(handle_.get(), code.data(), code.size())})
        return refused("the code is not valid WASM: " + text_of(*invalid));
    const auto parsed = parse(code);
    if (!parsed) return refused("the code is not valid WASM: " + parsed.error().message());
    if (auto why = refusal_of(*parsed); !why.empty()) return refused(std::move(why));
    auto metered = instrument(code, generation);
    if (!metered) return refused("the code cannot be metered: " + metered.error().message());
    if (has_image(*parsed)) {
        // The instrumentation leaves the data as it is.
        STRATA_TRY(const auto to_strip, parse(*metered, SectionOrder::any));
        metered = without_data(to_strip);
    }
    // The old generation executes the past only, so its modules stay as they are.
    if (generation != Generation::two) {
        if (const auto last = parse(*metered, SectionOrder::any); last && can_own_counter(*last))
            metered = with_own_counter(*last);
    }
    wasmtime_module_t* module = nullptr;
    if (const ErrorHandle failed{wasmtime_module_new(handle_.get(), metered->data(), metered->size(), &module)})
        return refused("the metered code cannot be compiled: " + text_of(*failed));
    return with_facts(std::unique_ptr<wasmtime_module, CompiledModule::Free>(module), *parsed);
}

Result<CompiledModule> Engine::link(CompiledModule module, Generation generation) {
    if (!module.handle) return module;
    const LinkerHandle linker(wasmtime_linker_new(handle_.get()));
    STRATA_OK(define_host_functions(*linker, generation));
    wasmtime_instance_pre_t* linked = nullptr;
    // An error means that something is missing. The first call finds it again and says what.
    const ErrorHandle failed(wasmtime_linker_instantiate_pre(linker.get(), module.handle.get(), &linked));
    if (!failed) module.linked.reset(linked);
    return module;
}

std::filesystem::path Engine::cache_path(const Cid& code, Generation generation) const {
    return options_.cache / (code.to_string() + "-v" + std::to_string(static_cast<unsigned>(generation)) +
                             "-wasmtime-" WASMTIME_VERSION "-" + std::string(kSettings));
}

std::unique_ptr<wasmtime_module, CompiledModule::Free> Engine::cached(const std::filesystem::path& path) {
    const auto file = read_file(path, kMaxCompiled);
    if (!file || file->size() < sizeof(Seal)) return nullptr;
    const BytesView compiled = BytesView(*file).subspan(sizeof(Seal));
    if (!equal(seal_of(path, compiled), BytesView(*file).first(sizeof(Seal)))) return nullptr;
    wasmtime_module_t* module = nullptr;
    // An error means a different processor or build: the code is compiled again.
    const ErrorHandle failed{wasmtime_module_deserialize(handle_.get(), compiled.data(), compiled.size(), &module)};
    return std::unique_ptr<wasmtime_module, CompiledModule::Free>(failed ? nullptr : module);
}

// Writes compiled code to the cache. A failure costs the next process time, nothing else.
void Engine::keep(const std::filesystem::path& path, const wasmtime_module& module) {
    wasm_byte_vec_t compiled;
    if (const ErrorHandle failed{wasmtime_module_serialize(&module, &compiled)}) return;
    const BytesView bytes(reinterpret_cast<const std::uint8_t*>(compiled.data), compiled.size);
    Bytes file;
    append(file, seal_of(path, bytes));
    append(file, bytes);
    wasm_byte_vec_delete(&compiled);
    // A process that writes the same file now makes this one unnecessary.
    if (const auto written = write_file(path, file, FileAccess::owner_only);
        !written && written.error().code() != Errc::busy)
        kLog.warning("compiled code cannot be kept", {{"error", written.error()}});
}

Result<Engine::Linker> Engine::linker(Generation generation) {
    {
        const Lock lock(mutex_);
        if (auto& idle = idle_linkers_[generation]; !idle.empty()) {
            auto linker = std::move(idle.back());
            idle.pop_back();
            return Linker(*this, generation, std::move(linker));
        }
    }
    LinkerOwner linker(wasmtime_linker_new(handle_.get()));
    // The gas counter belongs to one call and is defined anew for each.
    wasmtime_linker_allow_shadowing(linker.get(), true);
    STRATA_OK(define_host_functions(*linker, generation));
    return Linker(*this, generation, std::move(linker));
}

Engine::Linker::~Linker() {
    if (!linker_) return;
    const Lock lock(engine_->mutex_);
    engine_->idle_linkers_[generation_].push_back(std::move(linker_));
}

}  // namespace strata::wasm
