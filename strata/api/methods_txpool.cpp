// Answers Ethereum's methods about the message pool, in go-ethereum's forms: a sender's transactions without a gap
// after its nonce on the chain are pending, later ones are queued. Only Ethereum transactions are listed, because
// addresses of other messages may not have Ethereum forms yet. Lotus has no such methods. Source: go-ethereum
// internal/ethapi (TxPoolAPI).
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_transaction.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>

namespace strata::api {
namespace {

/// The transactions of one sender, by nonce.
using Sender = std::map<Nonce, Transaction>;

struct Pool {
    std::map<EthereumAddress, Sender> pending, queued;
};

/// Returns the nonce of a sender on the chain; 0 if it has no actor yet.
Result<Nonce> nonce_of(vm::StateTree& state, const Address& sender) {
    STRATA_TRY(const auto id, state.resolve(sender));
    if (!id) return 0;
    STRATA_TRY(const auto actor, state.get(*id));
    return actor ? actor->sequence : 0;
}

Result<Pool> pool_of(Context& context, const std::optional<EthereumAddress>& only = {}) {
    std::vector<chain::PoolEntry> entries;
    if (only) {
        STRATA_TRY(const auto sender, chain::filecoin_address(*only));
        STRATA_TRY(entries, context.chain.pending_from(sender));
    } else {
        STRATA_TRY(entries, context.chain.pending());
    }
    std::map<EthereumAddress, Sender> all;
    for (const auto& entry : entries) {
        STRATA_OK(context.check_may_continue());
        if (entry.message.signature.type != Signature::Type::delegated) continue;
        auto transaction = transaction_of(entry.message, context.chain.network().chain_id);
        if (!transaction) continue;
        const EthereumAddress from = transaction->from;
        all[from].emplace(transaction->message.nonce, std::move(*transaction));
    }
    STRATA_TRY(auto state, context.chain.head_state());
    Pool out;
    for (auto& [from, transactions] : all) {
        STRATA_TRY(const auto address, chain::filecoin_address(from));
        STRATA_TRY(Nonce next, nonce_of(state, address));
        for (auto& [nonce, transaction] : transactions) {
            auto& list = nonce == next ? out.pending : out.queued;
            if (nonce == next) ++next;
            list[from].emplace(nonce, std::move(transaction));
        }
    }
    return out;
}

Json print_all(const Transaction& transaction) {
    return print(transaction, std::nullopt);
}
/// Returns a line for people.
Json print_line(const Transaction& transaction) {
    const Message& message = transaction.message;
    return (transaction.to ? hex_text(*transaction.to) : std::string("contract creation")) + ": " +
           message.value.to_string() + " wei + " + std::to_string(message.gas_limit) + " gas × " +
           message.gas_fee_cap.to_string() + " wei";
}

using Print = Json (*)(const Transaction&);

Json print(const Sender& sender, Print one) {
    Json out = Json::object();
    for (const auto& [nonce, transaction] : sender) out[std::to_string(nonce)] = one(transaction);
    return out;
}
Json print(const std::map<EthereumAddress, Sender>& senders, Print one) {
    Json out = Json::object();
    for (const auto& [from, sender] : senders) out[hex_text(from)] = print(sender, one);
    return out;
}

Result<Json> content(Context& context) {
    STRATA_TRY(const auto pool, pool_of(context));
    return Json{{"pending", print(pool.pending, print_all)}, {"queued", print(pool.queued, print_all)}};
}
Result<Json> inspect(Context& context) {
    STRATA_TRY(const auto pool, pool_of(context));
    return Json{{"pending", print(pool.pending, print_line)}, {"queued", print(pool.queued, print_line)}};
}
Result<Json> content_from(Context& context, const HexAddress& sender) {
    STRATA_TRY(auto pool, pool_of(context, sender.value));
    return Json{{"pending", print(pool.pending[sender.value], print_all)},
                {"queued", print(pool.queued[sender.value], print_all)}};
}

std::uint64_t count(const std::map<EthereumAddress, Sender>& senders) {
    std::uint64_t out = 0;
    for (const auto& [from, sender] : senders) out += sender.size();
    return out;
}
Result<Json> status(Context& context) {
    STRATA_TRY(const auto pool, pool_of(context));
    return Json{{"pending", quantity(count(pool.pending))}, {"queued", quantity(count(pool.queued))}};
}

}  // namespace

void add_txpool_methods(MethodTable& table) {
    table.add("TxpoolContent", content, Cost::expensive);
    table.add("TxpoolContentFrom", content_from, Cost::expensive);
    table.add("TxpoolInspect", inspect, Cost::expensive);
    table.add("TxpoolStatus", status, Cost::expensive);
    table.alias("txpool_content", "TxpoolContent");
    table.alias("txpool_contentFrom", "TxpoolContentFrom");
    table.alias("txpool_inspect", "TxpoolInspect");
    table.alias("txpool_status", "TxpoolStatus");
}

}  // namespace strata::api
