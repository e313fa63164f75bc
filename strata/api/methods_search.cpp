// Finds out where a message was executed, or waits for it. Source: lotus node/impl/full/state.go,
// chain/stmgr/searchwait.go.
#include <nlohmann/json.hpp>

#include <set>

#include <strata/api/method_shapes.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/index/chain_index.hpp>

namespace strata::api {
namespace {

using Lookup = chain::MessageLookup;

Json json_of(const Printer& print, const Lookup& found) {
    return {{"Message", print(found.message)},
            {"Receipt", print(found.receipt)},
            {"ReturnDec", nullptr},
            {"TipSet", print(found.executed_in->key())},
            {"Height", found.height}};
}

/// Returns what the message returned, by its shape; bytes if its shape is not known. As in Lotus, StateWaitMsg alone
/// shows it.
Result<Json> decoded_return(Context& context, const Lookup& found) {
    const Bytes& data = found.receipt.return_data;
    if (found.receipt.exit_code != 0 || data.empty()) return Json();
    STRATA_TRY(const auto message, context.chain.find_message(found.message));
    STRATA_TRY(auto view, context.view(found.executed_in->key()));
    auto actor = load_actor(context, view.state, message.to);
    if (!actor) return std::move(actor).error().with_context("failed to get return type");
    STRATA_TRY(const auto name, code_name(view.state, actor->code));
    const auto shape = method_shape(name, actor->code, message.method);
    if (!shape) return context.print(data);
    return json_of_shape(context.print, shape->returns, data);
}

Result<std::optional<Json>> with_return(Context& context, const Lookup& found) {
    auto out = json_of(context.print, found);
    STRATA_TRY(out["ReturnDec"], decoded_return(context, found));
    return std::optional(std::move(out));
}

Status check_lookback(ChainEpoch lookback) {
    if (lookback >= chain::Chain::kNoLimit) return {};
    return fail(Errc::invalid_argument,
                "the lookback limit is " + std::to_string(lookback) + ", expected -1 (no limit) or at least 0 epochs");
}

/// Finds a message with the index of the chain, if it has it on the chain of `from`: also one that was refused for less
/// gas than its inclusion costs, which moves no nonce. Empty if only the chain itself may know.
Result<std::optional<Lookup>> indexed(Context& context, const chain::TipsetPtr& from, const Cid& message) {
    if (context.options.index == nullptr) return std::optional<Lookup>{};
    STRATA_TRY(const auto found, context.options.index->message(message));
    if (!found || found->epoch >= from->height()) return std::optional<Lookup>{};
    STRATA_TRY(const auto there, context.chain.tipset_at(found->epoch, from, chain::NullRound::previous));
    if (there->key() != found->tipset) return std::optional<Lookup>{};
    STRATA_TRY(const auto child, context.chain.tipset_at(found->epoch + 1, from, chain::NullRound::next));
    STRATA_TRY(auto receipts, context.chain.receipts(child->parent_receipts()));
    if (found->position >= receipts.size())
        return fail(Errc::internal, "the index says that message " + message.to_string() + " is number " +
                                        std::to_string(found->position) + " of epoch " + std::to_string(found->epoch) +
                                        ", which has " + std::to_string(receipts.size()) +
                                        " receipts: build the index anew with --rebuild-index");
    return std::optional(Lookup{.message = message,
                                .receipt = std::move(receipts[found->position]),
                                .executed_in = child,
                                .height = child->height()});
}

/// Searches back from a tipset over `lookback` epochs.
Result<std::optional<Lookup>> find(Context& context, const chain::TipsetPtr& from, const Cid& message,
                                   ChainEpoch lookback, bool allow_replaced) {
    STRATA_TRY(auto found, indexed(context, from, message));
    if (!found) return context.chain.search_from(from, message, lookback, allow_replaced);
    const bool is_near = lookback == chain::Chain::kNoLimit || found->height > from->height() - lookback;
    return is_near ? std::move(found) : std::nullopt;
}

/// Searches for a message; returns null if it was not executed within the searched epochs.
Result<Json> search(Context& context, const TipsetKey& from, const Cid& message, const ChainEpoch& lookback,
                    const bool& allow_replaced) {
    STRATA_OK(check_lookback(lookback));
    STRATA_TRY(const auto tipset, context.tipset(from));
    STRATA_TRY(const auto found, find(context, tipset, message, lookback, allow_replaced));
    return found ? json_of(context.print, *found) : Json();
}

/// The part of the chain that a waiting call has seen so far.
struct Seen {
    chain::TipsetPtr head;
    std::optional<Lookup> found;
};

/// Returns true if the tipset is on the head's chain.
Result<bool> is_on_chain_of(Context& context, const chain::TipsetPtr& tipset, const chain::TipsetPtr& head) {
    if (tipset->height() > head->height()) return false;
    STRATA_TRY(const auto there, context.chain.tipset_at(tipset->height(), head, chain::NullRound::previous));
    return there->key() == tipset->key();
}

/// Searches the tipsets that are new since `seen`, or as far as the caller asked if a reorganization removed what was
/// seen.
Result<Seen> look(Context& context, const Seen* seen, const Cid& message, ChainEpoch lookback, bool allow_replaced) {
    const auto head = context.chain.head();
    bool still_holds = false;  // whether what was seen is on the head's chain
    if (seen != nullptr) {
        STRATA_TRY(still_holds, is_on_chain_of(context, seen->found ? seen->found->executed_in : seen->head, head));
    }
    if (still_holds && seen->found) return Seen{head, seen->found};
    if (still_holds) lookback = head->height() - seen->head->height();
    STRATA_TRY(auto found, find(context, head, message, lookback, allow_replaced));
    return Seen{head, std::move(found)};
}

/// Waits until `confidence` epochs have passed since the message was executed. `confidence` may be at most
/// kChainFinality, as in Lotus. Returns an empty optional if the call must wait for the next head.
Result<std::optional<Json>> wait(Context& context, const Cid& message, const std::uint64_t& confidence,
                                 const ChainEpoch& lookback, const bool& allow_replaced) {
    if (confidence > std::uint64_t{kChainFinality})
        return fail(Errc::invalid_argument, "message confidence exceeds maximum: " + std::to_string(confidence) +
                                                " > " + std::to_string(kChainFinality));
    STRATA_OK(check_lookback(lookback));
    STRATA_TRY(auto seen, look(context, std::any_cast<Seen>(&context.memory), message, lookback, allow_replaced));
    if (seen.found && static_cast<std::uint64_t>(seen.head->height() - seen.found->height) >= confidence)
        return with_return(context, *seen.found);
    context.memory = std::move(seen);
    return std::optional<Json>();
}

struct MessageFilter {
    Address to, from;  // the undefined address means any
};
Status read(const Json& from, MessageFilter& to) {
    if (!from.is_object())
        return fail(Errc::malformed, std::string("the message filter has the JSON type ") + from.type_name() +
                                         ", expected an object with To or From");
    STRATA_OK(read_member(from, "To", to.to));
    return read_member(from, "From", to.from);
}

/// Lists the CIDs of messages from the tipset `key` down to the epoch `lowest`, newest first. Addresses are compared as
/// they are written in the messages. Returns null if there are none.
Result<Text> list(Context& context, const MessageFilter& wanted, const TipsetKey& key, const ChainEpoch& lowest) {
    const auto& one = wanted.to.defined() ? wanted.to : wanted.from;
    if (!one.defined()) return fail(Errc::invalid_argument, "must specify at least To or From in message filter");
    STRATA_TRY(auto view, context.view(key));
    // An address without an actor has no messages, so the chain need not be walked.
    STRATA_TRY(const auto known, view.state.resolve(one));
    if (!known) return Text{"null"};
    auto out = context.list();
    std::set<Cid> seen;
    for (auto at = view.tipset; at->height() >= lowest;) {
        STRATA_OK(context.check_may_continue());
        for (const auto& block : at->blocks()) {
            STRATA_TRY(const auto messages, context.chain.messages(block));
            const auto take = [&](const Message& message, const Cid& cid) -> Status {
                if (wanted.to.defined() && message.to != wanted.to) return {};
                if (wanted.from.defined() && message.from != wanted.from) return {};
                return seen.insert(cid).second ? out.add(context.print(cid)) : Status();
            };
            for (const auto& message : messages.bls) STRATA_OK(take(message, message.cid()));
            for (const auto& message : messages.secp) STRATA_OK(take(message.message, message.cid()));
        }
        if (at->height() == 0) break;
        STRATA_TRY(at, context.chain.parent(*at));
    }
    return std::move(out).finish_or_null();
}

Result<Json> search_all(Context& context, const Cid& message) {
    return search(context, {}, message, chain::Chain::kNoLimit, /*allow_replaced=*/true);
}
Result<Json> search_limited(Context& context, const Cid& message, const ChainEpoch& lookback) {
    return search(context, {}, message, lookback, /*allow_replaced=*/true);
}
Result<std::optional<Json>> wait_long(Context& context, const Cid& message, const std::uint64_t& confidence) {
    return wait(context, message, confidence, chain::Chain::kNoLimit, /*allow_replaced=*/true);
}
Result<std::optional<Json>> wait_limited(Context& context, const Cid& message, const std::uint64_t& confidence,
                                         const ChainEpoch& lookback) {
    return wait(context, message, confidence, lookback, /*allow_replaced=*/true);
}
Result<Json> receipt(Context& context, const Cid& message, const TipsetKey& from) {
    STRATA_TRY(const auto tipset, context.tipset(from));
    STRATA_TRY(const auto found, find(context, tipset, message, chain::Chain::kNoLimit, /*allow_replaced=*/true));
    return found ? context.print(found->receipt) : Json();
}

}  // namespace

void add_search_methods(MethodTable& table) {
    table.add("StateSearchMsg", search, Cost::expensive);
    table.add("StateWaitMsg", wait, Cost::expensive);
    table.add("StateListMessages", list, Cost::slow);
}

void add_v0_search_methods(MethodTable& table) {
    table.add("StateSearchMsg", search_all, Cost::expensive);
    table.add("StateSearchMsgLimited", search_limited, Cost::expensive);
    table.add("StateWaitMsg", wait_long, Cost::expensive);
    table.add("StateWaitMsgLimited", wait_limited, Cost::expensive);
    table.add("StateGetReceipt", receipt, Cost::expensive);
}

}  // namespace strata::api
