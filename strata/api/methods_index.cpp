// Compares the index of the chain with the chain. Source: lotus chain/index/api.go (ChainValidateIndex),
// chain/types/index.go.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_json.hpp>
#include <strata/api/ethereum_lookup.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

using index::ChainIndex;
using index::IndexedEvent;

/// The messages and events of one tipset.
struct Content {
    std::vector<Cid> messages;
    std::vector<IndexedEvent> events;

    std::size_t entries() const {
        std::size_t out = 0;
        for (const auto& event : events) out += event.entries.size();
        return out;
    }
};

Json validation(const Context& context, const TipsetKey& key, ChainEpoch epoch, const Content& found, bool repaired) {
    return {{"TipSetKey", context.print(key)},
            {"Height", epoch},
            {"IndexedMessagesCount", found.messages.size()},
            {"IndexedEventsCount", found.events.size()},
            {"IndexedEventEntriesCount", found.entries()},
            {"Backfilled", repaired},
            {"IsNullRound", key.empty()}};
}

Result<Content> in_index(ChainIndex& index, const TipsetKey& key) {
    const Hash256 hash = block_hash(key);
    Content out;
    STRATA_TRY(out.messages, index.messages_of(hash));
    index::EventQuery query;
    query.tipset = hash;
    STRATA_TRY(out.events, index.events(query));
    return out;
}

Content content_of(const chain::ExecutedTipset& executed, const std::vector<chain::TipsetEvent>& events) {
    Content out;
    for (const auto& message : executed.messages) out.messages.push_back(message.cid());
    for (const auto& event : events) out.events.push_back(indexed_event(executed, event));
    return out;
}

/// Returns how the index differs from the chain; empty if it does not.
std::string difference(const Content& index, const Content& chain) {
    const auto differ = [](const char* what, std::size_t expected, std::size_t got) {
        return std::string(what) + " count mismatch: chainstore has " + std::to_string(expected) + ", index has " +
               std::to_string(got);
    };
    if (index.messages.size() != chain.messages.size())
        return differ("message", chain.messages.size(), index.messages.size());
    if (index.events.size() != chain.events.size()) return differ("event", chain.events.size(), index.events.size());
    if (index.entries() != chain.entries()) return differ("event entries", chain.entries(), index.entries());
    if (index.messages != chain.messages) return "the messages are different ones";
    const auto same_entry = [](const vm::EventEntry& a, const vm::EventEntry& b) {
        return a.flags == b.flags && a.key == b.key && a.codec == b.codec && a.value == b.value;
    };
    const auto same = [&](const IndexedEvent& a, const IndexedEvent& b) {
        return a.message == b.message && a.position == b.position && a.number == b.number && a.emitter == b.emitter &&
               a.address == b.address && std::ranges::equal(a.entries, b.entries, same_entry);
    };
    return std::ranges::equal(index.events, chain.events, same) ? "" : "the events are different ones";
}

std::string corrupt(ChainEpoch epoch, const std::string& how) {
    return "index corruption: height " + std::to_string(epoch) + " " + how;
}

/// Checks that the tipset of an epoch is the only one on the chain in the index.
Status check_rows(ChainIndex& index, ChainEpoch epoch, const TipsetKey& expected) {
    STRATA_TRY(const auto rows, index.tipsets_at(epoch));
    if (rows.empty())
        return fail(Errc::not_found, "missing tipset at height " + std::to_string(epoch) +
                                         " in the chain index: this node adds what it has by itself; where it has no "
                                         "older states, nothing can be added");
    const index::IndexedTipset* on_chain = nullptr;
    for (const auto& row : rows) {
        if (!row.on_chain) continue;
        if (on_chain != nullptr) return fail(Errc::verification, corrupt(epoch, "has multiple non-reverted tipsets"));
        on_chain = &row;
    }
    if (on_chain == nullptr) return fail(Errc::verification, corrupt(epoch, "only has reverted tipsets"));
    if (on_chain->key == expected) return {};
    return fail(Errc::verification, corrupt(epoch, "has the key " + on_chain->key.to_string() +
                                                       ", but the canonical chain has " + expected.to_string()));
}

Result<Json> null_round(Context& context, ChainIndex& index, ChainEpoch epoch) {
    STRATA_TRY(const auto rows, index.tipsets_at(epoch));
    if (std::ranges::any_of(rows, [](const auto& row) { return row.on_chain; }))
        return fail(Errc::verification, corrupt(epoch, "should be a null round but is not"));
    return validation(context, {}, epoch, {}, false);
}

/// Compares the index of one epoch with the chain. `repair` writes what is wrong anew.
Result<Json> validate(Context& context, const ChainEpoch& epoch, const bool& repair) {
    if (context.options.index == nullptr) return fail(Errc::unsupported, "chain indexer is disabled");
    auto& index = *context.options.index;
    auto& chain = context.chain;
    const auto head = chain.head();
    if (epoch < 0 || epoch >= head->height())
        return fail(Errc::out_of_range, "cannot validate index at epoch " + std::to_string(epoch) +
                                            ", can only validate at an epoch less than chain head epoch " +
                                            std::to_string(head->height()));
    STRATA_TRY(const auto tipset, chain.tipset_at(epoch, head, chain::NullRound::previous));
    if (tipset->height() != epoch) return null_round(context, index, epoch);
    STRATA_TRY(const auto child, chain.tipset_at(epoch + 1, head, chain::NullRound::next));
    STRATA_OK(check_rows(index, epoch, tipset->key()));
    STRATA_TRY(const auto executed, chain::executed_tipset(chain, tipset, *child));
    STRATA_TRY(const auto events, chain::events_of(chain, executed));
    STRATA_TRY(const auto found, in_index(index, tipset->key()));
    const auto expected = content_of(executed, events);
    const auto wrong = difference(found, expected);
    if (wrong.empty()) return validation(context, tipset->key(), epoch, found, false);
    if (!repair)
        return fail(Errc::verification,
                    "failed to verify indexed data at height " + std::to_string(epoch) + ": " + wrong);
    STRATA_OK(index.replace(executed, events));
    STRATA_TRY(const auto after, in_index(index, tipset->key()));
    return validation(context, tipset->key(), epoch, after, true);
}

}  // namespace

void add_index_methods(MethodTable& table) {
    table.add("ChainValidateIndex", validate, Cost::slow);
}

}  // namespace strata::api
