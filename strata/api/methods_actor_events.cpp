// Answers the methods about the events of actors. Source: lotus node/impl/full/actor_events.go.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_feed.hpp>
#include <strata/api/ethereum_logs.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

using index::EventQuery;

/// Returns the events of the past that a filter asks for, printed.
Result<std::vector<std::string>> past_events(Context& context, const ActorEventFilter& filter, EventQuery query,
                                             ChainEpoch head) {
    std::vector<std::string> out;
    if (!query.tipset && (query.from < 0 || query.from >= head)) return out;
    if (query.to < 0) query.to = head;
    STRATA_TRY(const auto events, find_events(context, query));
    for (const auto& event : events) {
        STRATA_OK(context.check_may_continue());
        if (!matches(filter, event.entries)) continue;
        if (out.size() == kMostResults && events.front().epoch != event.epoch)
            return fail(Errc::too_large, "filter matches too many events, try a more restricted filter");
        out.push_back(text_of(print_actor_event(context.print, event)));
    }
    return out;
}

Result<Text> events(Context& context, const Omittable<ActorEventFilter>& given) {
    const auto filter = given.value.value_or(ActorEventFilter());
    const ChainEpoch head = context.chain.head()->height();
    STRATA_TRY(const auto query, query_of(filter, head));
    STRATA_TRY(const auto found, past_events(context, filter, query, head));
    if (found.empty()) return Text{"null"};  // as Go prints a nil slice
    std::string out = "[";
    for (const auto& one : found) {
        if (out.size() > 1) out += ',';
        out += one;
        if (out.size() > context.limits.answer_bytes)
            return fail(Errc::too_large, "the answer is longer than " + std::to_string(context.limits.answer_bytes) +
                                             " bytes: ask for less");
    }
    return Text{out + "]"};
}

Result<ChannelStart> subscribe(Context& context, const Omittable<ActorEventFilter>& given) {
    const auto filter = given.value.value_or(ActorEventFilter());
    const ChainEpoch head = context.chain.head()->height();
    STRATA_TRY(auto query, query_of(filter, head));
    STRATA_TRY(auto past, past_events(context, filter, query, head));
    query.from = std::max<ChainEpoch>(query.from, 0);
    return ChannelStart([feed = context.ethereum.shared_from_this(), filter, query = std::move(query),
                         past = std::move(past), head](const std::shared_ptr<Channel>& channel) {
        for (const auto& event : past)
            if (!channel->send(event)) return;
        if ((query.tipset && !past.empty()) || (query.to > 0 && head >= query.to)) return channel->close();
        feed->subscribe(
            EthereumFeed::draw_id(),
            {EthereumFeed::Kind::events, query, [filter](const auto& entries) { return matches(filter, entries); }},
            channel);
    });
}

}  // namespace

void add_actor_event_methods(MethodTable& table) {
    table.add("GetActorEventsRaw", events, Cost::expensive);
    table.add("SubscribeActorEventsRaw", subscribe, Cost::expensive);
}

}  // namespace strata::api
