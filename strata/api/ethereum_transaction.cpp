#include <strata/api/ethereum_transaction.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/eam/types.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/vm/executor.hpp>

namespace strata::api {
namespace {

using chain::EthereumForm;
using chain::ExecutedTipset;

// The selector of handle_filecoin_method(uint64,uint64,bytes). Source: lotus node/impl/eth/utils.go
// (encodeFilecoinParamsAsABI).
constexpr ByteArray<4> kNativeSelector{0x86, 0x8e, 0x10, 0xc4};
constexpr std::size_t kWord = 32;
// The recipient of a message whose recipient never came to be. Source: lotus node/impl/eth/utils.go
// (revertedEthAddress).
constexpr EthereumAddress kNobody{0xff, 0, 0,    0,    0,    0,    0,    0,    0,    0,
                                  0,    0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
const std::string kZeroHash = hex_text(Hash256{});
// keccak-256 of the RLP of an empty list, and the root of an empty trie. Source: lotus
// chain/types/ethtypes/eth_types.go (EmptyUncleHash, EmptyRootHash).
constexpr const char* kNoUncles = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
constexpr const char* kEmptyTrie = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

void append_word(Bytes& to, std::uint64_t number) {
    to.resize(to.size() + kWord);
    store_be(to.data() + to.size() - sizeof number, number);
}

/// Returns the call of a native method in Solidity's ABI: its number, the codec of its parameters, and these as bytes.
Bytes native_input(const Message& message) {
    Bytes out = to_bytes(kNativeSelector);
    append_word(out, message.method);
    append_word(out, message.params.empty() ? 0 : static_cast<std::uint64_t>(Codec::cbor));
    append_word(out, 3 * kWord);  // where the bytes begin
    append_word(out, message.params.size());
    append(out, message.params);
    out.resize(out.size() + (kWord - message.params.size() % kWord) % kWord);
    return out;
}

/// Returns the input of a contract, if the parameters begin with a CBOR byte string or are empty.
std::optional<Bytes> contract_input(BytesView params) {
    if (params.empty()) return Bytes{};
    CborReader reader(params);
    const auto input = reader.bytes();
    if (!input) return std::nullopt;
    return to_bytes(*input);
}

Result<Transaction> native_transaction(const SignedMessage& from, vm::StateTree& state, std::uint64_t chain_id) {
    const Message& message = from.message;
    Transaction out;
    out.chain_id = chain_id;
    out.is_native = true;
    out.message = message;
    std::ranges::copy(from.cid().digest(), out.hash.begin());
    auto sender = ethereum_address_in(state, message.from);
    if (!sender) return std::move(sender).error().with_context("the sender of a message");
    out.from = *sender;
    const auto recipient = ethereum_address_in(state, message.to);
    if (!recipient && recipient.error().code() != Errc::not_found) return recipient.error();
    out.to = recipient ? *recipient : kNobody;
    const bool creates = message.to == Address::id(kEamId) && message.method == actors::eam::kCreateExternal;
    auto input = creates || message.method == kMethodInvokeEvm ? contract_input(message.params) : std::nullopt;
    if (input && creates) out.to.reset();
    out.input = input ? std::move(*input) : native_input(message);
    return out;
}

Json address_or_null(const std::optional<EthereumAddress>& address) {
    return address ? Json(hex_text(*address)) : Json();
}

/// Returns what the sender paid for each unit of the gas used. Source: lotus node/impl/eth/utils.go (newEthTxReceipt).
BigInt effective_gas_price(const Message& message, const Receipt& receipt, const TokenAmount& base_fee) {
    if (receipt.gas_used == 0 || BigInt(receipt.gas_used) > BigInt(message.gas_limit)) return 0;
    const auto paid = vm::settle(receipt.gas_used, static_cast<std::uint64_t>(message.gas_limit), base_fee,
                                 message.gas_fee_cap, message.gas_premium);
    return div_floor(paid.base_fee_burn + paid.miner_tip + paid.over_estimation_burn, BigInt(receipt.gas_used));
}

}  // namespace

Hash256 block_hash(const TipsetKey& key) {
    Hash256 out{};
    std::ranges::copy(chain::tipset_key_cid(key).digest(), out.begin());
    return out;
}

Result<EthereumAddress> ethereum_address_in(vm::StateTree& state, const Address& address) {
    if (address.delegated_space())
        if (const auto direct = chain::ethereum_address(address)) return *direct;
    STRATA_TRY(const auto id, state.resolve(address));
    if (!id) return fail(Errc::not_found, "the address " + address.to_string() + " has no actor");
    STRATA_TRY(const auto actor, state.get(*id));
    if (actor && actor->delegated_address)
        if (const auto found = chain::ethereum_address(*actor->delegated_address)) return *found;
    return chain::masked_id(*id);
}

Result<Transaction> transaction_of(const SignedMessage& message, std::uint64_t chain_id) {
    STRATA_TRY(auto parts, chain::ethereum_transaction(message, chain_id));
    STRATA_TRY(const auto from, chain::ethereum_address(message.message.from));
    return Transaction{.chain_id = parts.form == EthereumForm::homestead ? 0 : chain_id,
                       .hash = parts.hash,
                       .type = std::uint64_t{parts.form == EthereumForm::eip1559 ? 2U : 0U},
                       .from = from,
                       .to = parts.to,
                       .input = std::move(parts.input),
                       .message = message.message,
                       .v = std::move(parts.v),
                       .r = std::move(parts.r),
                       .s = std::move(parts.s)};
}

Result<Transaction> transaction_of(const SignedMessage& message, vm::StateTree& state, std::uint64_t chain_id) {
    return message.signature.type == Signature::Type::delegated ? transaction_of(message, chain_id)
                                                                : native_transaction(message, state, chain_id);
}

Json print(const Transaction& transaction, const std::optional<TransactionPlace>& place) {
    const Message& message = transaction.message;
    Json out{{"chainId", quantity(transaction.chain_id)},
             {"nonce", quantity(message.nonce)},
             {"hash", hex_text(transaction.hash)},
             {"blockHash", nullptr},
             {"blockNumber", nullptr},
             {"transactionIndex", nullptr},
             {"from", hex_text(transaction.from)},
             {"to", address_or_null(transaction.to)},
             {"value", quantity(message.value)},
             {"type", quantity(transaction.type)},
             {"input", hex_text(transaction.input)},
             {"gas", quantity(message.gas_limit)},
             // Lotus prints null for a signed Ethereum transaction, whose list is always empty.
             {"accessList", transaction.is_native ? Json::array() : Json()},
             {"v", quantity(transaction.v)},
             {"r", quantity(transaction.r)},
             {"s", quantity(transaction.s)}};
    if (place) {
        out["blockHash"] = hex_text(place->block);
        out["blockNumber"] = quantity(place->number);
        out["transactionIndex"] = quantity(place->index);
    }
    if (transaction.type == 0) {
        out["gasPrice"] = quantity(message.gas_fee_cap);
    } else {
        out["maxFeePerGas"] = quantity(message.gas_fee_cap);
        out["maxPriorityFeePerGas"] = quantity(message.gas_premium);
    }
    return out;
}

Result<Json> print_receipt(const Transaction& transaction, const TransactionPlace& place,
                           const TransactionOutcome& outcome) {
    const Receipt& receipt = outcome.receipt;
    Json contract;
    if (!transaction.to && receipt.exit_code == 0) {
        auto created = from_cbor<actors::eam::CreateReturn>(receipt.return_data);
        if (!created) return std::move(created).error().with_context("failed to parse contract creation result");
        contract = hex_text(created->eth_address);
    }
    return Json{{"transactionHash", hex_text(transaction.hash)},
                {"transactionIndex", quantity(place.index)},
                {"blockHash", hex_text(place.block)},
                {"blockNumber", quantity(place.number)},
                {"from", hex_text(transaction.from)},
                {"to", address_or_null(transaction.to)},
                {"root", kZeroHash},
                {"status", receipt.exit_code == 0 ? "0x1" : "0x0"},
                {"contractAddress", std::move(contract)},
                {"cumulativeGasUsed", "0x0"},  // as Lotus
                {"gasUsed", quantity(receipt.gas_used)},
                {"effectiveGasPrice", quantity(effective_gas_price(transaction.message, receipt, outcome.base_fee))},
                {"logsBloom", hex_text(outcome.bloom.bits)},
                {"logs", outcome.logs},
                {"type", quantity(transaction.type)}};
}

Json print_log(const EthereumAddress& emitter, const chain::EthereumLog& log, const LogPlace& place) {
    Json topics = Json::array();
    for (const auto& topic : log.topics) topics.push_back(hex_text(topic));
    return {{"address", hex_text(emitter)},
            {"data", hex_text(log.data)},
            {"topics", std::move(topics)},
            {"removed", place.removed},
            {"logIndex", quantity(place.number)},
            {"transactionIndex", quantity(place.transaction.index)},
            {"transactionHash", hex_text(place.hash)},
            {"blockHash", hex_text(place.transaction.block)},
            {"blockNumber", quantity(place.transaction.number)}};
}

Result<Json> print_block(Blockstore& blocks, const ExecutedTipset& executed, const BlockForm& form) {
    const chain::Tipset& tipset = *executed.tipset;
    STRATA_TRY(auto state, vm::StateTree::load(blocks, executed.state_root));
    TransactionPlace place{.block = block_hash(tipset.key()), .number = tipset.height()};
    Json transactions = Json::array();
    std::uint64_t gas_used = 0;
    for (std::size_t i = 0; i < executed.messages.size(); ++i) {
        gas_used += executed.receipts[i].gas_used;
        place.index = i;
        STRATA_TRY(const auto transaction, transaction_of(executed.messages[i], state, form.chain_id));
        transactions.push_back(form.full ? print(transaction, place) : Json(hex_text(transaction.hash)));
    }
    return Json{{"hash", hex_text(place.block)},
                {"parentHash", hex_text(form.parent)},
                {"sha3Uncles", kNoUncles},
                {"miner", hex_text(EthereumAddress{})},
                {"stateRoot", kZeroHash},
                {"transactionsRoot", transactions.empty() ? kEmptyTrie : kZeroHash},
                {"receiptsRoot", kZeroHash},
                {"logsBloom", hex_text(form.bloom.bits)},
                {"difficulty", "0x0"},
                {"totalDifficulty", "0x0"},
                {"number", quantity(tipset.height())},
                {"gasLimit", quantity(chain::kBlockGasLimit * static_cast<std::int64_t>(tipset.blocks().size()))},
                {"gasUsed", quantity(gas_used)},
                {"timestamp", quantity(tipset.min_ticket_block().timestamp)},
                {"extraData", "0x"},
                {"mixHash", kZeroHash},
                {"nonce", "0x0000000000000000"},
                {"baseFeePerGas", quantity(tipset.parent_base_fee())},
                {"size", "0x0"},
                {"transactions", std::move(transactions)},
                {"uncles", Json::array()}};
}

}  // namespace strata::api
