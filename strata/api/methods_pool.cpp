// Answers methods about messages on their way into a block, and about the fees that they should bid. Source: lotus
// node/impl/full/{mpool,gas,state}.go.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/execution_failure.hpp>
#include <strata/chain/gas_estimate.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

using chain::AddKind;

constexpr std::uint32_t kOutOfGas = 7;  // docs/protocol/fvm.md §3.5: SYS_OUT_OF_GAS
// The defaults of lotus chain/messagepool/config.go.
constexpr double kReplaceByFeeRatio = 1.25;
constexpr std::int64_t kPruneCooldown = 60'000'000'000;  // nanoseconds
constexpr double kGasLimitOverestimation = 1.25;

Result<Json> push_as(Context& context, const SignedMessage& message, AddKind kind) {
    STRATA_TRY(const Cid cid, context.chain.push(message, kind));
    return context.print(cid);
}
Result<Json> push(Context& context, const SignedMessage& message) {
    return push_as(context, message, AddKind::local);
}
Result<Json> push_untrusted(Context& context, const SignedMessage& message) {
    return push_as(context, message, AddKind::untrusted);
}

/// Pushes messages one by one; ends at the first one that is refused, as in Lotus.
Result<Json> push_all(Context& context, const std::vector<SignedMessage>& messages, AddKind kind) {
    Json out;
    for (const auto& message : messages) {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(const Cid cid, context.chain.push(message, kind));
        out.push_back(context.print(cid));
    }
    return out;
}
Result<Json> push_batch(Context& context, const std::vector<SignedMessage>& messages) {
    return push_all(context, messages, AddKind::local);
}
Result<Json> push_batch_untrusted(Context& context, const std::vector<SignedMessage>& messages) {
    return push_all(context, messages, AddKind::untrusted);
}

/// Returns the nonce of the next message from an address. Of a contract or a multisig, which send no messages of their
/// own, it is the actor's (lotus chain/messagepool, getStateNonce), unless it is named by its ID.
Result<Json> next_nonce(Context& context, const Address& address) {
    STRATA_OK(check_defined(address));
    const auto nonce = context.chain.next_nonce(address);
    if (nonce) return Json(*nonce);
    if (nonce.error().code() == Errc::not_found) return not_resolved(context, address);
    if (nonce.error().is_fatal() || address.protocol() == Address::Protocol::id) return nonce.error();
    STRATA_TRY(auto state, context.chain.head_state());
    STRATA_TRY(const auto actor, load_actor(context, state, address));
    return Json(actor.sequence);
}

Result<Text> pending(Context& context, const TipsetKey&) {
    auto out = context.list();
    STRATA_TRY(const auto entries, context.chain.pending());
    for (const auto& entry : entries) STRATA_OK(out.add(context.print(entry.message)));
    return std::move(out).finish();
}

chain::TicketQuality ticket_quality(double share) {
    return {static_cast<std::uint32_t>(share * UINT32_MAX)};
}

/// Selects the messages for a block on the tipset. The block's ticket is assumed to be better than a fraction `quality`
/// (0 to 1) of all tickets.
Result<Text> select(Context& context, const TipsetKey& key, const double& quality) {
    if (!(quality >= 0 && quality <= 1))
        return fail(Errc::out_of_range,
                    "the quality of the ticket is " + std::to_string(quality) + ", expected a number from 0 to 1");
    STRATA_TRY(const auto tipset, context.tipset(key));
    STRATA_TRY(const auto messages, context.chain.select(tipset, ticket_quality(quality)));
    auto out = context.list();
    for (const auto& message : messages) STRATA_OK(out.add(context.print(message)));
    return std::move(out).finish_or_null();
}

Result<Json> config(Context& context) {
    const chain::PoolLimits limits;
    auto [high, low] = std::pair(limits.high, limits.low);
    if (context.options.control != nullptr) std::tie(high, low) = context.options.control->pool_size();
    return Json{{"PriorityAddrs", nullptr},
                {"SizeLimitHigh", high},
                {"SizeLimitLow", low},
                {"ReplaceByFeeRatio", kReplaceByFeeRatio},
                {"PruneCooldown", kPruneCooldown},
                {"GasLimitOverestimation", kGasLimitOverestimation}};
}

/// Sets the sizes until the node stops. The other settings are fixed here, so a change of them is refused.
Result<Json> set_config(Context& context, const PoolConfig& wanted) {
    STRATA_TRY(auto* const control, control_of(context));
    if (wanted.replace_by_fee_ratio != kReplaceByFeeRatio || wanted.prune_cooldown != kPruneCooldown ||
        wanted.gas_limit_overestimation != kGasLimitOverestimation)
        return fail(Errc::unsupported, "only SizeLimitHigh and SizeLimitLow can be changed on this node");
    if (wanted.high < 0 || wanted.low < 0)
        return fail(Errc::invalid_argument, "a size of the pool is negative, expected at least 1");
    STRATA_OK(control->set_pool_size(static_cast<std::size_t>(wanted.high), static_cast<std::size_t>(wanted.low)));
    return Json();
}

Result<Json> clear(Context& context, const bool& also_local) {
    STRATA_TRY(auto* const control, control_of(context));
    STRATA_OK(control->clear_pool(also_local));
    return Json();
}

/// Returns the gas that a message needs when it is executed, or the reason why it fails (lotus
/// node/impl/gasutils/gasutils.go).
Answered<std::int64_t> gas_used(Context& context, const chain::TipsetPtr& base, const Message& message) {
    STRATA_TRY(const auto applied, context.chain.run_for_gas(base, message));
    const auto& receipt = applied.receipt;
    if (receipt.exit_code == kOutOfGas) return Fault(Code::out_of_gas, "call ran out of gas");
    if (receipt.exit_code == 0) return static_cast<std::int64_t>(receipt.gas_used);
    auto failure = chain::describe_failure(applied);
    return Fault(Code::execution_reverted, std::move(failure.text), "0x" + to_hex(failure.returned));
}

Answered<Json> message_gas(Context& context, const Draft& draft, const std::optional<SendSpec>& spec,
                           const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    auto priced = context.chain.estimate_gas(base, draft.message, spec.value_or(SendSpec{}).max_fee);
    if (!priced) {
        if (priced.error().code() != Errc::verification) return priced.error();
        // The message failed, so it is run once more to find the code of the error.
        if (const auto used = gas_used(context, base, draft.message); !used) return used.error();
        return priced.error();
    }
    if (spec && spec->maximize_fee_cap) cap_fee(*priced, *spec);
    Json out = context.print(*priced);
    if (draft.has_params) out["Params"] = context.print(BytesView(priced->params));
    return out;
}
/// Returns the gas used, without the reserve that GasEstimateMessageGas adds.
Answered<Json> gas_limit(Context& context, const Message& message, const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    const auto used = gas_used(context, base, message);
    if (!used) return used.error();
    return Json(*used);
}
/// Returns a fee cap for a message that may wait for `blocks` blocks.
Result<Json> fee_cap(Context& context, const Message& message, const std::int64_t& blocks, const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    const auto wait = static_cast<std::uint64_t>(std::max<std::int64_t>(blocks, 0));
    return context.print(chain::estimate_fee_cap(*base, message.gas_premium, wait));
}
/// Returns a premium. As in Lotus, sender and gas limit are ignored.
Result<Json> premium(Context& context, const std::uint64_t& blocks, const Address&, const std::int64_t&,
                     const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    STRATA_TRY(const auto premium, context.chain.estimate_premium(base, blocks));
    return context.print(premium);
}

}  // namespace

void add_pool_methods(MethodTable& table) {
    table.add("MpoolPush", push);
    table.add("MpoolPushUntrusted", push_untrusted);
    table.add("MpoolBatchPush", push_batch, Cost::expensive);
    table.add("MpoolBatchPushUntrusted", push_batch_untrusted, Cost::expensive);
    table.add("MpoolGetNonce", next_nonce);
    table.add("MpoolPending", pending, Cost::expensive);
    table.add("MpoolSelect", select, Cost::slow);
    table.add("MpoolGetConfig", config);
    table.add("MpoolSetConfig", set_config);
    table.add("MpoolClear", clear);
    table.add("GasEstimateMessageGas", message_gas, Cost::slow);
    table.add("GasEstimateGasLimit", gas_limit, Cost::slow);
    table.add("GasEstimateFeeCap", fee_cap, Cost::expensive);
    table.add("GasEstimateGasPremium", premium, Cost::expensive);
}

}  // namespace strata::api
