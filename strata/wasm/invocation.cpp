#include <strata/wasm/invocation.hpp>

#include <strata/wasm/gas_metering.hpp>
#include <strata/wasm/own_counter.hpp>

namespace strata::wasm {
namespace {

constexpr std::string_view kEntryPoint = "invoke";

wasmtime_val_t i64_value(std::int64_t value) {
    wasmtime_val_t out{};
    out.kind = WASMTIME_I64;
    out.of.i64 = value;
    return out;
}

// Returns true for the traps that the guest's own code causes; all others are fatal (syscalls/error.rs).
bool is_illegal_instruction(wasmtime_trap_code_t code) {
    switch (code) {
        case WASMTIME_TRAP_CODE_STACK_OVERFLOW:
        case WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS:
        case WASMTIME_TRAP_CODE_HEAP_MISALIGNED:
        case WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS:
        case WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL:
        case WASMTIME_TRAP_CODE_BAD_SIGNATURE:
        case WASMTIME_TRAP_CODE_INTEGER_OVERFLOW:
        case WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO:
        case WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER:
        case WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED:
        case WASMTIME_TRAP_CODE_ATOMIC_WAIT_NON_SHARED_MEMORY:
            return true;
        default:
            return false;
    }
}

}  // namespace

Invocation::Invocation(Engine& engine, Generation generation, const CompiledModule& module, vm::Kernel& kernel)
    : engine_(engine),
      generation_(generation),
      module_(module),
      kernel_(kernel),
      gas_(kernel.gas_tracker()),
      budget_(kernel.memory_budget()),
      prices_(vm::price_list(kernel.network().network_version)),
      memory_{.budget = &budget_,
              .image = module.image,
              .base = nullptr,
              .size = 0,
              .are_limits_ours = generation == Generation::two,
              .failure = {}},
      last_memory_(budget_.used()) {}

Invocation& Invocation::of(wasmtime_caller_t& caller) {
    return *static_cast<Invocation*>(wasmtime_context_get_data(wasmtime_caller_context(&caller)));
}

GuestMemory Invocation::memory() const {
    if (!instantiated_) return GuestMemory({});
    return GuestMemory({memory_.base, memory_.size}, vm::has_delegated_addresses(generation_));
}

vm::Syscall<void> Invocation::charge_execution() {
    wasmtime_val_t counter;
    wasmtime_global_get(context_, &counter_, &counter);
    const std::int64_t left = counter.of.i64;
    const auto magnitude =
        left < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(left) : static_cast<std::uint64_t>(left);
    // A negative counter means that the guest used more than it had: it is charged that much more, and so runs out. A
    // counter above what was given gives nothing back.
    vm::Milligas used = left < 0                ? vm::saturating_add(last_gas_, magnitude)
                        : magnitude < last_gas_ ? last_gas_ - magnitude
                                                : 0;
    // The part for new memory is a charge of its own in traces; the sum is what the counter says.
    const std::uint64_t grown = budget_.used() > last_memory_ ? budget_.used() - last_memory_ : 0;
    const vm::Milligas memory = std::min(used, vm::saturating_mul(prices_.guest_memory_per_byte, grown));
    used -= memory;
    // Generation 2 remembers what the guest had, so that a host call without space for its result, which does not give
    // the guest anew what remains, is not charged for twice.
    if (generation_ == Generation::two) last_gas_ = left < 0 ? 0 : magnitude;
    STRATA_OK(gas_.charge({"wasm_exec", used, 0}));
    if (memory == 0) return {};
    return gas_.charge({"wasm_memory_grow", memory, 0});
}

vm::Syscall<void> Invocation::enter() {
    STRATA_OK(charge_execution());
    return gas_.charge(prices_.on_host_call());
}

void Invocation::leave() {
    last_gas_ = gas_.available();
    last_memory_ = budget_.used();
    const auto value = i64_value(static_cast<std::int64_t>(last_gas_));
    const ErrorHandle failed(wasmtime_global_set(context_, &counter_, &value));
    STRATA_CHECK(failed == nullptr);
}

wasm_trap_t* Invocation::end_with(vm::SyscallFailure failure) {
    ending_ = std::move(failure);
    return wasmtime_trap_new("", 0);
}
wasm_trap_t* Invocation::end_with(vm::ActorExit exit) {
    ending_ = std::move(exit);
    return wasmtime_trap_new("", 0);
}

// Charges the memory with which the instance starts. The metering of the code charges only for growth.
vm::Syscall<void> Invocation::charge_memory() {
    if (!module_.exports_memory) return vm::fatal("the code exports no memory");
    if (prices_.guest_memory_per_byte == 0) return {};
    last_memory_ += module_.min_memory;
    if (module_.min_exported) STRATA_OK(gas_.charge(prices_.on_table_init(*module_.min_exported)));
    return gas_.charge(prices_.on_memory_init(module_.min_memory));
}

void Invocation::make_store() {
    store_.reset(wasmtime_store_new(&engine_.handle(), this, nullptr));
    context_ = wasmtime_store_context(store_.get());
    const std::uint64_t elements = std::min(kMaxTableElements, budget_.available() / vm::kTableElementSize);
    wasmtime_store_limiter(store_.get(), -1, static_cast<std::int64_t>(elements), 1, 1, 1);
}

wasmtime_extern_t Invocation::exported(std::string_view name) {
    wasmtime_extern_t out{};
    STRATA_CHECK(wasmtime_instance_export_get(context_, &instance_, name.data(), name.size(), &out));
    return out;
}

// Makes a gas counter and finds all imports. What is missing or has a wrong type is fatal, as for code that was never
// checked.
vm::Syscall<InstancePreHandle> Invocation::link() {
    const std::unique_ptr<wasm_globaltype_t, Freed<&wasm_globaltype_delete>> type(
        wasm_globaltype_new(wasm_valtype_new(WASM_I64), WASM_VAR));
    const auto zero = i64_value(0);
    if (const ErrorHandle failed{wasmtime_global_new(context_, type.get(), &zero, &counter_)})
        return vm::fatal("the gas counter cannot be made: " + text_of(*failed));
    auto linker = engine_.linker(generation_);
    if (!linker) return vm::broken_or_fatal(linker.error());
    wasmtime_extern_t counter{};
    counter.kind = WASMTIME_EXTERN_GLOBAL;
    counter.of.global = counter_;
    const auto name = gas_global_name(generation_);
    if (const ErrorHandle failed{wasmtime_linker_define(&linker->handle(), context_, kGasModule.data(),
                                                        kGasModule.size(), name.data(), name.size(), &counter)})
        return vm::fatal("the gas counter cannot be linked: " + text_of(*failed));
    wasmtime_instance_pre_t* linked = nullptr;
    if (const ErrorHandle failed{wasmtime_linker_instantiate_pre(&linker->handle(), module_.handle.get(), &linked)})
        return vm::fatal("the code cannot be linked: " + text_of(*failed));
    return InstancePreHandle(linked);
}

vm::Syscall<std::optional<vm::ActorExit>> Invocation::cannot_start(const std::string& why) const {
    const std::string message = "the code cannot be started: " + why;
    if (generation_ == Generation::two) return vm::fatal(message);
    return std::optional(vm::ActorExit{vm::ExitCode::sys_illegal_instruction, vm::kNoBlock, message, /*by_exit=*/true});
}

// Makes the instance. Every failure except the lack of gas is exit code 4, also one that a host function reported to
// the start function (engine/mod.rs, instantiate). In generation 2 it is fatal.
vm::Syscall<std::optional<vm::ActorExit>> Invocation::instantiate() {
    InstancePreHandle linked_here;
    const wasmtime_instance_pre_t* linked = module_.linked.get();
    if (linked == nullptr) {
        STRATA_TRY(linked_here, link());
        linked = linked_here.get();
    }
    // A module with its own counter runs no code before the counter is set. Generation 2 gives gas after the instance
    // is made.
    const bool starts_with_gas = linked_here && generation_ != Generation::two;
    if (starts_with_gas) leave();
    wasm_trap_t* raw_trap = nullptr;
    ErrorHandle error;
    {
        const LinearMemories::Serving serving(memory_);
        error.reset(wasmtime_instance_pre_instantiate(linked, context_, &instance_, &raw_trap));
    }
    const TrapHandle trap(raw_trap);
    if (memory_.failure) return vm::broken(*memory_.failure);
    // An element of a table counts as memory of the message.
    const bool has_room = budget_.take(module_.min_table * vm::kTableElementSize);
    if (starts_with_gas) STRATA_OK(charge_execution());
    if (!linked_here) gas_.note("wasm_exec");  // the reference charges nothing here, which its traces show
    ending_ = {};
    if (error || trap) return cannot_start(error ? text_of(*error) : text_of(*trap));
    if (!has_room && memory_.are_limits_ours)
        return vm::broken(fail(Errc::unsupported, "the message's memory of 2 GiB is used up"));
    if (!has_room) return cannot_start("the message's memory is used up");
    if (!linked_here) counter_ = exported(kOwnCounter).of.global;
    instantiated_ = true;
    return std::optional<vm::ActorExit>{};
}

vm::Syscall<vm::ActorExit> Invocation::ending_of(ErrorHandle error, const TrapHandle& trap) {
    if (memory_.failure) return vm::broken(*memory_.failure);
    if (auto* failure = std::get_if<vm::SyscallFailure>(&ending_)) return std::move(*failure);
    if (auto* exit = std::get_if<vm::ActorExit>(&ending_)) return std::move(*exit);
    if (error) return vm::fatal("the code failed: " + text_of(*error));
    wasmtime_trap_code_t code = 0;
    if (!wasmtime_trap_code(trap.get(), &code) || !is_illegal_instruction(code))
        return vm::fatal("unexpected trap: " + text_of(*trap));
    return vm::ActorExit{vm::ExitCode::sys_illegal_instruction, vm::kNoBlock, text_of(*trap), /*by_exit=*/true};
}

vm::Syscall<vm::ActorExit> Invocation::call(vm::BlockId params) {
    if (!module_.has_invoke && generation_ == Generation::two) return vm::fatal("the code has no entry point");
    if (!module_.has_invoke)
        return vm::ActorExit{vm::ExitCode::sys_invalid_receiver, vm::kNoBlock, "the code has no entry point",
                             /*by_exit=*/true};
    if (!module_.invoke_fits) return vm::fatal("the entry point of the code does not have the type (i32) -> i32");
    const wasmtime_extern_t entry = exported(kEntryPoint);
    STRATA_CHECK(entry.kind == WASMTIME_EXTERN_FUNC);
    leave();
    wasmtime_val_raw_t value{};
    value.i32 = static_cast<std::int32_t>(params);
    wasm_trap_t* raw_trap = nullptr;
    ErrorHandle error(wasmtime_func_call_unchecked(context_, &entry.of.func, &value, 1, &raw_trap));
    const TrapHandle trap(raw_trap);
    // If the gas ran out, that is the result, whatever trap it caused.
    if (auto paid = charge_execution(); !paid && !std::holds_alternative<vm::SyscallFailure>(ending_))
        return std::move(paid).error();
    if (error || trap) return ending_of(std::move(error), trap);
    if (memory_.failure) return vm::broken(*memory_.failure);
    return vm::ActorExit{vm::ExitCode::ok, static_cast<vm::BlockId>(value.i32), {}};
}

vm::Syscall<vm::ActorExit> Invocation::run(vm::BlockId params) {
    STRATA_OK(charge_memory());
    make_store();
    STRATA_TRY(auto failed, instantiate());
    if (failed) return std::move(*failed);
    return call(params);
}

}  // namespace strata::wasm
