// Answers methods about blocks, tipsets and messages. Source: lotus node/impl/full/chain.go.
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <set>

#include <strata/api/method_table.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

using chain::NullRound;

Result<Json> head(Context& context) {
    return context.print(context.chain.head());
}
Result<Json> genesis(Context& context) {
    return context.print(context.chain.genesis());
}
/// Unlike other methods, this one does not take the empty key for the head.
Result<Json> get_tipset(Context& context, const TipsetKey& key) {
    if (key.empty()) return fail(Errc::invalid_argument, "the tipset key names no blocks; ChainHead returns the head");
    STRATA_TRY(const auto tipset, context.tipset(key));
    return context.print(tipset);
}

Result<Json> tipset_near(Context& context, ChainEpoch epoch, const TipsetKey& key, NullRound null) {
    STRATA_TRY(const auto from, context.tipset(key));
    if (epoch > from->height())
        return fail(Errc::out_of_range, "looking for tipset with height greater than start point: " +
                                            std::to_string(epoch) + " > " + std::to_string(from->height()));
    STRATA_TRY(const auto tipset, context.chain.tipset_at(epoch, from, null));
    return context.print(tipset);
}
Result<Json> tipset_by_height(Context& context, const ChainEpoch& epoch, const TipsetKey& key) {
    return tipset_near(context, epoch, key, NullRound::previous);
}
Result<Json> tipset_after_height(Context& context, const ChainEpoch& epoch, const TipsetKey& key) {
    return tipset_near(context, epoch, key, NullRound::next);
}

Result<Json> weight(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto tipset, context.tipset(key));
    STRATA_TRY(const auto weight, context.chain.weight(*tipset));
    return context.print(weight);
}

Result<Text> path(Context& context, const TipsetKey& from, const TipsetKey& to) {
    STRATA_TRY(const auto first, context.tipset(from));
    STRATA_TRY(const auto last, context.tipset(to));
    if (std::abs(first->height() - last->height()) > kChainFinality)
        return fail(Errc::out_of_range, "the tipsets are " +
                                            std::to_string(std::abs(first->height() - last->height())) +
                                            " epochs apart, expected at most " + std::to_string(kChainFinality));
    STRATA_TRY(const auto steps, context.chain.way(first, last));
    auto out = context.list();
    for (const auto& tipset : steps.reverted) STRATA_OK(out.add({{"Type", "revert"}, {"Val", context.print(tipset)}}));
    for (const auto& tipset : steps.applied) STRATA_OK(out.add({{"Type", "apply"}, {"Val", context.print(tipset)}}));
    return std::move(out).finish_or_null();
}

Result<Json> get_block(Context& context, const Cid& cid) {
    STRATA_TRY(const auto header, context.chain.header(cid));
    return context.print(header);
}

Result<Json> block_messages(Context& context, const Cid& cid) {
    STRATA_TRY(const auto header, context.chain.header(cid));
    STRATA_TRY(const auto messages, context.chain.messages(header));
    Json cids = Json::array();
    for (const auto& message : messages.bls) cids.push_back(context.print(message.cid()));
    for (const auto& message : messages.secp) cids.push_back(context.print(message.cid()));
    return Json{{"BlsMessages", context.print.list(messages.bls)},
                {"SecpkMessages", context.print.list(messages.secp)},
                {"Cids", std::move(cids)}};
}

Result<Json> get_message(Context& context, const Cid& cid) {
    STRATA_TRY(const auto message, context.chain.find_message(cid));
    return context.print(message);
}

/// Maps the CID of each message with a secp256k1 or delegated signature in the tipset to the CID of its signed form.
Result<std::map<Cid, Cid>> signed_cids(chain::Chain& chain, const chain::Tipset& tipset) {
    std::map<Cid, Cid> out;
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const auto messages, chain.messages(block));
        for (const auto& message : messages.secp) out.emplace(message.message.cid(), message.cid());
    }
    return out;
}

/// Prints the executed messages of a tipset in order, each once.
Result<Text> messages_in(Context& context, const chain::Tipset& tipset) {
    // `messages_of` returns unsigned messages, but clients know these messages by the CIDs of their signed forms.
    STRATA_TRY(const auto signed_forms, signed_cids(context.chain, tipset));
    STRATA_TRY(const auto blocks, context.chain.messages_of(tipset));
    std::set<Cid> seen;
    auto out = context.list();
    for (const auto& messages : blocks) {
        for (const auto& [message, length] : messages) {
            const Cid cid = message.cid();
            if (!seen.insert(cid).second) continue;
            const auto it = signed_forms.find(cid);
            STRATA_OK(out.add({{"Cid", context.print(it == signed_forms.end() ? cid : it->second)},
                               {"Message", context.print(message)}}));
        }
    }
    return std::move(out).finish_or_null();
}

Result<Text> messages_in_tipset(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto tipset, context.tipset(key));
    if (tipset->height() == 0) return Text{"null"};
    return messages_in(context, *tipset);
}

Result<Text> parent_messages(Context& context, const Cid& block) {
    STRATA_TRY(const auto header, context.chain.header(block));
    if (header.height == 0) return Text{"null"};
    STRATA_TRY(const auto parent, context.chain.tipset(TipsetKey(header.parents)));
    if (parent->height() == 0) return Text{"null"};
    return messages_in(context, *parent);
}

Result<Json> parent_receipts(Context& context, const Cid& block) {
    STRATA_TRY(const auto header, context.chain.header(block));
    if (header.height == 0) return Json();
    STRATA_TRY(const auto receipts, context.chain.receipts(header.parent_message_receipts));
    return context.print.list(receipts);
}

Result<Json> has_object(Context& context, const Cid& cid) {
    if (cid.defined() && cid.hash() == HashCode::identity) return Json(true);
    STRATA_TRY(const bool here, context.blocks().has(cid));
    return Json(here);
}
Result<Json> read_object(Context& context, const Cid& cid) {
    STRATA_TRY(const Bytes data, read_block(context, cid));
    return context.print(BytesView(data));
}

}  // namespace

void add_chain_methods(MethodTable& table) {
    table.add("ChainHead", head);
    table.add("ChainGetGenesis", genesis);
    table.add("ChainGetTipSet", get_tipset);
    table.add("ChainGetTipSetByHeight", tipset_by_height, Cost::expensive);
    table.add("ChainGetTipSetAfterHeight", tipset_after_height, Cost::expensive);
    table.add("ChainTipSetWeight", weight);
    table.add("ChainGetPath", path, Cost::expensive);
    table.add("ChainGetBlock", get_block);
    table.add("ChainGetBlockMessages", block_messages, Cost::expensive);
    table.add("ChainGetMessage", get_message);
    table.add("ChainGetMessagesInTipset", messages_in_tipset, Cost::expensive);
    table.add("ChainGetParentMessages", parent_messages, Cost::expensive);
    table.add("ChainGetParentReceipts", parent_receipts, Cost::expensive);
    table.add("ChainHasObj", has_object);
    table.add("ChainReadObj", read_object);
}

}  // namespace strata::api
