// Filecoin's own precompiled contracts. Source: builtin-actors actors/evm/src/interpreter/precompiles/fvm.rs.
#include <strata/actors/evm/abi.hpp>
#include <strata/actors/evm/precompiles/precompiles.hpp>

namespace strata::actors::evm::precompiles {

// The input is an address in its binary form; the answer is its ID as a word, or empty if it has none.
PrecompileResult resolve_address(const PrecompileCall& call) {
    const auto address = Address::from_bytes(call.input);
    if (!address) return std::nullopt;
    STRATA_TRY(const auto id, call.system.rt().resolve(*address));
    return id ? to_bytes(U256(*id).to_be()) : Bytes{};
}

// The input is an ID; the answer is the actor's f4 address in its binary form, or empty if it has none.
PrecompileResult lookup_delegated_address(const PrecompileCall& call) {
    const auto id = AbiReader(call.input).u64();
    if (!id) return std::nullopt;
    STRATA_TRY(const auto address, delegated_address(call.system.rt(), *id));
    return address ? to_bytes(address->bytes()) : Bytes{};
}

namespace {

struct ActorCall {
    Address to;
    MethodNumber method = 0;
    U256 value;
    bool read_only = false;
    std::optional<Bytes> params;
};
/// Empty for wrong input.
using ReadCall = ActorResult<std::optional<ActorCall>>;

// Returns the byte string at an offset. Behind the end of the input are zeros, which the official actor allocates too.
ActorResult<std::optional<Bytes>> read_bytes(const PrecompileCall& call, AbiReader& reader, std::size_t offset) {
    reader.seek(offset);
    const auto size = reader.u32();
    if (!size) return std::optional<Bytes>{};
    const BytesView there = reader.take(*size);
    STRATA_OK(call.meter.allocate(*size, *size));
    Bytes out = to_bytes(there);
    out.resize(*size, 0);
    return std::optional(std::move(out));
}

ReadCall not_a_call() {
    return std::optional<ActorCall>{};
}

// method, value, flags, codec, offset of the parameters, and the receiver: its ID, or the offset of its address.
ReadCall read_call(const PrecompileCall& call, bool by_id) {
    constexpr std::uint64_t kReadOnly = 1;
    AbiReader reader(call.input);
    ActorCall out;
    const auto method = reader.u64();
    out.value = reader.number();
    const auto flags = reader.u64();
    const auto codec = reader.u64();
    const auto params_offset = reader.u32();
    const auto receiver = reader.u64();
    if (!method || !flags || *flags > kReadOnly || !codec || !params_offset || !receiver) return not_a_call();
    out.method = *method;
    out.read_only = *flags == kReadOnly;

    STRATA_TRY(out.params, read_bytes(call, reader, *params_offset));
    if (!out.params) return not_a_call();
    if (by_id) {
        out.to = Address::id(*receiver);
    } else {
        if (*receiver > UINT32_MAX) return not_a_call();  // it does not fit the official actor's offsets
        STRATA_TRY(const auto bytes, read_bytes(call, reader, *receiver));
        const auto address = bytes ? Address::from_bytes(*bytes) : Result<Address>(Errc::malformed);
        if (!address) return not_a_call();
        out.to = *address;
    }
    if (out.method <= kLastReservedMethod && out.method != kMethodSend) return not_a_call();
    if (*codec == 0 && out.params->empty()) {
        out.params.reset();
    } else if (*codec != std::to_underlying(Codec::cbor)) {
        return not_a_call();
    }
    return std::optional(std::move(out));
}

// exit code, codec, offset of the data, size of the data, data. A syscall error is a negative exit code.
Bytes abi_of(const Reply& reply) {
    Bytes out;
    append_word(out,
                reply.error ? U256(std::to_underlying(*reply.error)).negated() : U256(std::to_underlying(reply.code)));
    append_word(out, reply.data ? U256(std::to_underlying(reply.codec)) : U256());
    append_word(out, U256(out.size() + U256::kBytes));
    append_word(out, reply.data ? U256(reply.data->size()) : U256());
    if (reply.data) append(out, *reply.data);
    pad_to_word(out);
    return out;
}

PrecompileResult call_any_actor(const PrecompileCall& call, bool by_id) {
    // With a delegate call the message comes from the contract itself.
    if (call.kind != CallKind::delegate) return std::nullopt;
    STRATA_TRY(const auto request, read_call(call, by_id));
    if (!request) return std::nullopt;
    STRATA_OK(call.meter.settle());
    STRATA_TRY(const std::uint64_t gas, call.system.call_gas_limit(call.gas));
    const auto reply = call.system.send(request->to, request->method, request->params, request->value.to_amount(),
                                        {.gas_limit = gas, .read_only = request->read_only});
    if (reply) return abi_of(*reply);
    // That the contract's state cannot be written is a failure of the call only.
    if (reply.error().kind != Abort::Kind::exit) return reply.error();
    return std::nullopt;
}

}  // namespace

PrecompileResult call_actor(const PrecompileCall& call) {
    return call_any_actor(call, /*by_id=*/false);
}
PrecompileResult call_actor_id(const PrecompileCall& call) {
    return call_any_actor(call, /*by_id=*/true);
}

// The input is an epoch; the answer is the beacon's digest at that epoch.
PrecompileResult get_randomness(const PrecompileCall& call) {
    const auto epoch = AbiReader(call.input).u64();
    if (!epoch) return std::nullopt;
    // The word's low half is the number as it would be signed.
    auto digest = call.system.rt().kernel().get_beacon_randomness(static_cast<ChainEpoch>(*epoch));
    if (digest) return to_bytes(*digest);
    if (digest.error().kind == vm::SyscallFailure::Kind::number) return std::nullopt;
    return Runtime::abort_for(digest.error(), {}, "randomness");
}

}  // namespace strata::actors::evm::precompiles
