// Answers the Ethereum methods about logs, filters and subscriptions. Source: docs/protocol/node.md §29; lotus
// node/impl/eth/{events,subscriptions}.go.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_feed.hpp>
#include <strata/api/ethereum_logs.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

using index::EventQuery;
using Kind = EthereumFeed::Kind;

// Source: lotus node/impl/eth/subscriptions.go (maxSendQueue).
constexpr std::size_t kMostWaiting = 20'000;
constexpr int kAttempts = 5;

Error not_yet() {
    return fail(Errc::out_of_range, "events for the requested block are not yet available");
}

/// Checks that the results of all epochs that are asked for are known.
Status check_known(Context& context, const EventQuery& query, ChainEpoch head) {
    if (!query.tipset) return query.from >= head || query.to >= head ? Status(not_yet()) : Status();
    auto tipset = tipset_of(context, EthereumBlock{.tag = {}, .number = {}, .hash = *query.tipset});
    if (!tipset) return std::move(tipset).error().with_context("failed to get tipset by cid");
    return (*tipset)->height() >= head ? Status(not_yet()) : Status();
}

/// Returns the texts of all logs that match. A range without an end goes to the newest tipset with results.
Result<std::vector<std::string>> find_logs(Context& context, EventQuery query) {
    if (query.to < 0) query.to = context.chain.head()->height();
    STRATA_TRY(const auto events, find_events(context, query));
    return log_texts(context, events);
}

/// Returns true for the hash of a block that stands for a null round, which has no logs.
bool is_null_round(Context& context, const EventQuery& query) {
    if (!query.tipset || !context.options.empty_blocks) return false;
    const auto at = block_of(context, EthereumBlock{.tag = {}, .number = {}, .hash = *query.tipset});
    return at && at->null_round;
}

Result<Text> list_of(const Context& context, const std::vector<std::string>& values) {
    std::string out = "[";
    for (const auto& value : values) {
        if (out.size() > 1) out += ',';
        out += value;
        if (out.size() > context.limits.answer_bytes)
            return fail(Errc::too_large, "the answer is longer than " + std::to_string(context.limits.answer_bytes) +
                                             " bytes: ask for less");
    }
    return Text{out + "]"};
}

Answered<Text> logs(Context& context, const LogFilter& filter) {
    const ChainEpoch head = context.chain.head()->height();
    auto query = query_of(filter, head);
    if (!query) return std::move(query).error();
    if (is_null_round(context, *query)) return Text{"[]"};
    if (const auto known = check_known(context, *query, head); !known)
        return Error(known.error()).with_context("failed to get events for filter");
    const auto found = find_logs(context, *query);
    if (!found) return found.error();
    auto out = list_of(context, *found);
    if (!out) return out.error();
    return std::move(*out);
}

Json id_json(const Hash256& id) {
    return hex_text(id);
}

/// Adds a filter that has the logs of the past from the start. Between the reading of these and the first change that
/// the filter hears of, no tipset may come.
Result<Json> add_log_filter(Context& context, const EventQuery& query) {
    const EthereumFeed::Wanted wanted{Kind::logs, query};
    for (int i = 0; i < kAttempts; ++i) {
        const auto head = context.chain.head();
        std::vector<std::string> first;
        if (query.tipset || query.from < head->height()) {
            STRATA_TRY(first, find_logs(context, query));
        }
        // With the last attempt a busy chain may give a log twice, but never too few.
        const auto id = context.ethereum.add_filter(wanted, first, i + 1 < kAttempts ? head->key() : TipsetKey());
        if (id) return id_json(*id);
        if (id.error().code() != Errc::busy) return id.error();
    }
    return fail(Errc::internal, "a filter was neither added nor refused");
}

Answered<Json> new_filter(Context& context, const LogFilter& filter) {
    auto query = query_of(filter, context.chain.head()->height());
    if (!query) return std::move(query).error();
    auto out = add_log_filter(context, *query);
    if (!out) return std::move(out).error().with_context("failed to install event filter");
    return std::move(*out);
}
Result<Json> new_block_filter(Context& context) {
    STRATA_TRY(const auto id, context.ethereum.add_filter({Kind::blocks, {}}, {}));
    return id_json(id);
}
Result<Json> new_pending_filter(Context& context) {
    STRATA_TRY(const auto id, context.ethereum.add_filter({Kind::pending, {}}, {}));
    return id_json(id);
}
Result<Text> filter_changes(Context& context, const HexHash& id) {
    STRATA_TRY(const auto values, context.ethereum.take(id.value, false));
    return list_of(context, values);
}
/// As in Lotus, this takes what waits, like the method above, and is for logs only.
Result<Text> filter_logs(Context& context, const HexHash& id) {
    STRATA_TRY(const auto values, context.ethereum.take(id.value, true));
    return list_of(context, values);
}
Result<Json> uninstall_filter(Context& context, const HexHash& id) {
    return Json(context.ethereum.remove_filter(id.value));
}

Answered<EthereumFeed::Wanted> wanted_of(const std::string& name, const LogFilter& filter, ChainEpoch head) {
    if (name == "newHeads") return EthereumFeed::Wanted{Kind::blocks, {}};
    if (name == "newPendingTransactions") return EthereumFeed::Wanted{Kind::pending, {}};
    if (name != "logs") return fail(Errc::invalid_argument, "unsupported event type: " + name.substr(0, 100));
    LogFilter without_range = filter;
    without_range.from = without_range.to = std::nullopt;
    without_range.block.reset();
    auto query = query_of(without_range, head);
    if (!query) return std::move(query).error();
    query->from = 0;
    query->to = -1;
    return EthereumFeed::Wanted{Kind::logs, std::move(*query)};
}

Answered<Json> subscribe(Context& context, const std::string& name, const Omittable<LogFilter>& filter) {
    if (context.channels == nullptr) return fail(Errc::unsupported, "connection doesn't support callbacks");
    auto wanted = wanted_of(name, filter.value.value_or(LogFilter()), context.chain.head()->height());
    if (!wanted) return std::move(wanted).error();
    const Hash256 id = EthereumFeed::draw_id();
    const auto opened =
        context.channels->open([feed = context.ethereum.shared_from_this(), id, wanted = std::move(*wanted)](
                                   const auto& channel) { feed->subscribe(id, wanted, channel); },
                               {.before = R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":")" +
                                          hex_text(id) + R"(","result":)",
                                .after = "}}",
                                .most_waiting = kMostWaiting});
    if (!opened) return Fault(Code::limit_exceeded, "this connection has too many subscriptions: cancel one first");
    return id_json(id);
}
Result<Json> unsubscribe(Context& context, const HexHash& id) {
    return Json(context.ethereum.unsubscribe(id.value));
}

}  // namespace

void add_ethereum_log_methods(MethodTable& table) {
    table.add("EthGetLogs", logs, Cost::expensive);
    table.add("EthNewFilter", new_filter, Cost::expensive);
    table.add("EthNewBlockFilter", new_block_filter);
    table.add("EthNewPendingTransactionFilter", new_pending_filter);
    table.add("EthGetFilterChanges", filter_changes);
    table.add("EthGetFilterLogs", filter_logs);
    table.add("EthUninstallFilter", uninstall_filter);
    table.add("EthSubscribe", subscribe);
    table.add("EthUnsubscribe", unsubscribe);
    table.alias("eth_getLogs", "EthGetLogs");
    table.alias("eth_newFilter", "EthNewFilter");
    table.alias("eth_newBlockFilter", "EthNewBlockFilter");
    table.alias("eth_newPendingTransactionFilter", "EthNewPendingTransactionFilter");
    table.alias("eth_getFilterChanges", "EthGetFilterChanges");
    table.alias("eth_getFilterLogs", "EthGetFilterLogs");
    table.alias("eth_uninstallFilter", "EthUninstallFilter");
    table.alias("eth_subscribe", "EthSubscribe");
    table.alias("eth_unsubscribe", "EthUnsubscribe");
}

}  // namespace strata::api
