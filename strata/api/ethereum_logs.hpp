#pragma once
// Reads what clients ask of events, and prints events: Ethereum's logs, and actors' events as Lotus has them.
// Source: docs/protocol/node.md §29, §28.6 (lotus node/impl/eth/events.go, node/impl/full/actor_events.go,
// chain/types/actor_event.go).
#include <strata/api/ethereum_lookup.hpp>

namespace strata::api {

/// The most epochs of a range of logs, and the most events of an answer that spans several tipsets. Source:
/// docs/protocol/node.md §28.6.
inline constexpr ChainEpoch kMostEpochs = 2'880;
inline constexpr std::size_t kMostResults = 10'000;

/// A filter of logs, as clients write it. Source: lotus chain/types/ethtypes/eth_types.go (EthFilterSpec).
struct LogFilter {
    std::optional<std::string> from, to;
    std::vector<EthereumAddress> emitters;
    std::vector<std::vector<Hash256>> topics;
    std::optional<Hash256> block;
};
/// Reads a filter. Errors: malformed, also for more than 1,000 emitters or values of a topic (go-ethereum's limits,
/// eth/filters/api.go).
Status read(const Json& from, LogFilter& to);

/// Returns the query of a filter. `to` is -1 if the range has no end. Errors: invalid_argument in Lotus' words, also
/// for more than four topics; limit_exceeded (-32005) for a range of more than kMostEpochs.
Answered<index::EventQuery> query_of(const LogFilter& filter, ChainEpoch head);

/// A filter of actors' events. Source: lotus chain/types/actor_event.go (ActorEventFilter).
struct ActorEventFilter {
    struct Value {
        std::uint64_t codec = 0;
        Bytes value;
    };
    std::vector<Address> emitters;
    /// For each key the values that match; any if empty.
    std::map<std::string, std::vector<Value>> fields;
    std::optional<ChainEpoch> from, to;
    std::optional<TipsetKey> tipset;
};
Status read(const Json& from, ActorEventFilter& to);
/// Does the same as for logs; `from` is -1 if the filter asks for future events alone.
Result<index::EventQuery> query_of(const ActorEventFilter& filter, ChainEpoch head);
/// Returns true if the entries of an event match the filter's fields.
bool matches(const ActorEventFilter& filter, const std::vector<vm::EventEntry>& entries);

/// Prints an event as a log in JSON; empty if it is not one. `block` and `transaction` are the texts of their hashes.
/// The members are those of print_log(), in the same order: an answer has thousands of logs, so no tree is made of
/// them.
std::optional<std::string> indexed_log_text(const index::IndexedEvent& event, std::string_view block,
                                            std::string_view transaction);
Json print_actor_event(const Printer& print, const index::IndexedEvent& event);

/// Prints events as logs, each as a text. Errors: missing_block if a message is not in the store.
Result<std::vector<std::string>> log_texts(Context& context, const std::vector<index::IndexedEvent>& events);

}  // namespace strata::api
