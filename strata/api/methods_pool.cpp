// Messages on their way into a block, and what they should bid. Source: lotus node/impl/full/{mpool,gas,state}.go.
#include <strata/api/method_table.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/gas_estimate.hpp>

namespace strata::api {
namespace {

using chain::AddKind;

Result<Json> push_as(Context& context, const SignedMessage& message, AddKind kind) {
    STRATA_TRY(const Cid cid, context.node.push(message, kind));
    return context.print(cid);
}
Result<Json> push(Context& context, const SignedMessage& message) {
    return push_as(context, message, AddKind::local);
}
Result<Json> push_untrusted(Context& context, const SignedMessage& message) {
    return push_as(context, message, AddKind::untrusted);
}

Result<Json> next_nonce(Context& context, const Address& address) {
    STRATA_TRY(const Nonce nonce, context.node.pool().next_nonce(address));
    return Json(nonce);
}

Result<Json> pending(Context& context, const TipsetKey&) {
    Json out = Json::array();
    for (const auto& entry : context.node.pool().pending()) out.push_back(context.print(entry.message));
    return out;
}

Result<Json> message_gas(Context& context, const Draft& draft, const std::optional<SendSpec>& spec,
                         const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    STRATA_TRY(const auto priced, chain::estimate_gas(context.node.states(), context.node.pool(), base, draft.message,
                                                      spec.value_or(SendSpec{}).max_fee));
    Json out = context.print(priced);
    if (draft.has_params) out["Params"] = context.print(BytesView(priced.params));
    return out;
}
Result<Json> gas_limit(Context& context, const Message& message, const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    STRATA_TRY(const auto limit, chain::estimate_gas_limit(context.node.states(), context.node.pool(), base, message));
    return Json(limit);
}
/// `blocks`: how long the message may wait.
Result<Json> fee_cap(Context& context, const Message& message, const std::int64_t& blocks, const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    const auto wait = static_cast<std::uint64_t>(std::max<std::int64_t>(blocks, 0));
    return context.print(chain::estimate_fee_cap(*base, message.gas_premium, wait));
}
/// Sender and gas limit are not looked at, as in Lotus.
Result<Json> premium(Context& context, const std::uint64_t& blocks, const Address&, const std::int64_t&,
                     const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    STRATA_TRY(const auto premium, chain::estimate_premium(context.node.states(), base, blocks));
    return context.print(premium);
}

Json gas_cost(const Printer& print, const Cid& cid, const vm::Applied& applied, const Message& message) {
    const auto& s = applied.settlement;
    const TokenAmount total = message.gas_fee_cap * BigInt(message.gas_limit) - s.refund;
    return {{"Message", print(cid)},
            {"GasUsed", std::to_string(applied.receipt.gas_used)},
            {"BaseFeeBurn", print(s.base_fee_burn)},
            {"OverEstimationBurn", print(s.over_estimation_burn)},
            {"MinerPenalty", print(s.penalty)},
            {"MinerTip", print(s.miner_tip)},
            {"Refund", print(s.refund)},
            {"TotalCost", print(total)}};
}

/// The outermost call only: what it called and paid for is not recorded.
Json trace(const Printer& print, const Message& message, const Receipt& receipt) {
    Json call{{"From", print(message.from)},
              {"To", print(message.to)},
              {"Value", print(message.value)},
              {"Method", message.method},
              {"Params", print.bytes_or_null(message.params)},
              {"ParamsCodec", 0},
              {"GasLimit", message.gas_limit},
              {"ReadOnly", false}};
    Json done{
        {"ExitCode", receipt.exit_code}, {"Return", print.bytes_or_null(receipt.return_data)}, {"ReturnCodec", 0}};
    return {{"Msg", std::move(call)},      {"MsgRct", std::move(done)}, {"InvokedActor", nullptr},
            {"GasCharges", Json::array()}, {"Subcalls", nullptr},       {"Logs", nullptr},
            {"IpldOps", nullptr}};
}

/// On the state before the tipset's messages, in the epoch after its parent; free of charge.
Result<Json> call(Context& context, const Message& asked, const TipsetKey& key) {
    STRATA_TRY(const auto tipset, context.tipset(key));
    TipsetKey base_key = tipset->key();
    if (tipset->height() > 0) base_key = tipset->parents();
    STRATA_TRY(const auto base, context.node.chain().tipset(base_key));
    Message message = asked;
    if (message.gas_limit == 0 || message.gas_limit > chain::kBlockGasLimit) message.gas_limit = chain::kBlockGasLimit;
    STRATA_TRY(const auto applied, context.node.states().simulate(base, {{message, to_cbor(message).size()}},
                                                                  chain::StateManager::Simulate::free));
    const auto& print = context.print;
    const Cid cid = asked.cid();
    return Json{{"MsgCid", print(cid)},
                {"Msg", print(message)},
                {"MsgRct", print(applied.receipt)},
                {"GasCost", gas_cost(print, cid, applied, message)},
                {"ExecutionTrace", trace(print, message, applied.receipt)},
                {"Error", applied.failure},
                {"Duration", 0}};
}

}  // namespace

void add_pool_methods(MethodTable& table) {
    table.add("MpoolPush", push);
    table.add("MpoolPushUntrusted", push_untrusted);
    table.add("MpoolGetNonce", next_nonce);
    table.add("MpoolPending", pending);
    table.add("GasEstimateMessageGas", message_gas);
    table.add("GasEstimateGasLimit", gas_limit);
    table.add("GasEstimateFeeCap", fee_cap);
    table.add("GasEstimateGasPremium", premium);
    table.add("StateCall", call);
}

}  // namespace strata::api
