// Answers the Ethereum methods about blocks, transactions and receipts. Source: docs/protocol/node.md §29; lotus
// node/impl/eth/transaction.go.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_lookup.hpp>
#include <strata/api/ethereum_receipts.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/network.hpp>

namespace strata::api {
namespace {

using chain::Chain;

std::uint64_t chain_id(const Context& context) {
    return context.chain.network().chain_id;
}

Answered<Json> block_at(Context& context, const EthereumBlock& block, bool full) {
    const auto at = block_of(context, block);
    if (!at) return at.error();
    auto out =
        at->null_round ? null_block_json(context, *at) : block_json(context.chain, context.options, at->tipset, full);
    if (!out) return out.error();
    return std::move(*out);
}
Answered<Json> block_by_number(Context& context, const EthereumNumber& number, const bool& full) {
    return block_at(context, number.block, full);
}
Answered<Json> block_by_hash(Context& context, const HexHash& hash, const bool& full) {
    return block_at(context, {.tag = {}, .number = {}, .hash = hash.value}, full);
}

Answered<Json> count_at(Context& context, const EthereumBlock& block) {
    const auto at = block_of(context, block);
    if (!at) return at.error();
    if (at->null_round) return Json("0x0");
    const auto messages = chain::messages_in_order(context.chain, *at->tipset);
    if (!messages) return messages.error();
    return Json(quantity(messages->size()));
}
Answered<Json> count_by_number(Context& context, const EthereumNumber& number) {
    return count_at(context, number.block);
}
Answered<Json> count_by_hash(Context& context, const HexHash& hash) {
    return count_at(context, {.tag = {}, .number = {}, .hash = hash.value});
}

Result<Json> transaction_in(Context& context, const chain::TipsetPtr& tipset, std::uint64_t index) {
    STRATA_TRY(const auto messages, chain::messages_in_order(context.chain, *tipset));
    if (index >= messages.size())
        return fail(Errc::out_of_range, "index " + std::to_string(index) + " out of range: tipset contains " +
                                            std::to_string(messages.size()) + " messages");
    STRATA_TRY(const auto after, context.chain.state_after(tipset));
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), after.state_root));
    STRATA_TRY(const auto transaction, transaction_of(messages[index], state, chain_id(context)));
    return print(transaction, TransactionPlace{block_hash(tipset->key()), tipset->height(), index});
}
Answered<Json> transaction_at(Context& context, const EthereumBlock& block, const Quantity& index) {
    const auto at = block_of(context, block);
    if (!at) return at.error();
    if (at->null_round)
        return fail(Errc::out_of_range,
                    "index " + std::to_string(index.value) + " out of range: tipset contains 0 messages");
    auto out = transaction_in(context, at->tipset, index.value);
    if (!out) return out.error();
    return std::move(*out);
}
Answered<Json> transaction_by_number(Context& context, const EthereumNumber& number, const Quantity& index) {
    return transaction_at(context, number.block, index);
}
Answered<Json> transaction_by_hash_and_index(Context& context, const HexHash& hash, const Quantity& index) {
    return transaction_at(context, {.tag = {}, .number = {}, .hash = hash.value}, index);
}

/// Prints a message that waits. Only Ethereum transactions are printed: addresses of other messages may not have
/// Ethereum forms yet.
Result<Json> waiting_transaction(Context& context, const SignedMessage& message) {
    if (message.signature.type != Signature::Type::delegated) return Json();
    STRATA_TRY(const auto transaction, transaction_of(message, chain_id(context)));
    return print(transaction, std::nullopt);
}

Result<Json> executed_transaction(Context& context, const PlacedMessage& found) {
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), found.child->parent_state_root()));
    STRATA_TRY(const auto transaction, transaction_of(found.message, state, chain_id(context)));
    return print(transaction, found.place());
}

Result<Json> transaction_by_hash_within(Context& context, const std::optional<HexHash>& hash,
                                        const ChainEpoch& lookback) {
    if (!hash) return Json();
    STRATA_TRY(const auto named, message_named(context, hash->value));
    STRATA_TRY(const auto found, find_executed(context, named.cid, lookback));
    if (found) return executed_transaction(context, *found);
    if (named.waiting) return waiting_transaction(context, *named.waiting);
    STRATA_OK(check_absence(context, hash->value));
    return Json();
}
Result<Json> transaction_by_hash(Context& context, const std::optional<HexHash>& hash) {
    return transaction_by_hash_within(context, hash, Chain::kNoLimit);
}

Result<Json> receipt_within(Context& context, const HexHash& hash, const ChainEpoch& lookback) {
    STRATA_TRY(const auto named, message_named(context, hash.value));
    STRATA_TRY(const auto found, find_executed(context, named.cid, lookback));
    if (!found) {
        if (!named.waiting) STRATA_OK(check_absence(context, hash.value));
        return Json();
    }
    STRATA_TRY(const auto executed, chain::executed_tipset(context.chain, found->tipset, *found->child));
    STRATA_TRY(auto receipts, receipts_of(context, executed, found->position));
    return std::move(receipts.front());
}
Result<Json> receipt(Context& context, const HexHash& hash) {
    return receipt_within(context, hash, Chain::kNoLimit);
}

Answered<Text> block_receipts_within(Context& context, const EthereumBlock& block, const ChainEpoch& lookback) {
    const auto at = block_of(context, block);
    if (!at) return at.error();
    if (at->null_round) return Text{"[]"};
    if (lookback > Chain::kNoLimit && at->tipset->height() < context.chain.head()->height() - lookback)
        return fail(Errc::out_of_range,
                    "tipset " + at->tipset->key().to_string() + " is older than the allowed lookback limit");
    auto out = block_receipts_text(context, at->tipset);
    if (!out) return out.error();
    return std::move(*out);
}
Answered<Text> block_receipts(Context& context, const EthereumBlock& block) {
    return block_receipts_within(context, block, Chain::kNoLimit);
}

Result<Json> message_cid(Context& context, const std::optional<HexHash>& hash) {
    if (!hash) return Json();
    STRATA_TRY(const auto named, message_named(context, hash->value));
    if (named.waiting) return context.print(named.cid);
    const auto message = context.chain.find_message(named.cid);
    if (message) return context.print(named.cid);
    if (message.error().code() != Errc::not_found) return message.error();
    STRATA_OK(check_absence(context, hash->value));
    return Json();
}

/// Finds a message by its CID in blocks: in the pool, or among all that this node has.
Result<std::optional<SignedMessage>> message_with(Context& context, const Cid& cid) {
    STRATA_TRY(auto waiting, waiting_message(context, cid));
    if (waiting) return waiting;
    STRATA_TRY(const bool here, context.blocks().has(cid));
    if (!here) return std::optional<SignedMessage>{};
    STRATA_TRY(const Bytes data, context.blocks().get(cid));
    if (auto message = from_cbor<SignedMessage>(data)) return std::optional(std::move(*message));
    if (auto message = from_cbor<Message>(data))
        return std::optional(SignedMessage{std::move(*message), {Signature::Type::bls, {}}});
    return std::optional<SignedMessage>{};
}

Result<Json> hash_of_message(Context& context, const Cid& cid) {
    STRATA_TRY(const auto message, message_with(context, cid));
    if (!message) return Json();
    STRATA_TRY(const auto hash, chain::ethereum_hash(*message, chain_id(context)));
    return Json(hex_text(hash));
}

// Filecoin has no uncles.
Answered<Json> uncles_by_number(Context& context, const EthereumNumber& number) {
    const auto at = block_of(context, number.block);
    return at ? Answered<Json>(Json("0x0")) : at.error();
}
Answered<Json> uncles_by_hash(Context& context, const HexHash& hash) {
    const auto at = block_of(context, {.tag = {}, .number = {}, .hash = hash.value});
    return at ? Answered<Json>(Json("0x0")) : at.error();
}
Answered<Json> uncle_by_number(Context&, const EthereumNumber&, const Quantity&) {
    return Json();
}
Answered<Json> uncle_by_hash(Context&, const HexHash&, const Quantity&) {
    return Json();
}

}  // namespace

void add_ethereum_block_methods(MethodTable& table) {
    table.add("EthGetBlockByNumber", block_by_number, Cost::expensive);
    table.add("EthGetBlockByHash", block_by_hash, Cost::expensive);
    table.add("EthGetBlockTransactionCountByNumber", count_by_number, Cost::expensive);
    table.add("EthGetBlockTransactionCountByHash", count_by_hash, Cost::expensive);
    table.add("EthGetTransactionByBlockNumberAndIndex", transaction_by_number, Cost::expensive);
    table.add("EthGetTransactionByBlockHashAndIndex", transaction_by_hash_and_index, Cost::expensive);
    table.add("EthGetTransactionByHash", transaction_by_hash, Cost::expensive);
    table.add("EthGetTransactionByHashLimited", transaction_by_hash_within, Cost::expensive);
    table.add("EthGetTransactionReceipt", receipt, Cost::expensive);
    table.add("EthGetTransactionReceiptLimited", receipt_within, Cost::expensive);
    table.add("EthGetBlockReceipts", block_receipts, Cost::expensive);
    table.add("EthGetBlockReceiptsLimited", block_receipts_within, Cost::expensive);
    table.add("EthGetMessageCidByTransactionHash", message_cid, Cost::expensive);
    table.add("EthGetTransactionHashByCid", hash_of_message, Cost::expensive);
    table.add("EthGetUncleCountByBlockNumber", uncles_by_number, Cost::expensive);
    table.add("EthGetUncleCountByBlockHash", uncles_by_hash, Cost::expensive);
    table.add("EthGetUncleByBlockNumberAndIndex", uncle_by_number);
    table.add("EthGetUncleByBlockHashAndIndex", uncle_by_hash);
    table.alias("eth_getBlockByNumber", "EthGetBlockByNumber");
    table.alias("eth_getBlockByHash", "EthGetBlockByHash");
    table.alias("eth_getBlockTransactionCountByNumber", "EthGetBlockTransactionCountByNumber");
    table.alias("eth_getBlockTransactionCountByHash", "EthGetBlockTransactionCountByHash");
    table.alias("eth_getTransactionByBlockNumberAndIndex", "EthGetTransactionByBlockNumberAndIndex");
    table.alias("eth_getTransactionByBlockHashAndIndex", "EthGetTransactionByBlockHashAndIndex");
    table.alias("eth_getTransactionByHash", "EthGetTransactionByHash");
    table.alias("eth_getTransactionReceipt", "EthGetTransactionReceipt");
    table.alias("eth_getBlockReceipts", "EthGetBlockReceipts");
    // Forest has names of Ethereum for these, too.
    table.alias("eth_getTransactionByHashLimited", "EthGetTransactionByHashLimited");
    table.alias("eth_getTransactionReceiptLimited", "EthGetTransactionReceiptLimited");
    table.alias("eth_getBlockReceiptsLimited", "EthGetBlockReceiptsLimited");
    table.alias("eth_getMessageCidByTransactionHash", "EthGetMessageCidByTransactionHash");
    table.alias("eth_getTransactionHashByCid", "EthGetTransactionHashByCid");
    table.alias("eth_getUncleCountByBlockNumber", "EthGetUncleCountByBlockNumber");
    table.alias("eth_getUncleCountByBlockHash", "EthGetUncleCountByBlockHash");
    table.alias("eth_getUncleByBlockNumberAndIndex", "EthGetUncleByBlockNumberAndIndex");
    table.alias("eth_getUncleByBlockHashAndIndex", "EthGetUncleByBlockHashAndIndex");
}

}  // namespace strata::api
