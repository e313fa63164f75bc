#include <strata/ipld/data_model.hpp>

#include <bit>
#include <set>

#include <strata/ipld/cbor.hpp>
#include <strata/ipld/dag_pb.hpp>

namespace strata {
namespace {

constexpr unsigned kMaxDepth = 128;  // as CborReader

Result<Value> read_integer(CborReader& r) {
    const auto item = r.rest();
    if (item[0] >> 5 == 0) {
        STRATA_TRY(const auto head, r.uint());
        return Value{Integer{.negative = false, .head = head}};
    }
    // The reader's signed numbers are limited to 64 bits. The head of -1 - n is that of n with a different major type.
    STRATA_TRY(const auto negative, r.item());
    Bytes positive = to_bytes(negative);
    positive[0] &= 0x1f;
    STRATA_TRY(const auto head, CborReader(positive).uint());
    return Value{Integer{.negative = true, .head = head}};
}

Result<Value> read_simple(CborReader& r) {
    STRATA_TRY(const auto item, r.item());
    switch (item[0]) {
        case 0xf4:
            return Value{false};
        case 0xf5:
            return Value{true};
        case 0xf6:
            return Value{nullptr};
        default:
            // The reader has refused every simple value but these three, and every float but those of 64 bits.
            return Value{std::bit_cast<double>(load_be<std::uint64_t>(item.data() + 1))};
    }
}

// Orders keys: shorter ones first, then bytewise (RFC 7049 §3.9).
bool is_before(std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// Reads an item as a tree, as strictly as CborReader::item(); only the order of keys may be free.
struct TreeReader {
    CborReader r;
    KeyOrder order;

    Result<Value> value(unsigned depth) {
        if (depth > kMaxDepth) return fail(Errc::too_large, "the CBOR is nested deeper than 128 levels");
        STRATA_TRY(const auto major, r.peek_major());
        switch (major) {
            case 0:
            case 1:
                return read_integer(r);
            case 2: {
                STRATA_TRY(const auto bytes, r.bytes());
                return Value{to_bytes(bytes)};
            }
            case 3: {
                STRATA_TRY(const auto text, r.text());
                return Value{std::string(text)};
            }
            case 4:
                return list(depth);
            case 5:
                return map(depth);
            case 6: {
                STRATA_TRY(const Cid link, r.link());
                return Value{link};
            }
            default:
                return read_simple(r);
        }
    }

    Result<Value> list(unsigned depth) {
        STRATA_TRY(const auto length, r.array());
        List list;
        for (std::uint64_t i = 0; i < length; ++i) {
            STRATA_TRY(list.emplace_back(), value(depth + 1));
        }
        return Value{std::move(list)};
    }

    Result<Value> map(unsigned depth) {
        STRATA_TRY(const auto length, r.map());
        Map map;
        std::set<std::string_view> keys;
        for (std::uint64_t i = 0; i < length; ++i) {
            STRATA_TRY(const auto key, r.text());
            if (!keys.insert(key).second)
                return fail(Errc::malformed, "a CBOR map has the key '" + std::string(key.substr(0, 200)) + "' twice");
            if (order == KeyOrder::canonical && !map.empty() && !is_before(map.back().key, key))
                return fail(Errc::non_canonical, "the keys of a CBOR map are not in order");
            STRATA_TRY(auto member, value(depth + 1));
            map.push_back({std::string(key), std::move(member)});
        }
        return Value{std::move(map)};
    }
};

struct CborEncoder {
    CborWriter& w;
    KeyOrder order;

    void operator()(std::nullptr_t) const { w.null(); }
    void operator()(bool value) const { w.boolean(value); }
    void operator()(const std::string& value) const { w.text(value); }
    void operator()(const Bytes& value) const { w.bytes(value); }
    void operator()(const Cid& value) const { w.link(value); }
    void operator()(double value) const {
        // DAG-CBOR writes every float with 64 bits.
        Bytes item(9, 0xfb);
        store_be(item.data() + 1, std::bit_cast<std::uint64_t>(value));
        w.raw(item);
    }
    void operator()(const Integer& value) const {
        CborWriter number;
        number.uint(value.head);
        Bytes item = number.take();
        if (value.negative) item[0] |= 0x20;
        w.raw(item);
    }
    void operator()(const List& list) const {
        w.array(list.size());
        for (const auto& value : list) std::visit(*this, value.is);
    }
    void operator()(const Map& map) const {
        std::vector<const Member*> sorted;
        for (const auto& member : map) sorted.push_back(&member);
        if (order == KeyOrder::canonical)
            std::ranges::sort(sorted, [](const Member* a, const Member* b) { return is_before(a->key, b->key); });
        w.map(sorted.size());
        for (const auto* member : sorted) {
            w.text(member->key);
            std::visit(*this, member->value.is);
        }
    }
};

Error wrong_form(std::string_view what) {
    return fail(Errc::malformed, "the value is not a DAG-PB node: " + std::string(what));
}

Result<PbLink> link_of(const Value& value) {
    const auto* map = value.as<Map>();
    if (map == nullptr) return wrong_form("a link is not a map");
    PbLink link;
    for (const auto& [key, member] : *map) {
        if (key == "Hash" && member.as<Cid>() != nullptr) {
            link.hash = *member.as<Cid>();
        } else if (key == "Name" && member.as<std::string>() != nullptr) {
            link.name = *member.as<std::string>();
        } else if (const auto* number = member.as<Integer>();
                   key == "Tsize" && number != nullptr && !number->negative) {
            link.tsize = number->head;
        } else {
            return wrong_form("the member " + key + " of a link is unknown or has a wrong type");
        }
    }
    if (!link.hash.defined()) return wrong_form("a link has no hash");
    return link;
}

// DAG-PB sorts links by name; links with equal names may have any order.
Result<std::vector<PbLink>> links_of_list(const List& list) {
    std::vector<PbLink> links;
    for (const auto& item : list) {
        STRATA_TRY(auto link, link_of(item));
        if (!links.empty() && link.name.value_or("") < links.back().name.value_or(""))
            return wrong_form("the links are not sorted by name");
        links.push_back(std::move(link));
    }
    return links;
}

}  // namespace

const Value* Value::find(std::string_view key) const {
    const auto* map = as<Map>();
    if (map == nullptr) return nullptr;
    const auto it = std::ranges::find(*map, key, &Member::key);
    return it == map->end() ? nullptr : &it->value;
}

Result<Value> decode_dag_cbor(BytesView block, KeyOrder order) {
    TreeReader reader{CborReader(block), order};
    STRATA_TRY(auto value, reader.value(0));
    STRATA_OK(reader.r.finish());
    return value;
}

Bytes encode_dag_cbor(const Value& value, KeyOrder order) {
    CborWriter w;
    std::visit(CborEncoder{w, order}, value.is);
    return w.take();
}

Result<Value> dag_pb_to_value(BytesView block) {
    STRATA_TRY(auto node, decode_dag_pb(block));
    Map map;
    if (node.data) map.push_back({"Data", {std::move(*node.data)}});
    List links;
    for (auto& link : node.links) {
        Map entry{{"Hash", {link.hash}}};
        if (link.name) entry.push_back({"Name", {std::move(*link.name)}});
        if (link.tsize) entry.push_back({"Tsize", {Integer{.negative = false, .head = *link.tsize}}});
        links.push_back({std::move(entry)});
    }
    map.push_back({"Links", {std::move(links)}});
    return Value{std::move(map)};
}

Result<Bytes> value_to_dag_pb(const Value& value) {
    const auto* map = value.as<Map>();
    if (map == nullptr) return wrong_form("a node is not a map");
    PbNode node;
    bool has_links = false;
    for (const auto& [key, member] : *map) {
        if (const auto* data = member.as<Bytes>(); key == "Data" && data != nullptr) {
            node.data = *data;
        } else if (const auto* list = member.as<List>(); key == "Links" && list != nullptr) {
            STRATA_TRY(node.links, links_of_list(*list));
            has_links = true;
        } else {
            return wrong_form("the member " + key + " is unknown or has a wrong type");
        }
    }
    if (!has_links) return wrong_form("the list Links is missing");
    return encode_dag_pb(node);
}

}  // namespace strata
