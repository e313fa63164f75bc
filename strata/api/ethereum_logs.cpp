#include <strata/api/ethereum_logs.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <strata/chain/network.hpp>

namespace strata::api {
namespace {

using index::EventQuery;
using index::IndexedEvent;

constexpr std::size_t kMostAlternatives = 1'000;
constexpr ChainEpoch kNoEnd = -1;
// Events of actors are looked at one by one if their fields are not topics.
constexpr std::size_t kMostRead = 50'000;

Status check_count(std::size_t count, const char* what) {
    if (count <= kMostAlternatives) return {};
    return fail(Errc::malformed, std::string(what) + ": got " + std::to_string(count) + ", expected at most " +
                                     std::to_string(kMostAlternatives));
}

/// Reads one value or a list of values; null gives none.
template <class Param, class Value>
Status read_alternatives(const Json& from, const char* what, std::vector<Value>& to) {
    if (from.is_null()) return {};
    const auto add = [&](const Json& one) -> Status {
        Param param;
        STRATA_OK(read(one, param));
        to.push_back(param.value);
        return {};
    };
    if (!from.is_array()) return add(from);
    STRATA_OK(check_count(from.size(), what));
    for (const auto& one : from) STRATA_OK(add(one));
    return {};
}

Status read_topics(const Json& from, std::vector<std::vector<Hash256>>& to) {
    if (!from.is_array())
        return fail(Errc::malformed,
                    std::string("the topics have the JSON type ") + from.type_name() + ", expected a list");
    STRATA_OK(check_count(from.size(), "the topics"));
    for (const auto& position : from)
        STRATA_OK((read_alternatives<HexHash>(position, "the values of a topic", to.emplace_back())));
    return {};
}

Error not_hex(const char* which) {
    return fail(Errc::invalid_argument, std::string(which) + " is not a hex");
}

/// Reads the end of a range. `latest` is what it means if it is absent or "latest".
Result<ChainEpoch> end_of(const std::optional<std::string>& text, const char* which, ChainEpoch latest) {
    if (!text || text->empty() || *text == "latest") return latest;
    if (*text == "earliest") return 0;
    if (!text->starts_with("0x")) return not_hex(which);
    const auto epoch = parse_quantity(*text);
    if (!epoch || *epoch > std::uint64_t{INT64_MAX}) return fail(Errc::invalid_argument, "invalid epoch");
    return static_cast<ChainEpoch>(*epoch);
}

// Source: lotus node/impl/eth/events.go (parseBlockRange).
Answered<EventQuery> range_of(const LogFilter& filter, ChainEpoch head) {
    const ChainEpoch latest = head - 1;  // the results of the head are not known yet
    const auto from = end_of(filter.from, "FromBlock", latest);
    if (!from) return from.error();
    const auto to = end_of(filter.to, "ToBlock", kNoEnd);
    if (!to) return to.error();
    if (*to != kNoEnd && *from > *to)
        return fail(Errc::invalid_argument, "invalid epoch range: to block (" + std::to_string(*to) +
                                                ") must be after from block (" + std::to_string(*from) + ")");
    const ChainEpoch length = (*to == kNoEnd ? latest : *to) - *from;
    if (length > kMostEpochs)
        return Fault(Code::limit_exceeded, "block range exceeds maximum of " + std::to_string(kMostEpochs) + " (got " +
                                               std::to_string(length) + ")");
    EventQuery out;
    out.from = *from;
    out.to = *to;
    return out;
}

Status read(const Json& from, ActorEventFilter::Value& to) {
    STRATA_OK(read_member(from, "codec", to.codec));
    return read_member(from, "value", to.value);
}

Status read_fields(const Json& from, std::map<std::string, std::vector<ActorEventFilter::Value>>& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the fields have the JSON type ") + from.type_name() + ", expected an object");
    STRATA_OK(check_count(from.size(), "the fields"));
    for (const auto& [key, values] : from.items()) {
        auto& list = to[key];
        if (values.is_null()) continue;
        if (!values.is_array()) return fail(Errc::malformed, "the values of the field " + key + " are not a list");
        STRATA_OK(check_count(values.size(), "the values of a field"));
        for (const auto& value : values) STRATA_OK(read(value, list.emplace_back()));
    }
    return {};
}

// Source: lotus node/impl/full/actor_events.go (parseHeightRange).
Status check_heights(ChainEpoch from, ChainEpoch to, ChainEpoch head) {
    const auto refuse = [](const std::string& why) {
        return fail(Errc::invalid_argument, "invalid epoch range: " + why);
    };
    const std::string most = " (maximum: " + std::to_string(kMostEpochs) + ")";
    if (from == kNoEnd && to > 0 && to - head > kMostEpochs)
        return refuse("'to' height is too far in the future" + most);
    if (from >= 0 && to == kNoEnd && head - from > kMostEpochs)
        return refuse("'from' height is too far in the past" + most);
    if (from < 0 || to < 0) return {};
    if (from > to)
        return refuse("'to' height (" + std::to_string(to) + ") must be after 'from' height (" + std::to_string(from) +
                      ")");
    if (to - from > kMostEpochs) return refuse("range between to and 'from' heights is too large" + most);
    return {};
}

Result<Hash256> transaction_hash(Context& context, const Cid& message) {
    STRATA_TRY(const Bytes data, context.blocks().get(message));
    // A BLS message is stored without its signature. Only Ethereum's transactions have a hash of their own.
    const auto signed_message = from_cbor<SignedMessage>(data);
    if (signed_message && signed_message->signature.type == Signature::Type::delegated)
        return chain::ethereum_hash(*signed_message, context.chain.network().chain_id);
    Hash256 out{};
    std::ranges::copy(message.digest(), out.begin());
    return out;
}

}  // namespace

Status read(const Json& from, LogFilter& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the filter has the JSON type ") + from.type_name() + ", expected an object");
    STRATA_OK(read_member(from, "fromBlock", to.from));
    STRATA_OK(read_member(from, "toBlock", to.to));
    if (const Json* emitters = find_member(from, "address"))
        STRATA_OK((read_alternatives<HexAddress>(*emitters, "the addresses", to.emitters)));
    if (const Json* topics = find_member(from, "topics"); topics != nullptr && !topics->is_null())
        STRATA_OK(read_topics(*topics, to.topics));
    if (const Json* block = find_member(from, "blockHash"); block != nullptr && !block->is_null()) {
        HexHash hash;
        STRATA_OK(read(*block, hash));
        to.block = hash.value;
    }
    return {};
}

Answered<EventQuery> query_of(const LogFilter& filter, ChainEpoch head) {
    EventQuery out;
    if (filter.block) {
        if (filter.from || filter.to)
            return fail(Errc::invalid_argument, "must not specify block hash and from/to block");
        out.tipset = filter.block;
    } else {
        auto range = range_of(filter, head);
        if (!range) return range.error();
        out = std::move(*range);
    }
    if (filter.topics.size() > chain::kMostTopics)
        return fail(Errc::invalid_argument, "too many topics in filter: " + std::to_string(filter.topics.size()) +
                                                ", max: " + std::to_string(chain::kMostTopics));
    for (const auto& emitter : filter.emitters) {
        const auto address = chain::filecoin_address(emitter);
        if (!address) return address.error();
        out.emitters.push_back(*address);
    }
    out.topics = filter.topics;
    out.only_logs = true;
    out.most = kMostResults;
    return out;
}

Status read(const Json& from, ActorEventFilter& to) {
    if (from.is_null()) return {};
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the filter has the JSON type ") + from.type_name() + ", expected an object");
    STRATA_OK(read_member(from, "addresses", to.emitters));
    STRATA_OK(check_count(to.emitters.size(), "the addresses"));
    if (const Json* fields = find_member(from, "fields"); fields != nullptr && !fields->is_null())
        STRATA_OK(read_fields(*fields, to.fields));
    STRATA_OK(read_member(from, "fromHeight", to.from));
    STRATA_OK(read_member(from, "toHeight", to.to));
    return read_member(from, "tipsetKey", to.tipset);
}

Result<EventQuery> query_of(const ActorEventFilter& filter, ChainEpoch head) {
    EventQuery out;
    out.most = kMostRead;
    for (const auto& emitter : filter.emitters) {
        if (!emitter.as_id() && !emitter.delegated_space())
            return fail(Errc::invalid_argument,
                        "can only query events by ID or Delegated addresses; but request has "
                        "address: " +
                            emitter.to_string());
        out.emitters.push_back(emitter);
    }
    if (filter.tipset && !filter.tipset->empty()) {
        if (filter.from || filter.to)
            return fail(Errc::invalid_argument, "cannot specify both TipSetKey and FromHeight/ToHeight");
        out.tipset = block_hash(*filter.tipset);
        return out;
    }
    if (filter.from && *filter.from < 0)
        return fail(Errc::invalid_argument, "range 'from' must be greater than or equal to 0");
    out.from = filter.from.value_or(kNoEnd);
    out.to = filter.to.value_or(kNoEnd);
    STRATA_OK(check_heights(out.from, out.to, head));
    return out;
}

// Source: lotus chain/events/filter/event.go (matchKeys); a key without values must only be there, as
// chain/types/actor_event.go says.
bool matches(const ActorEventFilter& filter, const std::vector<vm::EventEntry>& entries) {
    return std::ranges::all_of(filter.fields, [&](const auto& field) {
        return std::ranges::any_of(entries, [&](const vm::EventEntry& entry) {
            if ((entry.flags & 3) == 0 || entry.key != field.first) return false;
            return field.second.empty() || std::ranges::any_of(field.second, [&](const auto& wanted) {
                       return wanted.codec == static_cast<std::uint64_t>(entry.codec) && wanted.value == entry.value;
                   });
        });
    });
}

std::optional<std::string> indexed_log_text(const IndexedEvent& event, std::string_view block,
                                            std::string_view transaction) {
    const auto log = chain::ethereum_log(event.entries);
    if (!log) return std::nullopt;
    const auto known = chain::ethereum_address(event.address);
    const EthereumAddress emitter = known ? *known : chain::masked_id(event.emitter);
    std::string out;
    out.reserve(600 + 2 * log->data.size());
    const auto number = [&](const char* name, std::uint64_t value) {
        fmt::format_to(std::back_inserter(out), R"(,"{}":"{:#x}")", name, value);
    };
    const auto text = [&](const char* name, std::string_view value) {
        fmt::format_to(std::back_inserter(out), R"(,"{}":"{}")", name, value);
    };
    text("address", hex_text(emitter));
    out[0] = '{';
    text("blockHash", block);
    number("blockNumber", static_cast<std::uint64_t>(event.epoch));
    text("data", hex_text(log->data));
    number("logIndex", event.number);
    out += event.on_chain ? R"(,"removed":false,"topics":[)" : R"(,"removed":true,"topics":[)";
    for (const auto& topic : log->topics) {
        out += out.back() == '[' ? "\"" : ",\"";
        out += hex_text(topic);
        out += '"';
    }
    out += ']';
    text("transactionHash", transaction);
    number("transactionIndex", event.position);
    out += '}';
    return out;
}

Json print_actor_event(const Printer& print, const IndexedEvent& event) {
    Json entries = Json::array();
    for (const auto& entry : event.entries)
        entries.push_back({{"Flags", entry.flags},
                           {"Key", entry.key},
                           {"Codec", static_cast<std::uint64_t>(entry.codec)},
                           {"Value", print(BytesView(entry.value))}});
    return {{"entries", std::move(entries)}, {"emitter", print(event.address)},  {"reverted", !event.on_chain},
            {"height", event.epoch},         {"tipsetKey", print(event.tipset)}, {"msgCid", print(event.message)}};
}

Result<std::vector<std::string>> log_texts(Context& context, const std::vector<IndexedEvent>& events) {
    std::vector<std::string> out;
    // Events come in the order of the chain, so those of a tipset and of a message follow on each other.
    const IndexedEvent* last = nullptr;
    std::string block, transaction;
    for (const auto& event : events) {
        STRATA_OK(context.check_may_continue());
        if (last == nullptr || last->tipset != event.tipset) block = hex_text(block_hash(event.tipset));
        if (last == nullptr || last->message != event.message) {
            STRATA_TRY(const auto hash, transaction_hash(context, event.message));
            transaction = hex_text(hash);
        }
        last = &event;
        if (auto log = indexed_log_text(event, block, transaction)) out.push_back(std::move(*log));
    }
    return out;
}

}  // namespace strata::api
