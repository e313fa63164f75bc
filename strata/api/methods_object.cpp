// Answers methods about blocks of the store as they are, and about the chain's events and final part. Source: lotus
// node/impl/full/chain.go, chain/events.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include <strata/api/method_table.hpp>
#include <strata/base/hex.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/ipld/data_model.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::api {
namespace {

constexpr unsigned kEventsBitWidth = 5;  // docs/protocol/fvm.md: the AMT of a receipt's events

/// Prints a value as Go's encoding/json prints what go-ipld-cbor decoded: bytes as base64, links as {"/": …}.
Json go_json(const Value& value) {
    struct Print {
        Json operator()(std::nullptr_t) const { return {}; }
        Json operator()(bool b) const { return b; }
        Json operator()(const Integer& i) const {
            if (!i.negative) return i.head;
            return -1 - static_cast<std::int64_t>(i.head);
        }
        Json operator()(double d) const { return d; }
        Json operator()(const std::string& text) const { return text; }
        Json operator()(const Bytes& bytes) const { return to_base64(bytes); }
        Json operator()(const Cid& cid) const { return {{"/", cid.to_string()}}; }
        Json operator()(const List& list) const {
            Json out = Json::array();
            for (const auto& item : list) out.push_back(go_json(item));
            return out;
        }
        Json operator()(const Map& map) const {
            Json out = Json::object();
            for (const auto& [key, item] : map) out[key] = go_json(item);
            return out;
        }
    };
    return std::visit(Print{}, value.is);
}

/// Returns the part of a value that a segment of a path names; null if there is none.
const Value* part_of(const Value& value, std::string_view name) {
    if (const auto* list = value.as<List>()) {
        std::size_t index = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
        const bool is_index = parsed.ec == std::errc() && parsed.ptr == name.data() + name.size();
        return is_index && index < list->size() ? &(*list)[index] : nullptr;
    }
    return value.as<Map>() == nullptr ? nullptr : value.find(name);
}

Result<Value> load_value(Context& context, const Cid& cid) {
    STRATA_TRY(const Bytes data, read_block(context, cid));
    if (cid.codec() == Codec::raw) return Value{data};
    if (cid.codec() != Codec::dag_cbor)
        return fail(Errc::unsupported, "the block " + cid.to_string() + " is neither DAG-CBOR nor raw");
    return decode_dag_cbor(data, KeyOrder::as_given);
}

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> out;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        if (end != 0) out.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return out;
}

/// Follows a path like /ipfs/CID/1/name through blocks, and returns what is there. A value within a block is named by
/// the CID that it would have as a block, as go-ipld-cbor's WrapObject does.
Result<Json> get_node(Context& context, const std::string& path) {
    auto names = segments_of(path);
    if (!names.empty() && (names.front() == "ipfs" || names.front() == "ipld")) names.erase(names.begin());
    if (names.empty()) return fail(Errc::invalid_argument, "the path names no CID; expected /ipfs/CID/…");
    STRATA_TRY(Cid cid, Cid::parse(names.front()));
    STRATA_TRY(Value value, load_value(context, cid));
    for (std::size_t i = 1; i < names.size(); ++i) {
        STRATA_OK(context.check_may_continue());
        if (names[i].starts_with('@'))
            return fail(Errc::unsupported, "'" + names[i] + "' looks into a HAMT or AMT; this node follows names only");
        const Value* const found = part_of(value, names[i]);
        if (found == nullptr)
            return fail(Errc::not_found, "no link named \"" + names[i] + "\" under " + cid.to_string());
        Value next = *found;
        if (const Cid* const link = next.as<Cid>()) {
            cid = *link;
            STRATA_TRY(value, load_value(context, cid));
            continue;
        }
        value = std::move(next);
        cid = Cid::hash_of(Codec::dag_cbor, encode_dag_cbor(value, KeyOrder::as_given));
    }
    return Json{{"Cid", context.print(cid)}, {"Obj", go_json(value)}};
}

/// Adds up size and links of the blocks below `root`. Blocks in `seen` are left out.
Status add_up(Context& context, const Cid& root, CidSet& seen, std::uint64_t& size, std::uint64_t& links) {
    std::vector<Cid> waiting{root};
    while (!waiting.empty()) {
        STRATA_OK(context.check_may_continue());
        const Cid cid = waiting.back();
        waiting.pop_back();
        if (is_sector_commitment(cid) || !seen.insert(cid)) continue;
        STRATA_TRY(const Bytes data, read_block(context, cid));
        STRATA_TRY(const auto below, links_of(cid.codec(), data));
        size += data.size();
        links += below.size();
        waiting.insert(waiting.end(), below.begin(), below.end());
    }
    return {};
}

/// Returns size and links of what is below `object` and not below `base`, if there is a base.
Result<Json> stat_object(Context& context, const Cid& object, const std::optional<Cid>& base) {
    CidSet seen;
    std::uint64_t size = 0, links = 0;
    if (base && base->defined()) {
        STRATA_OK(add_up(context, *base, seen, size, links));
        size = links = 0;
    }
    STRATA_OK(add_up(context, object, seen, size, links));
    return Json{{"Size", size}, {"Links", links}};
}

Result<Json> delete_object(Context&, const Cid&) {
    return fail(Errc::unsupported, "this node never removes a block");
}

Result<Json> set_head(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto* const control, control_of(context));
    if (key.empty()) return fail(Errc::invalid_argument, "the new head has no blocks, expected the key of a tipset");
    STRATA_TRY(const auto tipset, context.tipset(key));
    STRATA_OK(control->set_head(tipset));
    return Json();
}

Result<Text> events(Context& context, const Cid& root) {
    auto out = context.list();
    STRATA_TRY(const auto events, Amt::load(context.blocks(), root, kEventsBitWidth));
    STRATA_OK(events.for_each([&](std::uint64_t, BytesView value) -> Result<bool> {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(const auto event, from_cbor<vm::StampedEvent>(value));
        Json entries = Json::array();
        for (const auto& entry : event.entries)
            entries.push_back({{"Flags", entry.flags},
                               {"Key", entry.key},
                               {"Codec", static_cast<std::uint64_t>(entry.codec)},
                               {"Value", context.print.bytes_or_null(entry.value)}});
        STRATA_OK(out.add({{"Emitter", event.emitter}, {"Entries", std::move(entries)}}));
        return true;
    }));
    return std::move(out).finish();
}

/// Returns the tipset that no head may revert any more. Without F3 this is 900 epochs below the head.
Result<Json> finalized(Context& context) {
    const auto head = context.chain.head();
    const ChainEpoch epoch = std::max<ChainEpoch>(0, head->height() - kChainFinality);
    STRATA_TRY(const auto tipset, context.chain.tipset_at(epoch, head, chain::NullRound::previous));
    return context.print(tipset);
}

Result<Json> store_info(Context&) {
    return Json::object();
}

}  // namespace

void add_object_methods(MethodTable& table) {
    table.add("ChainGetNode", get_node, Cost::expensive);
    table.add("ChainStatObj", stat_object, Cost::expensive);
    table.add("ChainDeleteObj", delete_object);
    table.add("ChainSetHead", set_head, Cost::expensive);
    table.add("ChainGetEvents", events, Cost::expensive);
    table.add("ChainGetFinalizedTipSet", finalized, Cost::expensive);
    table.add("ChainBlockstoreInfo", store_info);
}

}  // namespace strata::api
