#include <strata/wasm/host_functions.hpp>

#include <strata/base/utf8.hpp>
#include <strata/wasm/host_crypto.hpp>
#include <strata/wasm/host_generation_2.hpp>
#include <strata/wasm/host_generation_3.hpp>
#include <strata/wasm/host_values.hpp>

namespace strata::wasm {
namespace {

using std::uint32_t;
using std::uint64_t;
using vm::ErrorNumber;
using vm::Syscall;
using vm::syscall_error;

// vm

wasm_trap_t* exit(void*, wasmtime_caller_t* caller, wasmtime_val_raw_t* raw, std::size_t) noexcept {
    Invocation& host = Invocation::of(*caller);
    if (auto paid = host.enter(); !paid) return host.end_with(std::move(paid).error());
    auto code = static_cast<vm::ExitCode>(raw[0].i32);
    // The codes of the system are not the actor's to use.
    if (code > vm::ExitCode::ok && code < vm::ExitCode::illegal_argument) code = vm::ExitCode::sys_illegal_exit_code;
    auto message = exit_message(host.memory(), static_cast<uint32_t>(raw[2].i32), static_cast<uint32_t>(raw[3].i32));
    host.leave();
    return host.end_with(
        vm::ActorExit{code, static_cast<vm::BlockId>(raw[1].i32), std::move(message), /*by_exit=*/true});
}

Syscall<ByteArray<80>> message_context(Invocation& host) {
    host.kernel().gas_tracker().note("OnMessageContext");
    const auto& message = host.kernel().message();
    STRATA_TRY(const auto value, halves(message.value_received));
    STRATA_TRY(const auto premium, halves(message.gas_premium));
    Packed<80> out;
    out.put(message.origin).put(message.nonce).put(message.caller).put(message.receiver).put(message.method);
    out.put(value[0]).put(value[1]).put(premium[0]).put(premium[1]).put(uint64_t{message.read_only ? 1U : 0U});
    return out.bytes();
}

// network

Syscall<ByteArray<44>> network_context(Invocation& host) {
    host.kernel().gas_tracker().note("OnNetworkContext");
    const auto& network = host.kernel().network();
    STRATA_TRY(const auto fee, halves(network.base_fee));
    Packed<44> out;
    out.put(network.epoch).put(network.timestamp).put(fee[0]).put(fee[1]).put(network.chain_id);
    return out.put(network.network_version).bytes();
}

Syscall<uint32_t> tipset_cid(Invocation& host, std::int64_t epoch, uint32_t at, uint32_t length) {
    STRATA_OK(host.memory().range(at, length));
    STRATA_TRY(const Cid cid, host.kernel().tipset_cid(epoch));
    return host.memory().write_cid(cid, at, length);
}

Syscall<ByteArray<16>> total_fil_circ_supply(Invocation& host) {
    STRATA_TRY(const auto supply, host.kernel().total_fil_circ_supply());
    return packed_amount(supply);
}

// ipld

Syscall<ByteArray<16>> block_open(Invocation& host, uint32_t cid_at) {
    STRATA_TRY(const Cid cid, host.memory().cid(cid_at));
    STRATA_TRY(const auto block, host.kernel().block_open(cid));
    return Packed<16>().put(static_cast<uint64_t>(block.stat.codec)).put(block.id).put(block.stat.size).bytes();
}

Syscall<uint32_t> block_create(Invocation& host, uint64_t codec, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto data, host.memory().range(at, length));
    return host.kernel().block_create(static_cast<Codec>(codec), data);
}

Syscall<std::int32_t> block_read(Invocation& host, uint32_t id, uint32_t offset, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto out, host.memory().range(at, length));
    return host.kernel().block_read(id, offset, out);
}

Syscall<ByteArray<12>> block_stat(Invocation& host, uint32_t id) {
    STRATA_TRY(const auto stat, host.kernel().block_stat(id));
    return Packed<12>().put(static_cast<uint64_t>(stat.codec)).put(stat.size).bytes();
}

Syscall<uint32_t> block_link(Invocation& host, uint32_t id, uint64_t hash, uint32_t digest_size, uint32_t at,
                             uint32_t length) {
    STRATA_OK(host.memory().range(at, length));
    STRATA_TRY(const Cid cid, host.kernel().block_link(id, static_cast<HashCode>(hash), digest_size));
    return host.memory().write_cid(cid, at, length);
}

// self

Syscall<uint32_t> root(Invocation& host, uint32_t at, uint32_t length) {
    STRATA_OK(host.memory().range(at, length));
    STRATA_TRY(const Cid cid, host.kernel().root());
    return host.memory().write_cid(cid, at, length);
}

Syscall<void> set_root(Invocation& host, uint32_t cid_at) {
    STRATA_TRY(const Cid cid, host.memory().cid(cid_at));
    return host.kernel().set_root(cid);
}

Syscall<ByteArray<16>> current_balance(Invocation& host) {
    STRATA_TRY(const auto balance, host.kernel().current_balance());
    return packed_amount(balance);
}

Syscall<void> self_destruct(Invocation& host, uint32_t burn_unspent) {
    return host.kernel().self_destruct(burn_unspent > 0);
}

// actor

Syscall<uint64_t> resolve_address(Invocation& host, uint32_t at, uint32_t length) {
    STRATA_TRY(const Address address, host.memory().address(at, length));
    return host.kernel().resolve_address(address);
}

Syscall<uint32_t> lookup_delegated_address(Invocation& host, uint64_t id, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto out, host.memory().range(at, length));
    STRATA_TRY(const auto address, host.kernel().lookup_delegated_address(id));
    if (!address) return 0U;
    const auto bytes = address->bytes();
    if (bytes.size() > out.size())
        return syscall_error(ErrorNumber::buffer_too_small,
                             "the buffer for an address has " + std::to_string(out.size()) +
                                 " bytes, expected at least " + std::to_string(bytes.size()));
    std::ranges::copy(bytes, out.begin());
    return static_cast<uint32_t>(bytes.size());
}

Syscall<uint32_t> get_actor_code_cid(Invocation& host, uint64_t id, uint32_t at, uint32_t length) {
    STRATA_OK(host.memory().range(at, length));
    STRATA_TRY(const Cid cid, host.kernel().get_actor_code_cid(id));
    return host.memory().write_cid(cid, at, length);
}

constexpr std::size_t kActorAddressSize = 21;  // an f2 address

Syscall<uint32_t> next_actor_address(Invocation& host, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto out, host.memory().range(at, length));
    if (length < kActorAddressSize)
        return syscall_error(
            ErrorNumber::buffer_too_small,
            "the buffer for an f2 address has " + std::to_string(length) + " bytes, expected at least 21");
    STRATA_TRY(const Address address, host.kernel().next_actor_address());
    STRATA_CHECK(address.bytes().size() <= out.size());
    std::ranges::copy(address.bytes(), out.begin());
    return static_cast<uint32_t>(address.bytes().size());
}

Syscall<void> create_actor(Invocation& host, uint64_t id, uint32_t code_at, uint32_t delegated_at,
                           uint32_t delegated_length) {
    STRATA_TRY(const Cid code, host.memory().cid(code_at));
    std::optional<Address> delegated;
    if (delegated_length > 0) {
        STRATA_TRY(delegated, host.memory().address(delegated_at, delegated_length));
    }
    return host.kernel().create_actor(id, code, delegated);
}

Syscall<std::int32_t> get_builtin_actor_type(Invocation& host, uint32_t code_at) {
    STRATA_TRY(const Cid code, host.memory().cid(code_at));
    STRATA_TRY(const auto type, host.kernel().get_builtin_actor_type(code));
    return static_cast<std::int32_t>(type);
}

Syscall<uint32_t> get_code_cid_for_type(Invocation& host, std::int32_t type, uint32_t at, uint32_t length) {
    STRATA_OK(host.memory().range(at, length));
    STRATA_TRY(const Cid code, host.kernel().get_code_cid_for_type(static_cast<vm::ActorType>(type)));
    return host.memory().write_cid(code, at, length);
}

Syscall<ByteArray<16>> balance_of(Invocation& host, uint64_t id) {
    STRATA_TRY(const auto balance, host.kernel().balance_of(id));
    return packed_amount(balance);
}

// rand

Syscall<Hash256> get_chain_randomness(Invocation& host, std::int64_t epoch) {
    return host.kernel().get_chain_randomness(epoch);
}
Syscall<Hash256> get_beacon_randomness(Invocation& host, std::int64_t epoch) {
    return host.kernel().get_beacon_randomness(epoch);
}

// gas

Syscall<void> charge_gas(Invocation& host, uint32_t name_at, uint32_t name_length, uint64_t amount) {
    STRATA_TRY(const auto name, host.memory().range(name_at, name_length));
    if (!is_utf8(as_text(name)))
        return syscall_error(ErrorNumber::illegal_argument, "the name of the charge is not valid UTF-8");
    return host.kernel().charge_gas(as_text(name), amount);
}

Syscall<uint64_t> gas_available(Invocation& host) {
    return host.kernel().gas_available();
}

// send

constexpr uint64_t kReadOnlyFlag = 1;

Syscall<ByteArray<20>> send(Invocation& host, uint32_t to_at, uint32_t to_length, uint64_t method, uint32_t params,
                            uint64_t value_high, uint64_t value_low, uint64_t gas_limit, uint64_t flags) {
    STRATA_TRY(const Address to, host.memory().address(to_at, to_length));
    if (flags > kReadOnlyFlag)
        return syscall_error(ErrorNumber::illegal_argument,
                             "the flags of a send are " + std::to_string(flags) + ", expected 0 or 1");
    vm::SendParams request{.to = to,
                           .method = method,
                           .params = params,
                           .value = amount_of(value_high, value_low),
                           .gas_limit = {},
                           .read_only = flags == kReadOnlyFlag};
    // The largest number stands for all that remains.
    if (gas_limit != UINT64_MAX) request.gas_limit = gas_limit;
    return packed_send(host, request);
}

// event

constexpr uint32_t kEventHeaderSize = 24;

Syscall<void> emit_event(Invocation& host, uint32_t headers_at, uint32_t count, uint32_t keys_at, uint32_t keys_length,
                         uint32_t values_at, uint32_t values_length) {
    const uint64_t size = uint64_t{count} * kEventHeaderSize;
    if (size > UINT32_MAX)
        return syscall_error(ErrorNumber::illegal_argument,
                             "the event has " + std::to_string(count) + " entries, more than fit into a memory");
    STRATA_TRY(const auto packed, host.memory().range(headers_at, static_cast<uint32_t>(size)));
    STRATA_TRY(const auto keys, host.memory().range(keys_at, keys_length));
    STRATA_TRY(const auto values, host.memory().range(values_at, values_length));
    std::vector<vm::EventHeader> headers;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t* at = packed.data() + i * kEventHeaderSize;
        headers.push_back({load_le<uint64_t>(at), static_cast<Codec>(load_le<uint64_t>(at + 8)),
                           load_le<uint32_t>(at + 16), load_le<uint32_t>(at + 20)});
    }
    return host.kernel().emit_packed_event(headers, keys, values);
}

// debug: off on public networks. The lines and files themselves are not kept.

bool is_debugging(Invocation& host) {
    return host.kernel().network().actor_debugging;
}

Syscall<std::int32_t> debug_enabled(Invocation& host) {
    return is_debugging(host) ? 0 : -1;
}

Syscall<void> debug_log(Invocation& host, uint32_t at, uint32_t length) {
    if (!is_debugging(host)) return {};
    STRATA_TRY(const auto text, host.memory().range(at, length));
    if (!is_utf8(as_text(text))) return syscall_error(ErrorNumber::illegal_argument, "the line is not valid UTF-8");
    host.kernel().log(as_text(text));
    return {};
}

constexpr std::size_t kMaxArtifactName = 256;

Syscall<void> debug_store_artifact(Invocation& host, uint32_t name_at, uint32_t name_length, uint32_t data_at,
                                   uint32_t data_length) {
    if (!is_debugging(host)) return {};
    STRATA_OK(host.memory().range(data_at, data_length));
    STRATA_TRY(const auto bytes, host.memory().range(name_at, name_length));
    const auto name = as_text(bytes);
    // The name must be one of a file in a folder of the reference's (kernel/default.rs, store_artifact).
    if (!is_utf8(name) || name.empty() || name.size() > kMaxArtifactName || name.contains('/') || name.front() == '.')
        return syscall_error(ErrorNumber::illegal_argument, "the name of the artifact cannot be a file's");
    return {};
}

// All generations have these functions in common.
constexpr HostFunction kCommon[] = {
    host_function<&total_fil_circ_supply>("network", "total_fil_circ_supply"),
    host_function<&block_open>("ipld", "block_open"),
    host_function<&block_create>("ipld", "block_create"),
    host_function<&block_read>("ipld", "block_read"),
    host_function<&block_stat>("ipld", "block_stat"),
    host_function<&block_link>("ipld", "block_link"),
    host_function<&root>("self", "root"),
    host_function<&set_root>("self", "set_root"),
    host_function<&current_balance>("self", "current_balance"),
    host_function<&resolve_address>("actor", "resolve_address"),
    host_function<&get_actor_code_cid>("actor", "get_actor_code_cid"),
    host_function<&get_builtin_actor_type>("actor", "get_builtin_actor_type"),
    host_function<&get_code_cid_for_type>("actor", "get_code_cid_for_type"),
    host_function<&debug_enabled>("debug", "enabled"),
    host_function<&debug_log>("debug", "log"),
    host_function<&debug_store_artifact>("debug", "store_artifact"),
};

// The same function has another name in generation 2.
constexpr HostFunction kNewActorAddress[] = {host_function<&next_actor_address>("actor", "new_actor_address")};

constexpr HostFunction kSinceGeneration3[] = {
    {"vm", "exit", "iiii", &exit},
    host_function<&message_context>("vm", "message_context"),
    host_function<&network_context>("network", "context"),
    host_function<&lookup_delegated_address>("actor", "lookup_delegated_address"),
    host_function<&next_actor_address>("actor", "next_actor_address"),
    host_function<&create_actor>("actor", "create_actor"),
    host_function<&balance_of>("actor", "balance_of"),
    host_function<&charge_gas>("gas", "charge"),
    host_function<&gas_available>("gas", "available"),
    host_function<&send>("send", "send"),
};

constexpr HostFunction kGeneration4[] = {
    host_function<&tipset_cid>("network", "tipset_cid"),
    host_function<&self_destruct>("self", "self_destruct"),
    host_function<&get_chain_randomness>("rand", "get_chain_randomness"),
    host_function<&get_beacon_randomness>("rand", "get_beacon_randomness"),
    host_function<&emit_event>("event", "emit_event"),
};

using FunctionTypeHandle = std::unique_ptr<wasm_functype_t, Freed<&wasm_functype_delete>>;

// Returns the type of a host function, which returns one 32-bit number.
FunctionTypeHandle type_of(std::string_view params) {
    std::vector<wasm_valtype_t*> types;
    for (const char letter : params) types.push_back(wasm_valtype_new(letter == 'i' ? WASM_I32 : WASM_I64));
    wasm_valtype_vec_t from;
    wasm_valtype_vec_new(&from, types.size(), types.data());
    wasm_valtype_t* number = wasm_valtype_new(WASM_I32);
    wasm_valtype_vec_t to;
    wasm_valtype_vec_new(&to, 1, &number);
    return FunctionTypeHandle(wasm_functype_new(&from, &to));
}

Status define(wasmtime_linker& linker, std::span<const HostFunction> functions) {
    for (const auto& [module, name, params, call] : functions) {
        const auto type = type_of(params);
        if (const ErrorHandle failed{wasmtime_linker_define_func_unchecked(
                &linker, module.data(), module.size(), name.data(), name.size(), type.get(), call, nullptr, nullptr)})
            return fail(Errc::internal, "the host function " + std::string(module) + "." + std::string(name) +
                                            " cannot be defined: " + text_of(*failed));
    }
    return {};
}

}  // namespace

Status define_host_functions(wasmtime_linker& linker, Generation generation) {
    STRATA_OK(define(linker, kCommon));
    STRATA_OK(define(linker, crypto_functions()));
    if (generation == Generation::two) {
        STRATA_OK(define(linker, kNewActorAddress));
        return define(linker, functions_of_generation_2());
    }
    STRATA_OK(define(linker, kSinceGeneration3));
    if (generation == Generation::three) return define(linker, functions_of_generation_3());
    STRATA_OK(define(linker, kGeneration4));
    return define(linker, crypto_functions_of_generation_4());
}

}  // namespace strata::wasm
