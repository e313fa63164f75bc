#pragma once
// One call of one actor's code: a fresh instance, its gas counter and its memory. Source: docs/protocol/fvm.md §4.7 and
// §6; ref-fvm fvm/src/call_manager/default.rs (call_actor_resolved), fvm/src/syscalls/mod.rs.
#include <variant>

#include <strata/vm/price_list.hpp>
#include <strata/wasm/engine.hpp>
#include <strata/wasm/guest_memory.hpp>
#include <strata/wasm/linear_memory.hpp>

namespace strata::wasm {

class Invocation {
  public:
    /// All arguments must outlive the object.
    Invocation(Engine& engine, Generation generation, const CompiledModule& module, vm::Kernel& kernel);
    Invocation(const Invocation&) = delete;
    Invocation& operator=(const Invocation&) = delete;

    vm::Syscall<vm::ActorExit> run(vm::BlockId params);

    // The rest is for the host functions.
    static Invocation& of(wasmtime_caller_t& caller);
    vm::Kernel& kernel() { return kernel_; }
    /// Returns the guest's memory. It is empty while the instance is made, also for a start function.
    GuestMemory memory() const;
    /// Charges the instructions since the last host call, then the host call itself.
    vm::Syscall<void> enter();
    /// Gives the guest the gas that remains. Every host call ends with it, except one without space for its result.
    void leave();
    /// Ends the call: the returned trap unwinds the guest.
    wasm_trap_t* end_with(vm::SyscallFailure failure);
    wasm_trap_t* end_with(vm::ActorExit exit);

  private:
    using Ending = std::variant<std::monostate, vm::SyscallFailure, vm::ActorExit>;

    vm::Syscall<void> charge_memory();
    vm::Syscall<void> charge_execution();
    void make_store();
    vm::Syscall<InstancePreHandle> link();
    wasmtime_extern_t exported(std::string_view name);
    vm::Syscall<std::optional<vm::ActorExit>> instantiate();
    vm::Syscall<std::optional<vm::ActorExit>> cannot_start(const std::string& why) const;
    vm::Syscall<vm::ActorExit> call(vm::BlockId params);
    vm::Syscall<vm::ActorExit> ending_of(ErrorHandle error, const TrapHandle& trap);

    Engine& engine_;
    Generation generation_;
    const CompiledModule& module_;
    vm::Kernel& kernel_;
    vm::GasTracker& gas_;
    vm::MemoryBudget& budget_;
    const vm::PriceList& prices_;
    MemoryUse memory_;  // must outlive the store
    StoreHandle store_;
    wasmtime_context_t* context_ = nullptr;
    wasmtime_instance_t instance_{};
    wasmtime_global_t counter_{};
    bool instantiated_ = false;
    vm::Milligas last_gas_ = 0;      // what the guest was given last
    std::uint64_t last_memory_ = 0;  // what the budget said then
    Ending ending_;                  // why a host function ended the call
};

}  // namespace strata::wasm
