#include <strata/actors/native_actor.hpp>

#include <strata/vm/host_calls.hpp>

namespace strata::actors {
namespace {

// Refuses a call of a method below the exported range if the caller is not a built-in actor. EVM contracts are refused
// too, because anybody can write their code.
Done check_internal_caller(Runtime& rt, MethodNumber method) {
    if (method >= kFirstExportedMethod) return {};
    STRATA_TRY(const auto type, rt.type_of(rt.caller()));
    if (!type) return forbidden("the caller f0" + std::to_string(rt.caller()) + " does not exist");
    const bool is_contract = *type == ActorType::evm;
    if (is_contract || *type == ActorType::none)
        return forbidden("method " + std::to_string(method) +
                         " is open only to built-in actors other than EVM contracts; the caller f0" +
                         std::to_string(rt.caller()) + " is " +
                         (is_contract ? "an EVM contract" : "not a built-in actor"));
    return {};
}

// Attaches a block to an exit. A block that the kernel refuses, because it is too large, is an assertion of the
// official actor (builtin-actors runtime/src/runtime/fvm.rs, trampoline; ref-fvm sdk/src/vm.rs, exit).
vm::Syscall<vm::ActorExit> with_data(vm::Kernel& kernel, vm::ActorExit exit, const Payload& data) {
    auto block = kernel.block_create(data.codec, data.data);
    if (block) {
        exit.data = *block;
        return exit;
    }
    if (block.error().kind != vm::SyscallFailure::Kind::number) return std::move(block).error();
    return vm::ActorExit{ExitCode::assertion_failed, vm::kNoBlock,
                         "the result cannot be written: " + block.error().message};
}

vm::Syscall<vm::ActorExit> exit_of(vm::Kernel& kernel, const Abort& failure) {
    switch (failure.kind) {
        case Abort::Kind::out_of_gas:
            return vm::out_of_gas();
        case Abort::Kind::fatal:
            return vm::fatal(failure.message);
        case Abort::Kind::broken:
            return vm::broken(failure.error.value());
        case Abort::Kind::trap:
            return vm::ActorExit{ExitCode::sys_illegal_instruction, vm::kNoBlock, failure.message};
        case Abort::Kind::panic:
        case Abort::Kind::exit:
            break;
    }
    vm::ActorExit out{failure.code, vm::kNoBlock, failure.message};
    // An actor cannot exit with an exit code of the system (docs/protocol/fvm.md §4.7, vm.exit).
    if (out.code > ExitCode::ok && out.code < ExitCode::illegal_argument) out.code = ExitCode::sys_illegal_exit_code;
    return failure.data ? with_data(kernel, std::move(out), *failure.data) : out;
}

}  // namespace

ActorResult<ReturnData> NativeActor::dispatch(Runtime& rt, const std::optional<Payload>& params) const {
    const MethodNumber number = rt.kernel().message().method;
    if (internal_ == Internal::restricted) STRATA_OK(check_internal_caller(rt, number));
    const auto it = std::ranges::find(methods_, number, &Method::number);
    if (it != methods_.end()) return it->handler(rt, params);
    if (any_other_ != nullptr) return any_other_(rt, params);
    if (unknown_ == Unknown::accept_exported) {
        STRATA_OK(rt.accept_any());
        if (number >= kFirstExportedMethod) return ReturnData{};
    }
    return abort(ExitCode::unhandled_message, "the actor has no method " + std::to_string(number));
}

vm::Syscall<vm::ActorExit> NativeActor::invoke(vm::Kernel& bare, vm::BlockId params_id) const {
    // The official actor pays for its instructions. This one pays what they cost on average (code_costs.hpp), and for
    // each syscall the price of a call out of WASM code.
    const CodeCost& cost = cost_of(costs_, bare.message().method);
    STRATA_OK(bare.gas_tracker().charge({vm::kNativeCode, vm::gas(cost.call), 0}));
    const vm::CodePrice around{vm::gas(cost.host_call), cost.byte_read, cost.byte_written};
    vm::HostCalls kernel(bare, vm::price_list(bare.network().network_version), around);
    std::optional<Payload> params;
    if (params_id != vm::kNoBlock) {
        STRATA_TRY(const auto stat, kernel.block_stat(params_id));
        params = Payload{stat.codec, Bytes(stat.size)};
        STRATA_OK(kernel.block_read(params_id, 0, params->data));
    }
    Runtime rt(kernel, policy_);
    auto result = dispatch(rt, params);
    if (!result) return exit_of(kernel, result.error());
    if (!rt.caller_validated())
        return vm::ActorExit{ExitCode::assertion_failed, vm::kNoBlock, "the method did not validate its caller"};
    if (!*result) return vm::ActorExit{};
    return with_data(kernel, vm::ActorExit{}, **result);
}

}  // namespace strata::actors
