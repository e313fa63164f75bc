// Answers ChainGetNode: follows a path through blocks, HAMTs and AMTs. Source: lotus node/impl/full/chain.go.
#include <charconv>
#include <nlohmann/json.hpp>

#include <strata/api/actor_state.hpp>
#include <strata/api/method_table.hpp>
#include <strata/base/hex.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/data_model.hpp>
#include <strata/ipld/hamt.hpp>
#include <strata/ipld/key.hpp>
#include <strata/vm/machine.hpp>

namespace strata::api {
namespace {

constexpr unsigned kHamtBitWidth = 5;        // of all HAMTs of the actors' states
constexpr std::uint64_t kAmtRootFields = 4;  // go-amt-ipld v3: bit width, height, count, node
constexpr std::uint64_t kMostAmtBits = 8;    // the widest nodes that Amt reads

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

template <class T>
Result<T> number_of(std::string_view text) {
    T out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return out;
    return fail(Errc::invalid_argument, "got '" + std::string(text) + "', expected a number");
}

/// Returns the part of a value that a segment of a path names; null if there is none.
const Value* part_of(const Value& value, std::string_view name) {
    if (const auto* list = value.as<List>()) {
        const auto index = number_of<std::size_t>(name);
        return index && *index < list->size() ? &(*list)[*index] : nullptr;
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

/// Returns the key of a HAMT that a segment names: @H:text, @Ha:address, @Hi:integer or @Hu:unsigned integer; empty for
/// any other segment. Source: lotus node/impl/full/chain.go (resolveOnce); go-state-types abi/keyers.go (varints).
Result<std::optional<Bytes>> hamt_key(std::string_view name) {
    const auto rest = [&](std::string_view mark) { return name.substr(mark.size()); };
    if (name.starts_with("@H:")) return std::optional(to_bytes(as_bytes(rest("@H:"))));
    if (name.starts_with("@Ha:")) {
        STRATA_TRY(const auto address, Address::parse(rest("@Ha:")));
        return std::optional(to_bytes(address.bytes()));
    }
    if (name.starts_with("@Hi:")) {
        STRATA_TRY(const auto number, number_of<std::int64_t>(rest("@Hi:")));
        return std::optional(KeyCodec<std::int64_t>::encode(number));
    }
    if (name.starts_with("@Hu:")) {
        STRATA_TRY(const auto number, number_of<std::uint64_t>(rest("@Hu:")));
        return std::optional(KeyCodec<std::uint64_t>::encode(number));
    }
    return std::optional<Bytes>();
}

Error no_entry(const std::string& name, const Cid& cid) {
    return fail(Errc::not_found, "resolve " + name + ": not found in " + cid.to_string());
}

/// Looks a segment up in the HAMT or AMT whose root is `cid`.
Result<Bytes> entry_of(Context& context, const Cid& cid, const std::string& name) {
    STRATA_TRY(const auto key, hamt_key(name));
    if (key) {
        STRATA_TRY(const auto hamt, Hamt::load(context.blocks(), cid, kHamtBitWidth));
        STRATA_TRY(auto found, hamt.get(*key));
        if (!found) return no_entry(name, cid);
        return std::move(*found);
    }
    if (!name.starts_with("@A:"))
        return fail(Errc::invalid_argument,
                    "the segment '" + name + "' is not one of @H:, @Ha:, @Hi:, @Hu:, @A:, @state");
    STRATA_TRY(const auto index, number_of<std::uint64_t>(std::string_view(name).substr(3)));
    // The root of an AMT says how wide its nodes are.
    STRATA_TRY(const Bytes root, read_block(context, cid));
    CborReader reader(root);
    STRATA_OK(reader.tuple(kAmtRootFields));
    STRATA_TRY(const auto width, reader.uint());
    if (width == 0 || width > kMostAmtBits)
        return fail(Errc::malformed, "the root of the AMT says " + std::to_string(width) + " bits, expected 1 to " +
                                         std::to_string(kMostAmtBits));
    STRATA_TRY(const auto amt, Amt::load(context.blocks(), cid, static_cast<unsigned>(width)));
    STRATA_TRY(auto found, amt.get(index));
    if (!found) return no_entry(name, cid);
    return std::move(*found);
}

/// Returns the complete state of an actor, whose record is `value`, as StateReadState prints it.
Result<Json> state_of(Context& context, const Value& value) {
    STRATA_TRY(const auto actor, from_cbor<vm::ActorState>(encode_dag_cbor(value, KeyOrder::as_given)));
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(view.state));
    return actor_state(context.print, context.blocks(), manifest.type_of(actor.code), actor.head);
}

/// A place on a path: a value, and the CID of its block or that it would have as a block.
struct Place {
    Cid cid;
    Value value;
};

/// Goes to a value within a block, or through a link.
Result<Place> enter(Context& context, Value value) {
    if (const Cid* const link = value.as<Cid>()) {
        const Cid cid = *link;
        STRATA_TRY(value, load_value(context, cid));
        return Place{cid, std::move(value)};
    }
    Cid cid = Cid::hash_of(Codec::dag_cbor, encode_dag_cbor(value, KeyOrder::as_given));
    return Place{std::move(cid), std::move(value)};
}

/// Follows a path like /ipfs/CID/1/name through blocks, and returns what is there. A value within a block is named by
/// the CID that it would have as a block, as go-ipld-cbor's WrapObject does. Segments with @ look into a HAMT or AMT.
/// `@state` is known as the last segment only; its CID is that of the actor's head.
Result<Json> get_node(Context& context, const std::string& path) {
    auto names = segments_of(path);
    if (!names.empty() && (names.front() == "ipfs" || names.front() == "ipld")) names.erase(names.begin());
    if (names.empty()) return fail(Errc::invalid_argument, "the path names no CID; expected /ipfs/CID/…");
    STRATA_TRY(const Cid root, Cid::parse(names.front()));
    STRATA_TRY(auto at, enter(context, Value{root}));
    for (std::size_t i = 1; i < names.size(); ++i) {
        STRATA_OK(context.check_may_continue());
        if (names[i] == "@state" && i + 1 == names.size()) {
            STRATA_TRY(auto state, state_of(context, at.value));
            return Json{{"Cid", context.print(at.cid)}, {"Obj", std::move(state)}};
        }
        if (names[i].starts_with('@')) {
            STRATA_TRY(const Bytes entry, entry_of(context, at.cid, names[i]));
            STRATA_TRY(auto value, decode_dag_cbor(entry, KeyOrder::as_given));
            STRATA_TRY(at, enter(context, std::move(value)));
            continue;
        }
        const Value* const found = part_of(at.value, names[i]);
        if (found == nullptr)
            return fail(Errc::not_found, "no link named \"" + names[i] + "\" under " + at.cid.to_string());
        Value next = *found;
        STRATA_TRY(at, enter(context, std::move(next)));
    }
    return Json{{"Cid", context.print(at.cid)}, {"Obj", go_json(at.value)}};
}

}  // namespace

void add_path_methods(MethodTable& table) {
    table.add("ChainGetNode", get_node, Cost::expensive);
}

}  // namespace strata::api
