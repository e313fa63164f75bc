// The Ethereum address manager gives contracts their addresses and asks the init actor to create them. Source:
// docs/protocol/fvm.md §8.13.
#include <strata/actors/methods.hpp>

#include <strata/actors/eam/types.hpp>
#include <strata/actors/init/types.hpp>

namespace strata::actors::eam {
namespace {

constexpr MethodNumber kPubkeyAddress = 2;  // account
constexpr MethodNumber kResurrect = 2;      // evm
constexpr std::size_t kEthAddressSize = EthAddress{}.size();

Done constructor(Runtime& rt) {
    if (rt.receiver() != kEamId)
        return forbidden("the Ethereum address manager is created at f0" + std::to_string(rt.receiver()) +
                         ", expected f010");
    return rt.require_caller({kSystemId});
}

ActorResult<EthAddress> last_20_of_keccak(Runtime& rt, BytesView data) {
    STRATA_TRY(const Bytes digest,
               rt.unwrap(rt.kernel().hash(HashCode::keccak_256, data), ExitCode::assertion_failed, "hash"));
    EthAddress out;
    std::ranges::copy(BytesView(digest).last(out.size()), out.begin());
    return out;
}

// Returns the RLP of the list [sender, nonce]. The list is shorter than 56 bytes, so each head is one byte: 0x80 plus
// the length for a string, 0xc0 plus the length for a list.
Bytes rlp_sender_and_nonce(const EthAddress& sender, std::uint64_t nonce) {
    ByteArray<8> digits;
    store_be(digits.data(), nonce);
    const auto first = std::ranges::find_if(digits, [](auto byte) { return byte != 0; });
    const Bytes integer(first, digits.end());
    Bytes items{0x80 + kEthAddressSize};
    append(items, sender);
    // A byte below 0x80 is its own encoding, without a head.
    if (integer.size() != 1 || integer[0] >= 0x80) items.push_back(static_cast<std::uint8_t>(0x80 + integer.size()));
    append(items, integer);
    Bytes out{static_cast<std::uint8_t>(0xc0 + items.size())};
    append(out, items);
    return out;
}

ActorResult<EthAddress> create_address(Runtime& rt, const EthAddress& sender, std::uint64_t nonce) {
    return last_20_of_keccak(rt, rlp_sender_and_nonce(sender, nonce));
}

// Returns the last 20 bytes of keccak(0xff || sender || salt || keccak(initcode)) (EIP-1014).
ActorResult<EthAddress> create2_address(Runtime& rt, const EthAddress& sender, const Create2Params& params) {
    STRATA_TRY(const Bytes code_hash,
               rt.unwrap(rt.kernel().hash(HashCode::keccak_256, params.initcode), ExitCode::assertion_failed, "hash"));
    Bytes input{0xff};
    append(input, sender);
    append(input, params.salt);
    append(input, code_hash);
    return last_20_of_keccak(rt, input);
}

bool is_reserved(const EthAddress& address) {
    return in_precompile_range(address) || unmasked_id(address);
}

ActorResult<EthAddress> eth_address_of(Runtime& rt, ActorId id) {
    auto found = rt.kernel().lookup_delegated_address(id);
    if (!found && found.error().kind != vm::SyscallFailure::Kind::number)
        return rt.abort_for(found.error(), {}, "delegated address");
    if (!found || !*found || (*found)->delegated_space() != kEamId)
        return forbidden("the caller f0" + std::to_string(id) + " has no Ethereum address");
    const BytesView bytes = (*found)->subaddress();
    if (bytes.size() != kEthAddressSize)
        return forbidden("the caller's Ethereum address has " + std::to_string(bytes.size()) + " bytes, expected " +
                         std::to_string(kEthAddressSize));
    EthAddress out;
    std::ranges::copy(bytes, out.begin());
    return out;
}

ActorResult<CreateReturn> create_new(Runtime& rt, const EthAddress& address, const Bytes& contract) {
    STRATA_TRY(const Cid code, rt.code_for(ActorType::evm));
    const init::Exec4Params params{code, contract, Bytes(address.begin(), address.end())};
    STRATA_TRY(const auto created,
               rt.ask<init::ExecReturn>(Address::id(kInitId), init::kExec4, to_cbor(params), rt.value_received()));
    return CreateReturn{created.id_address.as_id().value_or(0), created.robust_address, address};
}

ActorResult<CreateReturn> create_contract(Runtime& rt, const EthAddress& creator, const EthAddress& address,
                                          const Bytes& initcode) {
    if (is_reserved(address))
        return forbidden("the new contract's address " + Address::delegated(kEamId, address).to_string() +
                         " is reserved");
    const Bytes contract = to_cbor(ContractParams{creator, initcode});
    STRATA_TRY(const auto existing, rt.resolve(Address::delegated(kEamId, address)));
    if (!existing) return create_new(rt, address, contract);
    STRATA_TRY(const auto type, rt.type_of(*existing));
    if (type == ActorType::placeholder) return create_new(rt, address, contract);
    if (type != ActorType::evm)
        return forbidden("the contract's address " + Address::delegated(kEamId, address).to_string() +
                         " belongs to f0" + std::to_string(*existing) + ", which is not a contract");
    // Resurrect works for a contract that destroyed itself. Any other contract refuses it.
    STRATA_OK(rt.call(Address::id(*existing), kResurrect, contract, rt.value_received()));
    return CreateReturn{*existing, std::nullopt, address};
}

ActorResult<CreateReturn> create(Runtime& rt, const CreateParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::evm}));
    STRATA_TRY(const auto sender, eth_address_of(rt, rt.caller()));
    STRATA_TRY(const auto address, create_address(rt, sender, params.nonce));
    return create_contract(rt, sender, address, params.initcode);
}

ActorResult<CreateReturn> create2(Runtime& rt, const Create2Params& params) {
    STRATA_OK(rt.require_caller_type({ActorType::evm}));
    STRATA_TRY(const auto sender, eth_address_of(rt, rt.caller()));
    STRATA_TRY(const auto address, create2_address(rt, sender, params));
    return create_contract(rt, sender, address, params.initcode);
}

/// The new contract sees `creator`. The contract's address is derived from `stable`, which a reorganization does not
/// change.
struct ExternalCaller {
    EthAddress creator;
    EthAddress stable;
};

ActorResult<ExternalCaller> native_account(Runtime& rt) {
    const auto no_key = [&](const std::string& why) {
        return "the account f0" + std::to_string(rt.caller()) + " did not return its key: " + why;
    };
    STRATA_TRY(const auto reply, rt.send(Address::id(rt.caller()), kPubkeyAddress, std::nullopt, 0,
                                         {.gas_limit = {}, .read_only = true}));
    if (reply.error) return abort(ExitCode::assertion_failed, no_key("PubkeyAddress could not be called"));
    if (!reply.ok())
        return abort(code_to_pass_on(reply.code),
                     no_key("it exited with code " + std::to_string(std::to_underlying(reply.code))));
    if (!reply.data) return abort(ExitCode::assertion_failed, no_key("the answer is empty"));
    STRATA_TRY(const auto key, rt.check(from_received_cbor<Address>(*reply.data), ExitCode::serialization, "key"));
    // The new contract's address is derived from the key, because a reorganization may change the ID.
    STRATA_TRY(const auto stable, last_20_of_keccak(rt, key.bytes()));
    return ExternalCaller{masked_id(rt.caller()), stable};
}

ActorResult<ExternalCaller> external_caller(Runtime& rt) {
    STRATA_TRY(const auto type, rt.type_of(rt.caller()));
    if (type == ActorType::account) return native_account(rt);
    if (type != ActorType::ethaccount)
        return forbidden("the caller f0" + std::to_string(rt.caller()) +
                         " is not an account; only accounts can call CreateExternal");
    STRATA_TRY(const auto address, eth_address_of(rt, rt.caller()));
    return ExternalCaller{address, address};
}

ActorResult<CreateReturn> create_external(Runtime& rt, const Bytes& initcode) {
    STRATA_OK(rt.require_caller({rt.origin()}));
    STRATA_TRY(const auto caller, external_caller(rt));
    STRATA_TRY(const auto address, create_address(rt, caller.stable, rt.kernel().message().nonce));
    return create_contract(rt, caller.creator, address, initcode);
}

constexpr Method kMethods[] = {method<&constructor>(1), method<&create>(kCreate), method<&create2>(kCreate2),
                               method<&create_external>(kCreateExternal)};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::eam
