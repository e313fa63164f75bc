#include <strata/api/ethereum_lookup.hpp>

#include <strata/api/pool_hashes.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>

namespace strata::api {
namespace {

using chain::Chain;
using chain::NullRound;
using chain::TipsetPtr;
using index::ChainIndex;
using index::Coverage;
using index::EventQuery;
using index::IndexedEvent;

constexpr int kAttempts = 5;  // to read events between two changes of the chain

/// A tipset that was executed, and the one on top of it.
struct Executed {
    TipsetPtr tipset;
    TipsetPtr child;
};

std::uint64_t chain_id(const Context& context) {
    return context.chain.network().chain_id;
}

Cid cid_of(const Hash256& hash) {
    return Cid::v1(Codec::dag_cbor, HashCode::blake2b_256, hash);
}

/// The part of the chain of one head that the index has.
struct Known {
    TipsetPtr head;
    std::optional<Coverage> covered;
    /// The events of the tipsets from covered->lowest to this epoch are in the index; below covered->lowest if none
    /// are.
    ChainEpoch events_to = -1;
};

Result<bool> is_below(Chain& chain, const TipsetPtr& head, const TipsetPtr& tipset) {
    if (tipset->height() > head->height()) return false;
    STRATA_TRY(const auto there, chain.tipset_at(tipset->height(), head, NullRound::previous));
    return there->key() == tipset->key();
}

Result<Known> known(Context& context) {
    Known out{.head = context.chain.head(), .covered = {}};
    if (context.options.index == nullptr) return out;
    STRATA_TRY(out.covered, context.options.index->coverage());
    if (!out.covered) return out;
    // The index may have a fork that the chain has left. The events of a tipset come with its child, which for the
    // newest common tipset may be on the fork.
    STRATA_TRY(auto off, context.chain.tipset(out.covered->tip));
    while (off->height() > 0) {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(auto last, context.chain.parent(*off));
        STRATA_TRY(const bool is_common, is_below(context.chain, out.head, last));
        if (is_common) {
            out.events_to = last->height();
            break;
        }
        off = std::move(last);
    }
    return out;
}

/// Returns the executed tipsets above `floor`, the newest first. Errors: out_of_range if there are more than
/// kMostUnindexed.
Result<std::vector<Executed>> executed_above(Context& context, TipsetPtr child, ChainEpoch floor) {
    std::vector<Executed> out;
    while (child->height() > 0) {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(auto tipset, context.chain.parent(*child));
        if (tipset->height() <= floor) break;
        if (out.size() == kMostUnindexed)
            return fail(Errc::out_of_range, "more than " + std::to_string(kMostUnindexed) + " tipsets above epoch " +
                                                std::to_string(floor) + " are not in the index of this node");
        out.push_back({tipset, std::move(child)});
        child = std::move(tipset);
    }
    return out;
}

std::string range_text(const Coverage& covered, ChainEpoch to) {
    return std::to_string(covered.lowest) + " to " + std::to_string(to);
}

std::optional<SignedMessage> with_hash(Context& context, std::vector<SignedMessage>& messages, const Hash256& hash) {
    for (auto& message : messages) {
        const auto found = chain::ethereum_hash(message, chain_id(context));
        if (found && *found == hash) return std::move(message);
    }
    return std::nullopt;
}

Status add_events(Context& context, const EventQuery& query, const chain::ExecutedTipset& executed,
                  std::vector<IndexedEvent>& to) {
    STRATA_TRY(const auto events, chain::events_of(context.chain, executed));
    for (const auto& event : events) {
        if (!matches(query, event)) continue;
        auto one = indexed_event(executed, event);
        if (query.message && *query.message != one.message) continue;
        to.push_back(std::move(one));
    }
    return {};
}

ChainIndex::Stop stop_of(Context& context) {
    return [&context] { return !context.check_may_continue(); };
}

Result<std::vector<IndexedEvent>> events_in_tipset(Context& context, const EventQuery& query) {
    if (context.options.index != nullptr) {
        STRATA_TRY(const auto found, context.options.index->tipset(*query.tipset));
        if (found && found->bloom) return context.options.index->events(query, stop_of(context));
    }
    STRATA_TRY(const auto tipset, tipset_of(context, EthereumBlock{.tag = {}, .number = {}, .hash = *query.tipset}));
    STRATA_TRY(const auto executed, chain::executed_tipset(context.chain, tipset));
    std::vector<IndexedEvent> out;
    STRATA_OK(add_events(context, query, executed, out));
    return out;
}

/// Reads the events of a range. Empty if a tipset left the chain meanwhile, so that a part may be missing.
Result<std::optional<std::vector<IndexedEvent>>> events_in_range(Context& context, EventQuery query) {
    STRATA_TRY(const auto at, known(context));
    query.to = std::min(query.to, at.head->height() - 1);
    const bool is_indexed = at.covered && query.from >= at.covered->lowest && query.from <= at.events_to;
    if (at.covered && query.from < at.covered->lowest)
        return fail(Errc::out_of_range, "the events of epochs " + std::to_string(query.from) + " to " +
                                            std::to_string(query.to) + " were asked for, but this node's index has " +
                                            range_text(*at.covered, at.events_to));
    std::vector<IndexedEvent> out;
    if (is_indexed) {
        EventQuery part = query;
        part.to = std::min(query.to, at.events_to);
        STRATA_TRY(out, context.options.index->events(part, stop_of(context)));
        STRATA_TRY(const auto after, context.options.index->coverage());
        if (!after || after->reverts != at.covered->reverts) return std::optional<std::vector<IndexedEvent>>{};
    }
    const ChainEpoch floor = is_indexed ? std::max(at.events_to, query.from - 1) : query.from - 1;
    if (query.to <= floor) return std::optional(std::move(out));
    auto rest = executed_above(context, at.head, floor);
    if (!rest && rest.error().code() == Errc::out_of_range)
        return std::move(rest).error().with_context(
            at.covered ? "the index of this node is catching up and has the events of epochs " +
                             range_text(*at.covered, at.events_to)
                       : "this node has no index of the chain");
    if (!rest) return rest.error();
    for (auto it = rest->rbegin(); it != rest->rend(); ++it) {
        if (it->tipset->height() < query.from || it->tipset->height() > query.to) continue;
        STRATA_TRY(const auto executed, chain::executed_tipset(context.chain, it->tipset, *it->child));
        STRATA_OK(add_events(context, query, executed, out));
    }
    if (out.size() > query.most && out.front().epoch != out.back().epoch)
        return fail(Errc::too_large, "filter matches too many events, try a more restricted filter");
    return std::optional(std::move(out));
}

Result<std::optional<std::uint64_t>> position_in(Context& context, const chain::Tipset& tipset, const Cid& cid,
                                                 std::optional<SignedMessage>& found) {
    STRATA_TRY(auto messages, chain::messages_in_order(context.chain, tipset));
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].cid() != cid) continue;
        found = std::move(messages[i]);
        return std::optional<std::uint64_t>(i);
    }
    return std::optional<std::uint64_t>{};
}

/// Returns the tipset and child of a message that the index has, if they are on the chain of the head.
Result<std::optional<Executed>> by_index(Context& context, const TipsetPtr& head, const Cid& cid) {
    if (context.options.index == nullptr) return std::optional<Executed>{};
    STRATA_TRY(const auto found, context.options.index->message(cid));
    if (!found || found->epoch >= head->height()) return std::optional<Executed>{};
    STRATA_TRY(auto tipset, context.chain.tipset_at(found->epoch, head, NullRound::previous));
    if (tipset->key() != found->tipset) return std::optional<Executed>{};
    STRATA_TRY(auto child, context.chain.tipset_at(found->epoch + 1, head, NullRound::next));
    return std::optional(Executed{std::move(tipset), std::move(child)});
}

Result<std::optional<Executed>> by_search(Context& context, const TipsetPtr& head, const Cid& cid,
                                          ChainEpoch lookback) {
    const auto found = context.chain.search_from(head, cid, lookback, false);
    // Nobody knows the message, or a different one took its nonce.
    if (!found && (found.error().code() == Errc::not_found || found.error().code() == Errc::verification))
        return std::optional<Executed>{};
    if (!found) return found.error();
    if (!*found) return std::optional<Executed>{};
    STRATA_TRY(auto tipset, context.chain.parent(*(*found)->executed_in));
    return std::optional(Executed{std::move(tipset), (*found)->executed_in});
}

}  // namespace

Result<std::optional<SignedMessage>> waiting_message(Context& context, const Cid& cid) {
    return context.chain.find_pending(cid);
}

Result<MessageName> message_named(Context& context, const Hash256& hash) {
    const auto head = context.chain.head();
    STRATA_TRY(auto newest, chain::messages_in_order(context.chain, *head));
    if (auto found = with_hash(context, newest, hash)) return MessageName{found->cid(), std::move(found)};
    if (context.options.index != nullptr) {
        STRATA_TRY(const auto found, context.options.index->message_of(hash));
        if (found) {
            STRATA_TRY(auto waiting, waiting_message(context, *found));
            return MessageName{*found, std::move(waiting)};
        }
    }
    STRATA_TRY(auto waiting, context.pool_hashes.find(hash));
    if (waiting) return MessageName{waiting->cid(), std::move(waiting)};
    STRATA_TRY(const bool is_native, context.blocks().has(cid_of(hash)));
    if (is_native) return MessageName{cid_of(hash), {}};
    // The index may be some tipsets behind.
    STRATA_TRY(const auto at, known(context));
    const ChainEpoch floor = at.covered ? at.events_to : at.head->height() - static_cast<ChainEpoch>(kMostUnindexed);
    auto rest = executed_above(context, at.head, floor);
    if (!rest && rest.error().code() != Errc::out_of_range) return rest.error();
    if (rest) {
        for (const auto& [tipset, child] : *rest) {
            STRATA_OK(context.check_may_continue());
            STRATA_TRY(auto messages, chain::messages_in_order(context.chain, *tipset));
            if (const auto found = with_hash(context, messages, hash)) return MessageName{found->cid(), {}};
        }
    }
    return MessageName{cid_of(hash), {}};
}

Result<std::optional<PlacedMessage>> find_executed(Context& context, const Cid& cid, ChainEpoch lookback) {
    const auto head = context.chain.head();
    STRATA_TRY(auto at, by_index(context, head, cid));
    if (!at) {
        STRATA_TRY(at, by_search(context, head, cid, lookback));
    }
    if (!at) return std::optional<PlacedMessage>{};
    if (lookback != Chain::kNoLimit && at->tipset->height() < head->height() - lookback)
        return std::optional<PlacedMessage>{};
    std::optional<SignedMessage> message;
    STRATA_TRY(const auto position, position_in(context, *at->tipset, cid, message));
    if (!position) return std::optional<PlacedMessage>{};
    return std::optional(PlacedMessage{std::move(*message), at->tipset, at->child, *position});
}

Status check_absence(Context& context, const Hash256& hash) {
    STRATA_TRY(const auto at, known(context));
    const auto say = [&](const std::string& why) {
        return fail(Errc::not_found, "the transaction " + hex_text(hash) + " was not found, but " + why);
    };
    if (!at.covered && context.options.index == nullptr)
        return say("this node has no index of the chain, so older transactions are not known by their hashes");
    if (!at.covered) return say("the index of this node is empty so far: ask again later");
    if (!at.covered->is_complete)
        return say("the index of this node is being completed and has epochs " +
                   range_text(*at.covered, at.covered->highest) + " so far: ask again later");
    const auto rest = executed_above(context, at.head, at.events_to);
    if (!rest)
        return say("the index of this node is catching up and has epochs " +
                   range_text(*at.covered, at.covered->highest) + " so far: ask again later");
    return {};
}

Result<std::vector<IndexedEvent>> find_events(Context& context, EventQuery query) {
    if (query.tipset) return events_in_tipset(context, query);
    query.from = std::max<ChainEpoch>(query.from, 0);
    for (int i = 0; i < kAttempts; ++i) {
        STRATA_TRY(auto found, events_in_range(context, query));
        if (found) return std::move(*found);
    }
    return fail(Errc::busy, "the chain changed again and again while its events were read: ask again");
}

IndexedEvent indexed_event(const chain::ExecutedTipset& executed, const chain::TipsetEvent& event) {
    return {.tipset = executed.tipset->key(),
            .epoch = executed.tipset->height(),
            .on_chain = true,
            .message = executed.messages[event.message].cid(),
            .position = event.message,
            .number = event.number,
            .emitter = event.emitter,
            .address = event.address,
            .entries = event.entries};
}

bool matches(const EventQuery& query, const chain::TipsetEvent& event) {
    const bool is_emitter = query.emitters.empty() || std::ranges::any_of(query.emitters, [&](const Address& wanted) {
                                return wanted == event.address || wanted.as_id() == event.emitter;
                            });
    if (!is_emitter) return false;
    const bool asks_topics = std::ranges::any_of(query.topics, [](const auto& values) { return !values.empty(); });
    if (!query.only_logs && !asks_topics) return true;
    const auto log = chain::ethereum_log(event.entries);
    if (!log) return false;
    for (std::size_t i = 0; i < query.topics.size(); ++i) {
        const auto& values = query.topics[i];
        if (values.empty()) continue;
        if (i >= log->topics.size() || std::ranges::find(values, log->topics[i]) == values.end()) return false;
    }
    return true;
}

}  // namespace strata::api
