#include <strata/api/ethereum_call.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/ethereum_raw.hpp>
#include <strata/chain/execution_failure.hpp>
#include <strata/chain/network.hpp>
#include <strata/vm/executor.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kWordDigits = 64;
constexpr std::size_t kSignatureSize = 65;
constexpr Bytes::value_type kEmptyArray = 0x80;

Error not_a_number(const std::string& text) {
    return fail(Errc::malformed, "the number is '" + text.substr(0, 100) +
                                     "', expected hexadecimal after 0x or decimal, of at most 256 bits");
}

Result<BigInt> parse_big(const std::string& text) {
    if (!text.starts_with("0x")) {
        const auto value = text.size() > kWordDigits + 16 ? Result<BigInt>(Errc::malformed) : BigInt::parse(text);
        if (!value || value->is_negative() || value->bit_length() > 256) return not_a_number(text);
        return *value;
    }
    std::string digits = text.substr(2);
    if (digits.size() > kWordDigits) return not_a_number(text);
    if (digits.size() % 2 == 1) digits.insert(digits.begin(), '0');
    const auto bytes = from_hex(digits);
    if (!bytes) return not_a_number(text);
    return BigInt::from_be(*bytes);
}

template <class Wire, class T>
Status read_into(const Json& from, const char* name, std::optional<T>& to) {
    std::optional<Wire> wire;
    STRATA_OK(read_member(from, name, wire));
    if (wire) to = std::move(wire->value);
    return {};
}

// Refuses a member that changes what the transaction does and that Filecoin does not have.
Status refuse_member(const Json& from, const char* name, const char* what) {
    const Json* found = find_member(from, name);
    if (found == nullptr || found->is_null() || (found->is_array() && found->empty())) return {};
    return fail(Errc::malformed, std::string("the transaction has ") + what + " (" + name +
                                     "), which Filecoin's transactions do not have");
}

// Source: lotus api/api_errors.go (ErrExpensiveFork).
Fault refusal_at(ChainEpoch epoch) {
    Fault out(Code::resource_unavailable,
              "required historical state unavailable: refusing explicit call due to state fork at epoch " +
                  std::to_string(epoch));
    out.epoch = epoch;
    return out;
}

}  // namespace

Status read(const Json& from, BigQuantity& to) {
    if (from.is_number_unsigned()) {
        to.value = BigInt(from.get<std::uint64_t>());
        return {};
    }
    if (!from.is_string())
        return fail(Errc::malformed, std::string("got the JSON type ") + from.type_name() + ", expected a number");
    STRATA_TRY(to.value, parse_big(from.get_ref<const std::string&>()));
    return {};
}

Status read(const Json& from, EthereumCall& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the transaction has the JSON type ") + from.type_name() + ", expected an object");
    STRATA_OK((read_into<HexAddress>(from, "from", to.from)));
    STRATA_OK((read_into<HexAddress>(from, "to", to.to)));
    STRATA_OK((read_into<Quantity>(from, "gas", to.gas)));
    STRATA_OK((read_into<BigQuantity>(from, "gasPrice", to.gas_price)));
    STRATA_OK((read_into<BigQuantity>(from, "maxFeePerGas", to.max_fee)));
    STRATA_OK((read_into<BigQuantity>(from, "maxPriorityFeePerGas", to.max_premium)));
    STRATA_OK((read_into<Quantity>(from, "nonce", to.nonce)));
    STRATA_OK((read_into<Quantity>(from, "chainId", to.chain_id)));
    std::optional<BigInt> value;
    STRATA_OK((read_into<BigQuantity>(from, "value", value)));
    to.value = value.value_or(BigInt(0));
    std::optional<Bytes> input;
    STRATA_OK((read_into<HexBytes>(from, "data", input)));
    STRATA_OK((read_into<HexBytes>(from, "input", input)));
    to.input = std::move(input).value_or(Bytes());
    STRATA_OK(refuse_member(from, "blobVersionedHashes", "blobs"));
    return refuse_member(from, "authorizationList", "authorizations");
}

std::optional<Fault> fault_of(const Context& context, const EthereumCall& call) {
    if (call.gas_price && (call.max_fee || call.max_premium))
        return Fault(Code::invalid_params,
                     "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified: give one kind of price");
    if (call.max_fee && call.max_premium && *call.max_premium > *call.max_fee)
        return Fault(Code::invalid_params, "maxPriorityFeePerGas is " + call.max_premium->to_string() +
                                               ", expected at most maxFeePerGas, " + call.max_fee->to_string());
    const std::uint64_t chain_id = context.chain.network().chain_id;
    if (call.chain_id && *call.chain_id != chain_id)
        return Fault(Code::invalid_params,
                     "the chain ID is " + std::to_string(*call.chain_id) + ", expected " + std::to_string(chain_id));
    return std::nullopt;
}

Result<Message> message_of(const EthereumCall& call) {
    STRATA_TRY(const Address from, chain::filecoin_address(call.from.value_or(EthereumAddress{})));
    if (from.protocol() != Address::Protocol::delegated)
        return fail(Errc::invalid_argument,
                    "expected a class 4 address as the sender, got the masked ID " + hex_text(*call.from));
    STRATA_TRY(auto out, chain::ethereum_call(from, call.to, call.input, call.value));
    out.gas_limit = chain::kBlockGasLimit;
    return out;
}

std::optional<Fault> refuse_upgrade(Context& context, const chain::Tipset& tipset) {
    const ChainEpoch epoch = tipset.height();
    for (const auto& upgrade : context.chain.network().upgrades.upgrades())
        if (epoch > 0 && upgrade.height == epoch && upgrade.version != 0) return refusal_at(epoch);
    return std::nullopt;
}

Status prepare_sender(chain::Sandbox& box, vm::Executor& executor, Message& message) {
    auto& tree = executor.tree();
    STRATA_TRY(auto id, tree.resolve(message.from));
    std::optional<vm::ActorState> state;
    if (id) {
        STRATA_TRY(state, tree.get(*id));
    }
    if (!state) {
        const auto code = box.manifest().codes.find(vm::ActorType::placeholder);
        if (message.from.delegated_space() != kEamId || code == box.manifest().codes.end())
            return fail(Errc::not_found, "sender " + message.from.to_string() + " not found on chain: actor not found");
        if (!id) {
            STRATA_TRY(id, tree.register_address(message.from));
        }
        STRATA_TRY(const Cid head, tree.store().put(Codec::dag_cbor, Bytes{kEmptyArray}));
        state = vm::ActorState{
            .code = code->second, .head = head, .sequence = 0, .balance = 0, .delegated_address = message.from};
        tree.set(*id, *state);
    }
    message.nonce = state->sequence;
    return {};
}

Result<vm::Applied> run_message(vm::Executor& executor, const Message& message) {
    const SignedMessage as_sent{message, {Signature::Type::delegated, Bytes(kSignatureSize)}};
    return executor.apply(message, vm::ApplyKind::simulated_message, as_sent.chain_length());
}

Fault failure_of(const vm::Applied& applied) {
    const auto failure = chain::describe_failure(applied);
    return {Code::execution_reverted, failure.text, hex_text(failure.returned)};
}

Answered<Bytes> output_of(const Message& message, const vm::Applied& applied) {
    if (applied.receipt.exit_code != 0) return failure_of(applied);
    if (message.to == Address::id(kEamId) || applied.receipt.return_data.empty()) return Bytes();
    CborReader reader(applied.receipt.return_data);
    STRATA_TRY(const auto bytes, reader.bytes());
    return to_bytes(bytes);
}

}  // namespace strata::api
