#include <strata/api/ethereum_trace.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/eam/types.hpp>
#include <strata/actors/evm/exits.hpp>
#include <strata/actors/evm/types.hpp>
#include <strata/chain/execution_failure.hpp>

namespace strata::api {
namespace {

namespace eam = actors::eam;
namespace evm = actors::evm;
using Kind = EvmCall::Kind;
using vm::CallTrace;

// Methods of the init actor. Source: docs/protocol/fvm.md §8.3.
constexpr MethodNumber kExec = 2, kExec4 = 3;
constexpr std::uint32_t kInsufficientFunds = 6, kOutOfGas = 7, kFatal = 10;
constexpr std::uint32_t kFirstActorCode = 16;
// The code that stands for code that cannot be told: it cannot be that of a contract (EIP-3541).
constexpr std::uint8_t kNoCode = 0xfe;
constexpr std::uint64_t kCodecCbor = 0x51, kCodecDagCbor = 0x71, kCodecRaw = 0x55;
// handle_filecoin_method(uint64,uint64,bytes)
constexpr ByteArray<4> kNativeSelector = {0x86, 0x8e, 0x10, 0xc4};
constexpr std::size_t kWord = 32;

// Adds the gas of a call with its subcalls, and that of each of those, to `to`.
std::uint64_t sum_gas(const CallTrace& call, std::map<const CallTrace*, std::uint64_t>& to) {
    std::uint64_t out = 0;
    for (const auto& charge : call.charges) out += vm::whole_gas(vm::saturating_add(charge.compute, charge.other));
    for (const auto& subcall : call.subcalls) out += sum_gas(subcall, to);
    to[&call] = out;
    return out;
}

// Returns the bytes that a block holds; empty if it is not a byte string.
std::optional<Bytes> payload(BytesView data, std::uint64_t codec) {
    if (codec == 0) return Bytes();
    if (codec == kCodecRaw) return to_bytes(data);
    if (codec != kCodecCbor && codec != kCodecDagCbor) return std::nullopt;
    CborReader reader(data);
    const auto bytes = reader.bytes();
    return bytes ? std::optional(to_bytes(*bytes)) : std::nullopt;
}

void append_word(Bytes& to, std::uint64_t value) {
    ByteArray<kWord> word{};
    store_be(word.data() + kWord - sizeof value, value);
    append(to, word);
}
// Appends two numbers and bytes in Solidity's ABI.
void append_abi(Bytes& to, std::uint64_t first, std::uint64_t codec, BytesView data) {
    append_word(to, first);
    append_word(to, codec);
    append_word(to, 3 * kWord);
    append_word(to, data.size());
    append(to, data);
    to.insert(to.end(), (kWord - data.size() % kWord) % kWord, 0);
}

template <class T>
std::optional<T> decode_as(BytesView data, std::uint64_t codec) {
    if (codec != kCodecCbor && codec != kCodecDagCbor) return std::nullopt;
    auto out = from_cbor<T>(data);
    return out ? std::optional(std::move(*out)) : std::nullopt;
}

struct ExecReturn {
    Address id_address, robust_address;
    STRATA_CBOR_TUPLE(id_address, robust_address);
};

// The facts that all calls of one caller share.
struct Caller {
    EthereumAddress address{};
    bool is_contract = false;
    std::optional<EthereumAddress> last_code;  // of the contract whose code was asked for last
};

// One call with the call to go on into; both empty for a call that is left out.
struct Step {
    std::optional<EvmCall> call;
    const CallTrace* into = nullptr;
};

class Builder {
  public:
    Builder(const vm::Manifest& manifest, const CallTrace& message) : manifest_(manifest) { sum_gas(message, gas_); }

    Status add(Caller& caller, std::size_t& position, const std::vector<std::size_t>& above, const CallTrace& call) {
        auto path = above;
        if (!is_root_) path.push_back(position);
        const bool is_root = std::exchange(is_root_, false);
        STRATA_TRY(auto step, step_of(caller, call, is_root));
        if (!step.call) return {};
        if (!is_root) ++position;
        const std::size_t at = out_.size();
        step.call->path = path;
        step.call->call = &call;
        step.call->inside = step.into;
        out_.push_back(std::move(*step.call));
        if (step.into == nullptr || !step.into->invoked) return {};
        Caller inside{.address = seen_address(step.into->invoked->id, step.into->invoked->state),
                      .is_contract = is_contract(*step.into),
                      .last_code = {}};
        std::size_t next = 0;
        for (const auto& subcall : step.into->subcalls) STRATA_OK(add(inside, next, path, subcall));
        out_[at].subcalls = next;
        return {};
    }
    std::vector<EvmCall> take() && { return std::move(out_); }

  private:
    bool is_contract(const CallTrace& call) const {
        return call.invoked && manifest_.type_of(call.invoked->state.code) == vm::ActorType::evm;
    }

    std::string error_of(const CallTrace& call) const {
        const std::uint32_t code = call.exit_code;
        if (code == 0) return {};
        if (code == kOutOfGas) return "out of gas";
        if (code < kFirstActorCode) return "vm error: " + chain::exit_code_text(code);
        if (is_contract(call) || (call.invoked && call.invoked->id == kEamId)) {
            switch (static_cast<vm::ExitCode>(code)) {
                case evm::kReverted:
                    return "Reverted";
                case evm::kInvalidInstruction:
                    return "invalid instruction";
                case evm::kUndefinedInstruction:
                    return "undefined instruction";
                case evm::kStackUnderflow:
                    return "stack underflow";
                case evm::kStackOverflow:
                    return "stack overflow";
                case evm::kIllegalMemoryAccess:
                    return "illegal memory access";
                case evm::kBadJump:
                    return "invalid jump destination";
                case evm::kSelfdestructFailed:
                    return "self destruct failed";
                default:
                    break;
            }
        }
        return "actor error: " + chain::exit_code_text(code);
    }

    EvmCall common(const Caller& caller, const CallTrace& call, Kind kind) const {
        EvmCall out;
        out.kind = kind;
        out.from = caller.address;
        out.gas = call.gas_limit;
        out.gas_used = gas_.at(&call);
        out.value = call.value;
        out.exit_code = call.exit_code;
        out.error = error_of(call);
        return out;
    }

    EvmCall plain_call(const Caller& caller, const CallTrace& call, Bytes input, Bytes output) const {
        EvmCall out = common(caller, call, call.read_only ? Kind::static_call : Kind::call);
        out.to = seen_address(call.invoked->id, call.invoked->state);
        out.input = std::move(input);
        out.output = std::move(output);
        return out;
    }

    Step native_call(const Caller& caller, const CallTrace& call) const {
        Bytes input = to_bytes(kNativeSelector);
        append_abi(input, call.method, call.params_codec, call.params);
        Bytes output;
        append_abi(output, call.exit_code, call.return_codec, call.return_data);
        return {plain_call(caller, call, std::move(input), std::move(output)), &call};
    }

    Step contract_call(const Caller& caller, const CallTrace& call) const {
        auto input = payload(call.params, call.params_codec);
        auto output = payload(call.return_data, call.return_codec);
        if (!input || !output) return native_call(caller, call);
        return {plain_call(caller, call, std::move(*input), std::move(*output)), &call};
    }

    // A direct call of the init actor. What comes through the EAM is part of a creation there.
    Result<Step> native_creation(const Caller& caller, const CallTrace& call) const {
        if (call.read_only) return Step{};
        const auto constructor = std::ranges::find(call.subcalls, kMethodConstructor, &CallTrace::method);
        // A creation that failed before the constructor ran is not traced, as in the EVM.
        if (constructor == call.subcalls.end()) return Step{};
        EvmCall out = common(caller, call, Kind::create);
        out.input = {kNoCode};
        if (call.exit_code == 0) {
            out.output = {kNoCode};
            const auto made = decode_as<ExecReturn>(call.return_data, call.return_codec);
            const auto id = made ? made->id_address.as_id() : std::nullopt;
            if (!id) return fail(Errc::malformed, "trace: the init actor's answer is not a pair of addresses");
            out.created = eam::masked_id(*id);
        }
        return Step{std::move(out), &*constructor};
    }

    static std::optional<Bytes> initcode_of(const CallTrace& call) {
        if (call.method == eam::kCreate) {
            auto params = decode_as<eam::CreateParams>(call.params, call.params_codec);
            return params ? std::optional(std::move(params->initcode)) : std::nullopt;
        }
        if (call.method == eam::kCreate2) {
            auto params = decode_as<eam::Create2Params>(call.params, call.params_codec);
            return params ? std::optional(std::move(params->initcode)) : std::nullopt;
        }
        return payload(call.params, call.params_codec);
    }

    // Returns the call of the new contract's constructor, or of Resurrect; null if there was none.
    static const CallTrace* constructor_in(const CallTrace& call) {
        for (const auto& subcall : call.subcalls) {
            if (subcall.to == Address::id(kInitId)) {
                const auto found = std::ranges::find(subcall.subcalls, kMethodConstructor, &CallTrace::method);
                if (found != subcall.subcalls.end()) return &*found;
            } else if (subcall.method == evm::kResurrect) {
                return &subcall;
            }
        }
        return nullptr;
    }

    Result<Step> contract_creation(const Caller& caller, const CallTrace& call) const {
        if (call.read_only) return Step{};
        const CallTrace* const constructor = constructor_in(call);
        if (constructor == nullptr) return Step{};
        auto initcode = initcode_of(call);
        if (!initcode) return fail(Errc::malformed, "trace: the EAM made a contract from parameters it cannot read");
        EvmCall out = common(caller, call, call.method == eam::kCreate2 ? Kind::create2 : Kind::create);
        out.input = std::move(*initcode);
        if (call.exit_code == 0) {
            out.output = {kNoCode};
            const auto made = decode_as<eam::CreateReturn>(call.return_data, call.return_codec);
            if (!made) return fail(Errc::malformed, "trace: the EAM's answer is not that of a creation");
            out.created = made->eth_address;
        } else if (call.exit_code == static_cast<std::uint32_t>(evm::kReverted)) {
            out.output = payload(constructor->return_data, constructor->return_codec).value_or(Bytes());
        }
        return Step{std::move(out), constructor};
    }

    // A contract runs the code of a different one in two calls: it asks for that code, and then calls itself.
    Result<Step> private_call(Caller& caller, const CallTrace& call) const {
        if (call.method == evm::kGetBytecode) {
            caller.last_code.reset();
            if (call.exit_code == 0) caller.last_code = seen_address(call.invoked->id, call.invoked->state);
            return Step{};
        }
        if (call.method != evm::kInvokeContractDelegate) return Step{};
        auto params = decode_as<evm::DelegateCallParams>(call.params, call.params_codec);
        auto output = payload(call.return_data, call.return_codec);
        if (!caller.last_code || !params || !output)
            return fail(Errc::malformed, "trace: a delegate call has no code, or cannot be read");
        EvmCall out = common(caller, call, Kind::delegate_call);
        out.to = *caller.last_code;
        out.input = std::move(params->input);
        out.output = std::move(*output);
        return Step{std::move(out), &call};
    }

    Result<Step> step_of(Caller& caller, const CallTrace& call, bool is_root) const {
        // Ethereum begins to trace after the checks that these calls failed.
        if (!is_root && (call.exit_code == kInsufficientFunds || call.exit_code == kFatal)) return Step{};
        if (!call.invoked) return Step{};
        if (call.method == kMethodInvokeEvm) return contract_call(caller, call);
        if (call.to == Address::id(kInitId) && (call.method == kExec || call.method == kExec4))
            return native_creation(caller, call);
        if (call.to == Address::id(kEamId) &&
            (call.method == eam::kCreate || call.method == eam::kCreate2 || call.method == eam::kCreateExternal))
            return contract_creation(caller, call);
        // A contract's code cannot call these methods: the actor that runs it does, to implement instructions.
        if (caller.is_contract && call.method > 0 && call.method <= evm::kLastReservedMethod)
            return private_call(caller, call);
        return native_call(caller, call);
    }

    const vm::Manifest& manifest_;
    std::map<const CallTrace*, std::uint64_t> gas_;  // with that of subcalls
    bool is_root_ = true;
    std::vector<EvmCall> out_;
};

const char* call_type(Kind kind) {
    switch (kind) {
        case Kind::static_call:
            return "staticcall";
        case Kind::delegate_call:
            return "delegatecall";
        default:
            return "call";
    }
}

}  // namespace

EthereumAddress seen_address(ActorId id, const vm::ActorState& state) {
    if (state.delegated_address) {
        const auto address = chain::ethereum_address(*state.delegated_address);
        if (address) return *address;
    }
    return chain::masked_id(id);
}

Result<std::vector<EvmCall>> evm_calls(const CallTrace& message, const vm::Manifest& manifest,
                                       const EthereumAddress& sender) {
    Builder builder(manifest, message);
    Caller caller{.address = sender, .is_contract = false, .last_code = {}};
    std::size_t position = 0;
    STRATA_OK(builder.add(caller, position, {}, message));
    return std::move(builder).take();
}

Json print_flat(const EvmCall& call) {
    Json out{{"type", call.is_create() ? "create" : "call"}, {"subtraces", call.subcalls}, {"traceAddress", call.path}};
    if (!call.error.empty()) out["error"] = call.error;
    Json action{{"from", hex_text(call.from)}, {"gas", quantity(call.gas)}, {"value", quantity(call.value)}};
    Json result{{"gasUsed", quantity(call.gas_used)}};
    if (call.is_create()) {
        action["init"] = hex_text(call.input);
        result["code"] = hex_text(call.output);
        if (call.created) result["address"] = hex_text(*call.created);
    } else {
        action["callType"] = call_type(call.kind);
        action["to"] = hex_text(call.to);
        action["input"] = hex_text(call.input);
        result["output"] = hex_text(call.output);
    }
    out["action"] = std::move(action);
    out["result"] = std::move(result);
    return out;
}

}  // namespace strata::api
