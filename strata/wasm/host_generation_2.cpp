#include <strata/wasm/host_generation_2.hpp>

#include <strata/base/utf8.hpp>
#include <strata/types/sector.hpp>
#include <strata/wasm/host_generation_3.hpp>
#include <strata/wasm/host_values.hpp>

namespace strata::wasm {
namespace {

using std::int32_t;
using std::int64_t;
using std::uint32_t;
using std::uint64_t;
using vm::Syscall;

// An actor can end itself with a code only, not with data. Unlike in later generations, zero is not its to use either.
wasm_trap_t* abort(void*, wasmtime_caller_t* caller, wasmtime_val_raw_t* raw, std::size_t) noexcept {
    Invocation& host = Invocation::of(*caller);
    if (auto paid = host.enter(); !paid) return host.end_with(std::move(paid).error());
    auto code = static_cast<vm::ExitCode>(raw[0].i32);
    if (code < vm::ExitCode::illegal_argument) code = vm::ExitCode::sys_illegal_exit_code;
    auto message = exit_message(host.memory(), static_cast<uint32_t>(raw[1].i32), static_cast<uint32_t>(raw[2].i32));
    host.leave();
    return host.end_with(vm::ActorExit{code, vm::kNoBlock, std::move(message), /*by_exit=*/true});
}

Syscall<ByteArray<52>> context(Invocation& host) {
    const auto& message = host.kernel().message();
    const auto& network = host.kernel().network();
    STRATA_TRY(const auto value, halves(message.value_received));
    Packed<52> out;
    out.put(value[0]).put(value[1]).put(message.caller).put(message.receiver).put(message.method);
    return out.put(network.epoch).put(network.network_version).bytes();
}

Syscall<ByteArray<16>> base_fee(Invocation& host) {
    return packed_amount(host.kernel().network().base_fee);
}

Syscall<void> create_actor(Invocation& host, uint64_t id, uint32_t code_at) {
    STRATA_TRY(const Cid code, host.memory().cid(code_at));
    return host.kernel().create_actor(id, code, std::nullopt);
}

Syscall<int32_t> verify_seal(Invocation& host, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto info, host.memory().cbor<SealVerifyInfo>(at, length));
    const auto& prices = vm::price_list(host.kernel().network().network_version);
    STRATA_OK(host.kernel().gas_tracker().charge(prices.on_verify_seal()));
    STRATA_TRY(const auto answers, host.kernel().batch_verify_seals({&info, 1}));
    return answers.at(0) ? 0 : -1;
}

// A negative amount gives gas back.
Syscall<void> charge_gas(Invocation& host, uint32_t name_at, uint32_t name_length, int64_t amount) {
    STRATA_TRY(const auto name, host.memory().range(name_at, name_length));
    if (!is_utf8(as_text(name)))
        return vm::syscall_error(vm::ErrorNumber::illegal_argument, "the name of the charge is not valid UTF-8");
    if (amount >= 0) return host.kernel().charge_gas(as_text(name), static_cast<uint64_t>(amount));
    host.kernel().gas_tracker().give_back("wasm_charge", vm::gas(uint64_t{0} - static_cast<uint64_t>(amount)));
    return {};
}

Syscall<ByteArray<20>> send(Invocation& host, uint32_t to_at, uint32_t to_length, uint64_t method, uint32_t params,
                            uint64_t value_high, uint64_t value_low) {
    STRATA_TRY(const Address to, host.memory().address(to_at, to_length));
    return packed_send(host, {.to = to,
                              .method = method,
                              .params = params,
                              .value = amount_of(value_high, value_low),
                              .gas_limit = {},
                              .read_only = false});
}

constexpr HostFunction kFunctions[] = {
    {"vm", "abort", "iii", &abort},
    host_function<&context>("vm", "context"),
    host_function<&base_fee>("network", "base_fee"),
    host_function<&create_actor>("actor", "create_actor"),
    host_function<&verify_seal>("crypto", "verify_seal"),
    host_function<&charge_gas>("gas", "charge"),
    host_function<&send>("send", "send"),
    // Generation 3 has kept these.
    host_function<&self_destruct_for>("self", "self_destruct"),
    host_function<&get_chain_randomness_mixed>("rand", "get_chain_randomness"),
    host_function<&get_beacon_randomness_mixed>("rand", "get_beacon_randomness"),
};

}  // namespace

std::span<const HostFunction> functions_of_generation_2() {
    return kFunctions;
}

}  // namespace strata::wasm
