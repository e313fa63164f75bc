// The methods of contracts. Source: docs/protocol/fvm.md §8.14; builtin-actors actors/evm/src/lib.rs.
#include <strata/actors/methods.hpp>

#include <strata/actors/evm/abi.hpp>
#include <strata/actors/evm/exits.hpp>
#include <strata/actors/evm/interpreter.hpp>

namespace strata::actors::evm {
namespace {

// Gives an exit a different code, as the official actor does where it adds its own context to an error.
Abort with_code(Abort failure, ExitCode code) {
    if (failure.kind == Abort::Kind::exit) failure.code = code;
    return failure;
}

Abort reverted(const Output& output) {
    Abort out = abort(kReverted, "the contract reverted at " + std::to_string(output.pc));
    out.data = Payload{Codec::cbor, to_cbor(output.data)};
    return out;
}

// Runs the initcode, whose output is the contract's code.
Done initialize(System& system, const eam::ContractParams& params) {
    auto& rt = system.rt();
    const auto receiver = system.eth_address(rt.receiver());
    if (!receiver) return with_code(receiver.error(), ExitCode::assertion_failed);
    // Only the Ethereum address manager gives an actor an Ethereum address.
    if (eam::unmasked_id(*receiver))
        return forbidden("the contract f0" + std::to_string(rt.receiver()) + " has no Ethereum address");
    if (params.initcode.empty()) return system.flush();
    Frame frame(rt, params.creator, *receiver, rt.value_received(), {});
    STRATA_TRY(const Output output, execute(system, frame, Bytecode(params.initcode)));
    if (output.reverted) return reverted(output);
    STRATA_OK(system.set_bytecode(output.data));
    return system.flush();
}

Done constructor(Runtime& rt, const eam::ContractParams& params) {
    STRATA_OK(rt.require_caller({kInitId}));
    STRATA_TRY(auto system, System::create(rt));
    return initialize(system, params);
}

Done resurrect(Runtime& rt, const eam::ContractParams& params) {
    STRATA_OK(rt.require_caller({kEamId}));
    STRATA_TRY(auto system, System::resurrect(rt));
    return initialize(system, params);
}

ActorResult<System> load(Runtime& rt) {
    auto system = System::load(rt);
    if (!system) return with_code(std::move(system).error(), ExitCode::unspecified);
    return system;
}

struct Invocation {
    Cid code;
    Bytes input;
    EthAddress caller{};
    TokenAmount value;
};

ActorResult<Bytes> run(System& system, Invocation invocation) {
    auto& rt = system.rt();
    STRATA_TRY(Bytes code, rt.check(rt.store().get(invocation.code), ExitCode::not_found, "bytecode"));
    if (code.empty()) return Bytes{};
    STRATA_TRY(const EthAddress receiver, system.eth_address(rt.receiver()));
    Frame frame(rt, invocation.caller, receiver, std::move(invocation.value), std::move(invocation.input));
    STRATA_TRY(Output output, execute(system, frame, Bytecode(std::move(code))));
    if (output.reverted) return reverted(output);
    STRATA_OK(system.flush());
    return std::move(output.data);
}

ActorResult<Bytes> invoke_with(Runtime& rt, Bytes input) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto system, load(rt));
    if (!system.bytecode()) return Bytes{};
    STRATA_TRY(const EthAddress caller, system.eth_address(rt.caller()));
    return run(system, {*system.bytecode(), std::move(input), caller, rt.value_received()});
}

ActorResult<ReturnData> invoke_contract(Runtime& rt, const std::optional<Payload>& params) {
    Bytes input;
    if (params) {
        STRATA_TRY(input, rt.check(decoded_block<Bytes>(params->codec, params->data), ExitCode::serialization,
                                   "the parameters"));
    }
    STRATA_TRY(const Bytes output, invoke_with(rt, std::move(input)));
    return Payload{Codec::cbor, to_cbor(output)};
}

// Runs the code of a different contract in this one, which is how DELEGATECALL works.
ActorResult<ReturnData> invoke_contract_delegate(Runtime& rt, const std::optional<Payload>& params) {
    if (!params) return illegal_argument("the message has no parameters, but the method needs them");
    // A link in a block of a different codec would not make the code reachable.
    if (params->codec != Codec::dag_cbor)
        return illegal_argument("the parameters have the codec " + std::to_string(std::to_underlying(params->codec)) +
                                ", expected 113 (DAG-CBOR)");
    STRATA_TRY(auto call, rt.check(from_received_cbor<DelegateCallParams>(params->data), ExitCode::serialization,
                                   "the parameters"));
    STRATA_OK(rt.require_caller({rt.receiver()}));
    STRATA_TRY(auto system, load(rt));
    STRATA_TRY(const Bytes output, run(system, {call.code, std::move(call.input), call.caller, std::move(call.value)}));
    return Payload{Codec::cbor, to_cbor(output)};
}

// The answer is DAG-CBOR, so that the caller can open the linked code. A dead contract has none.
ActorResult<ReturnData> get_bytecode(Runtime& rt, const std::optional<Payload>& params) {
    if (params) return illegal_argument("the message has parameters, but the method takes none");
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    const auto code = is_dead(rt, state) ? std::optional<Cid>{} : state.bytecode;
    return Payload{Codec::dag_cbor, to_cbor(code)};
}

ActorResult<Bytes> get_bytecode_hash(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    return is_dead(rt, state) ? to_bytes(kHashOfNoCode) : state.bytecode_hash;
}

// Only the system actor may call this, which means that messages cannot: it is for nodes.
ActorResult<CborWord> get_storage_at(Runtime& rt, const GetStorageAtParams& params) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(auto system, System::load(rt));
    const auto word = system.storage(params.key.value);
    if (!word) return with_code(word.error(), ExitCode::assertion_failed);
    return CborWord{*word};
}

/// The first four bytes of the keccak-256 of "handle_filecoin_method(uint64,uint64,bytes)".
constexpr ByteArray<4> kNativeMethodSelector = {0x86, 0x8e, 0x10, 0xc4};

// Returns the input of handle_filecoin_method(method, codec, parameters) in Solidity's ABI.
Bytes native_method_input(MethodNumber method, const std::optional<Payload>& params) {
    Bytes out = to_bytes(kNativeMethodSelector);
    append_word(out, method);
    append_word(out, params ? std::to_underlying(params->codec) : 0);
    append_word(out, 3 * U256::kBytes);  // where the parameters begin
    append_word(out, params ? params->data.size() : 0);
    if (params) append(out, params->data);
    pad_to_word(out, kNativeMethodSelector.size());
    return out;
}

// Reads (exit code, codec, data) from the output of handle_filecoin_method. No output means success without data.
ActorResult<ReturnData> native_method_answer(Runtime& rt, BytesView output) {
    if (output.empty()) return ReturnData{};
    const auto wrong = [](std::string_view what) {
        return abort(ExitCode::serialization,
                     "the contract's answer to a native method has a wrong " + std::string(what));
    };
    AbiReader reader(output);
    const auto code = reader.u32();
    if (!code) return wrong("exit code: it does not fit in 32 bits");
    const auto codec = reader.u64();
    if (!codec) return wrong("codec: it does not fit in 64 bits");
    const auto offset = reader.u32();
    if (!offset) return wrong("offset of its data: it does not fit in 32 bits");
    reader.seek(*offset);
    const auto size = reader.u32();
    if (!size) return wrong("size of its data: it does not fit in 32 bits");
    const BytesView there = reader.take(*size);
    STRATA_OK(Meter(rt).allocate(*size, *size));
    ReturnData data;
    if (*codec == std::to_underlying(Codec::cbor)) {
        data = Payload{Codec::cbor, to_bytes(there)};
        data->data.resize(*size, 0);
    } else if (*codec != 0 || *size != 0) {
        return wrong("codec: it is " + std::to_string(*codec) + ", expected 81 (CBOR), or 0 for no data");
    }
    if (*code == 0) return data;
    Abort failure = abort(ExitCode{*code}, "the contract ended a native method with an exit code of its own");
    failure.data = std::move(data);
    return failure;
}

}  // namespace

ActorResult<ReturnData> native_method(Runtime& rt, const std::optional<Payload>& params) {
    const MethodNumber method = rt.kernel().message().method;
    if (method <= kLastReservedMethod)
        return abort(ExitCode::unhandled_message, "a contract has no method " + std::to_string(method));
    STRATA_TRY(const Bytes output, invoke_with(rt, native_method_input(method, params)));
    return native_method_answer(rt, output);
}

namespace {

constexpr Method kMethods[] = {
    method<&constructor>(kMethodConstructor),
    method<&resurrect>(kResurrect),
    {kGetBytecode, &get_bytecode},
    method<&get_bytecode_hash>(kGetBytecodeHash),
    method<&get_storage_at>(kGetStorageAt),
    {kInvokeContractDelegate, &invoke_contract_delegate},
    {kMethodInvokeEvm, &invoke_contract},
};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::evm
