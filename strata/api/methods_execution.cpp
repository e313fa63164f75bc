// Answers methods that execute messages and say what happened in them. Source: lotus node/impl/full/state.go,
// chain/stmgr/{call,stmgr,utils}.go.
#include <nlohmann/json.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/api/ethereum_call.hpp>
#include <strata/api/json_trace.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/sandbox.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::api {
namespace {

/// Checks that the sender exists, as Lotus does before it runs anything (chain/stmgr/call.go).
Status check_sender(Context& context, const Cid& root, const Address& from) {
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), root));
    STRATA_TRY(const auto id, state.resolve(from));
    if (id) {
        STRATA_TRY(const auto actor, state.get(*id));
        if (actor) return {};
    }
    return fail(Errc::not_found, "sender " + context.print.text(from) + " not found on chain: actor not found");
}

struct Called {
    Message message;  // as it ran, with the sender's nonce
    vm::Applied applied;
};

/// Executes a message free of charge in a tipset: on the state that its headers name, after those of its messages that
/// have the same sender, and before cron (lotus chain/stmgr/call.go, execSameSenderMessages). Lotus gives it as much
/// gas as a number can hold; here it has that of a block. A tipset whose parents stand at an upgrade gives way to them,
/// as in Lotus (node/impl/full/state.go, StateCall).
Result<Called> called(Context& context, const Message& asked, const TipsetKey& key) {
    STRATA_TRY(auto tipset, context.tipset(key));
    auto base = tipset;
    while (tipset->height() > 0) {
        STRATA_TRY(base, context.chain.parent(*tipset));
        if (!refuse_upgrade(context, *base)) break;
        tipset = base;  // the state of its parents has no upgrade ahead of it
    }
    STRATA_OK(check_sender(context, tipset->parent_state_root(), asked.from));
    STRATA_TRY(const auto blocks, context.chain.messages_of(*tipset));
    Called out{asked, {}};
    auto& limit = out.message.gas_limit;
    if (limit == 0 || limit > chain::kBlockGasLimit) limit = chain::kBlockGasLimit;
    STRATA_OK(context.chain.sandbox(base, [&](chain::Sandbox& box) -> Status {
        auto block = chain::SandboxBlock::of(*tipset);
        if (!asked.gas_fee_cap.is_zero()) block.base_fee = tipset->parent_base_fee();
        STRATA_TRY(const auto executor, box.open(box.root(), block));
        for (const auto& messages : blocks)
            for (const auto& [message, length] : messages)
                if (message.from == asked.from)
                    STRATA_OK(executor->apply(message, vm::ApplyKind::explicit_message, length));
        STRATA_OK(prepare_sender(box, *executor, out.message));
        STRATA_TRY(out.applied, executor->apply(out.message, vm::ApplyKind::implicit_message, to_cbor(asked).size()));
        return {};
    }));
    return out;
}

Result<Text> call(Context& context, const Message& asked, const TipsetKey& key) {
    STRATA_TRY(const auto done, called(context, asked, key));
    return invocation_result(context.print, done.message.cid(), done.message, done.applied, context.limits.answer_bytes,
                             true);
}

/// Asks the market which data a sector with these deals must have; null for a sector without deals.
Result<Json> data_cid(Context& context, const Address& miner, const std::int64_t& seal_proof,
                      const std::vector<DealId>& deals, const TipsetKey& key) {
    namespace market = actors::market;
    if (deals.empty()) return Json();
    const market::SectorDeals sector{.sector_number = 0,
                                     .sector_type = static_cast<RegisteredSealProof>(seal_proof),
                                     .sector_expiry = std::numeric_limits<ChainEpoch>::max(),
                                     .deal_ids = deals};
    Message ask;
    ask.from = miner;
    ask.to = Address::id(kMarketId);
    ask.method = market::kVerifyDealsForActivation;
    ask.params = to_cbor(market::VerifyDealsForActivationParams{{sector}});
    auto done = called(context, ask, key);
    if (!done) return std::move(done).error().with_context("calling VerifyDealsForActivation");
    const auto& receipt = done->applied.receipt;
    if (receipt.exit_code != 0)
        return fail(Errc::verification,
                    "receipt for VerifyDealsForActivation had exit code " + std::to_string(receipt.exit_code));
    STRATA_TRY(const auto answer, from_cbor<market::VerifyDealsForActivationReturn>(receipt.return_data));
    if (answer.unsealed_cids.size() != 1 || !answer.unsealed_cids[0])
        return fail(Errc::verification, "the market gave no data CID for these deals");
    return context.print(*answer.unsealed_cids[0]);
}

/// Executes the tipset that includes a message again. With the empty key the message is looked for, and its
/// replacement counts too.
Result<Text> replay(Context& context, const TipsetKey& key, const Cid& asked) {
    Cid message = asked;
    chain::TipsetPtr tipset;
    if (key.empty()) {
        STRATA_TRY(const auto found, context.chain.search(asked));
        if (!found) return fail(Errc::not_found, "didn't find msg " + asked.to_string());
        message = found->message;
        STRATA_TRY(tipset, context.chain.tipset(found->executed_in->parents()));
    } else {
        STRATA_TRY(tipset, context.tipset(key));
    }
    STRATA_TRY(const auto done, context.chain.trace(*tipset));
    for (const auto* one : done.in_order())
        if (one->name() == message || one->cid == message)
            return invocation_result(context.print, message, one->message, one->applied, context.limits.answer_bytes);
    return fail(Errc::not_found, "given message not found in tipset");
}

/// Checks that messages use no more gas than a block may. Lotus has no limit, but asks for a token.
Status check_gas(const std::vector<Message>& messages) {
    std::int64_t left = chain::kBlockGasLimit;
    for (const auto& message : messages) {
        if (message.gas_limit < 0)
            return fail(Errc::invalid_argument,
                        "the gas limit of a message is " + std::to_string(message.gas_limit) + ", expected 0 or more");
        if (message.gas_limit > left)
            return fail(Errc::too_large, "the gas limits of the messages sum to more than " +
                                             std::to_string(chain::kBlockGasLimit) +
                                             ", the gas of one block; compute fewer messages at a time");
        left -= message.gas_limit;
    }
    return {};
}

/// Executes a tipset again, and then messages as if they were in a block of epoch `height`. Returns what happened in
/// all messages.
Result<Text> compute(Context& context, const std::int64_t& height, const std::vector<Message>& messages,
                     const TipsetKey& key) {
    if (height < 0)
        return fail(Errc::invalid_argument, "the height is " + std::to_string(height) + ", expected 0 or more");
    STRATA_OK(check_gas(messages));
    STRATA_TRY(const auto tipset, context.tipset(key));
    STRATA_TRY(const auto done, context.chain.trace_with(*tipset, height, messages));
    Text out{"{\"Root\":" + text_of(context.print(done.state.state_root)) + ",\"Trace\":"};
    char separator = '[';
    for (const auto* one : done.in_order()) {
        STRATA_OK(context.check_may_continue());
        const std::size_t left = context.limits.answer_bytes - std::min(context.limits.answer_bytes, out.json.size());
        STRATA_TRY(const auto result, invocation_result(context.print, one->name(), one->message, one->applied, left));
        out.json += separator + result.json;
        separator = ',';
    }
    // Genesis executes nothing.
    out.json += separator == '[' ? "null}" : "]}";
    return out;
}

}  // namespace

void add_execution_methods(MethodTable& table) {
    table.add("StateComputeDataCID", data_cid, Cost::slow);
    table.add("StateCall", call, Cost::slow);
    table.add("StateReplay", replay, Cost::slow);
    table.add("StateCompute", compute, Cost::slow);
}

}  // namespace strata::api
