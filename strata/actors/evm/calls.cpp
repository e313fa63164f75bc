#include <strata/actors/evm/calls.hpp>

#include <strata/actors/evm/environment.hpp>
#include <strata/actors/evm/exits.hpp>
#include <strata/actors/evm/precompiles/precompiles.hpp>

namespace strata::actors::evm {
namespace {

struct Outcome {
    bool ok = false;
    std::optional<Payload> data;
};

/// The gas that a bare transfer gets. Solidity's `transfer` and `send` ask for the stipend of 2,300 gas or for none,
/// which would pay for nothing here.
constexpr std::uint64_t kTransferGas = 10'000'000;
constexpr std::uint64_t kEthereumStipend = 2'300;

// As in Ethereum, a call of nobody succeeds. In a read-only call, a new actor cannot be made for the address, which
// counts as nobody too.
bool is_call_of_nobody(vm::ErrorNumber error, bool read_only) {
    return error == vm::ErrorNumber::not_found || (error == vm::ErrorNumber::read_only && read_only);
}

ActorResult<Outcome> call_actor(System& system, const CallRequest& request, BytesView input) {
    const bool is_static = request.kind == CallKind::read_only;
    const bool is_transfer = (request.gas.is_zero() && !request.value.is_zero()) ||
                             (request.gas == U256(kEthereumStipend) && request.value.is_zero());
    STRATA_TRY(const std::uint64_t gas, system.call_gas_limit(is_transfer ? U256(kTransferGas) : request.gas));
    std::optional<Bytes> params;
    if (!input.empty()) params = to_bytes(input);
    STRATA_TRY(auto reply,
               system.send(eam::to_address(address_of(request.to)), kMethodInvokeEvm, params, request.value.to_amount(),
                           {.gas_limit = gas, .read_only = is_static, .codec = Codec::raw}));
    if (reply.error) return Outcome{is_call_of_nobody(*reply.error, system.read_only() || is_static), {}};
    Outcome out{reply.code == ExitCode::ok, {}};
    if (reply.data) out.data = Payload{reply.codec, std::move(*reply.data)};
    return out;
}

// Runs the code of a contract on the caller's own state, by a call of itself.
ActorResult<Outcome> call_delegate(System& system, Frame& frame, const CallRequest& request, BytesView input) {
    STRATA_TRY(const Account account, account_at(system, address_of(request.to)));
    const bool is_empty = account.kind == Account::Kind::account || account.kind == Account::Kind::nobody;
    if (account.kind != Account::Kind::contract) return Outcome{is_empty, {}};
    STRATA_TRY(const auto code, bytecode_cid_of(system, account.id));
    if (!code) return Outcome{true, {}};
    const DelegateCallParams params{*code, to_bytes(input), frame.caller, frame.value_received};
    STRATA_TRY(const std::uint64_t gas, system.call_gas_limit(request.gas));
    auto answer =
        system.call(Address::id(system.rt().receiver()), kInvokeContractDelegate, to_cbor(params),
                    request.value.to_amount(), {.gas_limit = gas, .read_only = false, .codec = Codec::dag_cbor});
    if (answer) return Outcome{true, std::move(*answer)};
    if (answer.error().kind != Abort::Kind::exit) return std::move(answer).error();
    return Outcome{false, std::move(answer.error().data)};
}

}  // namespace

Bytes returned_bytes(std::optional<Payload> block) {
    if (!block) return {};
    auto bytes = decoded_block<Bytes>(block->codec, block->data);
    return bytes ? std::move(*bytes) : std::move(block->data);
}

ActorResult<U256> call(System& system, Frame& frame, const CallRequest& request) {
    if (system.read_only() && !request.value.is_zero()) return read_only("CALL with value");
    STRATA_TRY(const Region region, frame.memory.region(request.input_offset, request.input_size));
    // The input is not copied: the memory does not change until the call is over.
    const BytesView input = frame.memory.bytes(region);
    frame.meter.add(region.size * costs::kByteCopied);
    STRATA_OK(frame.meter.settle());
    bool ok = false;
    if (in_reserved_range(system.rt().policy(), address_of(request.to))) {
        STRATA_TRY(auto result, call_precompile({system, frame.meter, input, request.kind, request.gas, request.value},
                                                address_of(request.to)));
        ok = result.has_value();
        frame.returned = std::move(result).value_or(Bytes{});
    } else {
        STRATA_TRY(auto outcome, request.kind == CallKind::delegate ? call_delegate(system, frame, request, input)
                                                                    : call_actor(system, request, input));
        ok = outcome.ok;
        frame.returned = returned_bytes(std::move(outcome.data));
    }
    STRATA_OK(frame.memory.copy_in(request.output_offset, request.output_size, 0, frame.returned, /*fill=*/false));
    return U256(ok ? 1 : 0);
}

}  // namespace strata::actors::evm
