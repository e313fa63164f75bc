// Finds where two states differ. A collection is compared by its entries. If all entries are equal and only the shape
// of the tree differs, the roots themselves are shown.
#include <map>

#include <strata/base/hex.hpp>
#include <strata/base/varint.hpp>
#include <strata/differential/difference.hpp>
#include <strata/differential/state_fields.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/data_model.hpp>
#include <strata/ipld/kamt.hpp>
#include <strata/vm/machine.hpp>

namespace strata::differential {
namespace {

constexpr std::size_t kShown = 2000;  // characters of one value
constexpr unsigned kMaxDepth = 64;

struct Place {
    std::string path, sort;
    Place in(const std::string& name) const { return {path + "." + name, sort + "." + name}; }
    Place at(const std::string& key) const { return {path + "[" + key + "]", sort}; }
};

struct Found {
    Place place;
    std::string first, second;
};
using Search = Result<std::optional<Found>>;

std::string shown(const Value* value) {
    if (value == nullptr) return "nothing";
    auto text = encode_dag_json(*value);
    if (text.size() > kShown) text = text.substr(0, kShown) + "… (" + std::to_string(text.size()) + " characters)";
    return text;
}

std::string key_text(BytesView key, Field::Key kind) {
    if (kind == Field::Key::address)
        if (const auto address = Address::from_bytes(key)) return address->to_string();
    if (kind == Field::Key::number)
        if (const auto number = parse_uvarint(key)) return std::to_string(*number);
    if (kind == Field::Key::epoch)
        if (const auto number = parse_varint(key)) return std::to_string(*number);
    return "0x" + to_hex(key);
}

using Entries = std::map<Bytes, Bytes>;

Result<Entries> entries_of(Blockstore& store, const Cid& root, Field::Holds holds, unsigned width) {
    Entries out;
    if (holds == Field::Holds::array) {
        STRATA_TRY(const auto amt, Amt::load(store, root, width));
        STRATA_OK(amt.for_each([&](std::uint64_t index, BytesView value) -> Result<bool> {
            Bytes key(8);
            store_be(key.data(), index);
            out.emplace(std::move(key), to_bytes(value));
            return true;
        }));
    } else if (holds == Field::Holds::word_map) {
        STRATA_TRY(const auto kamt, Kamt::load(store, root));
        STRATA_OK(kamt.for_each([&](const Kamt::Word& key, const Kamt::Word& value) -> Result<bool> {
            out.emplace(to_bytes(key), to_cbor(value));
            return true;
        }));
    } else {
        STRATA_TRY(const auto map, Hamt::load(store, root, width));
        STRATA_OK(map.for_each([&](BytesView key, BytesView value) -> Result<bool> {
            out.emplace(to_bytes(key), to_bytes(value));
            return true;
        }));
    }
    return out;
}

class Comparison {
  public:
    Comparison(Blockstore& first, Blockstore& second) : first_(first), second_(second) {}

    Search values(const Place& place, const Value& a, const Value& b, const Field& field, unsigned depth) {
        if (encode_dag_cbor(a) == encode_dag_cbor(b)) return std::optional<Found>{};
        const auto* link_a = a.as<Cid>();
        const auto* link_b = b.as<Cid>();
        if (link_a != nullptr && link_b != nullptr && depth < kMaxDepth)
            return links(place, *link_a, *link_b, field, depth + 1);
        const auto* list_a = a.as<List>();
        const auto* list_b = b.as<List>();
        if (list_a != nullptr && list_b != nullptr && list_a->size() == list_b->size() && depth < kMaxDepth)
            return lists(place, *list_a, *list_b, field, depth + 1);
        return difference(place, &a, &b);
    }

  private:
    static Search difference(const Place& place, const Value* a, const Value* b) {
        return std::optional(Found{place, shown(a), shown(b)});
    }

    // A tuple has a name for each place. In any other list each item is what the list's field says.
    Search lists(const Place& place, const List& a, const List& b, const Field& field, unsigned depth) {
        const bool tuple = field.holds == Field::Holds::plain && field.inside.size() == a.size();
        for (std::size_t i = 0; i < a.size(); ++i) {
            const Place inner = tuple ? place.in(std::string(field.inside[i].name)) : place.at(std::to_string(i));
            STRATA_TRY(auto found, values(inner, a[i], b[i], tuple ? field.inside[i] : field, depth));
            if (found) return std::optional(std::move(found));
        }
        return std::optional<Found>{};
    }

    Search links(const Place& place, const Cid& a, const Cid& b, const Field& field, unsigned depth) {
        const Value value_a{a}, value_b{b};
        if (is_collection(field.holds)) {
            auto found = collections(place, a, b, field, depth);
            // If one side's collection cannot be read, its root is all that can be shown.
            if (!found) return difference(place.in("unreadable: " + found.error().message()), &value_a, &value_b);
            if (*found) return found;
            return difference(place, &value_a, &value_b);
        }
        if (a.codec() != Codec::dag_cbor || b.codec() != Codec::dag_cbor) return difference(place, &value_a, &value_b);
        STRATA_TRY(const Bytes block_a, first_.get(a));
        STRATA_TRY(const Bytes block_b, second_.get(b));
        const auto inner_a = decode_dag_cbor(block_a);
        const auto inner_b = decode_dag_cbor(block_b);
        if (!inner_a || !inner_b) return difference(place, &value_a, &value_b);
        const Field inside{.name = field.name, .inside = field.inside};
        return values(place, *inner_a, *inner_b, inside, depth);
    }

    static bool is_collection(Field::Holds holds) {
        return holds != Field::Holds::plain && holds != Field::Holds::block;
    }

    Search collections(const Place& place, const Cid& a, const Cid& b, const Field& field, unsigned depth) {
        STRATA_TRY(const auto entries_a, entries_of(first_, a, field.holds, field.width));
        STRATA_TRY(const auto entries_b, entries_of(second_, b, field.holds, field.width));
        Entries all = entries_a;
        all.insert(entries_b.begin(), entries_b.end());
        for (const auto& [key, ignored] : all) {
            const auto at_a = entries_a.find(key);
            const auto at_b = entries_b.find(key);
            const bool both = at_a != entries_a.end() && at_b != entries_b.end();
            if (both && at_a->second == at_b->second) continue;
            const Place inner =
                place.at(field.holds == Field::Holds::array ? std::to_string(load_be<std::uint64_t>(key.data()))
                                                            : key_text(key, field.key));
            std::optional<Value> value_a, value_b;
            if (at_a != entries_a.end()) {
                STRATA_TRY(value_a, decode_dag_cbor(at_a->second));
            }
            if (at_b != entries_b.end()) {
                STRATA_TRY(value_b, decode_dag_cbor(at_b->second));
            }
            if (both) return values(inner, *value_a, *value_b, inner_field(field), depth);
            return difference(inner, value_a ? &*value_a : nullptr, value_b ? &*value_b : nullptr);
        }
        return std::optional<Found>{};
    }

    static Field inner_field(const Field& field) {
        Field out{.name = field.name, .width = field.inner_width, .key = Field::Key::number, .inside = field.inside};
        if (field.holds == Field::Holds::map_of_maps) out.holds = Field::Holds::map;
        if (field.holds == Field::Holds::map_of_arrays) out.holds = Field::Holds::array;
        return out;
    }

    Blockstore& first_;
    Blockstore& second_;
};

constexpr Field kRecord[] = {
    {.name = "code"}, {.name = "state"}, {.name = "sequence"}, {.name = "balance"}, {.name = "delegated_address"}};

using Actors = std::map<ActorId, vm::ActorState>;
Result<Actors> actors_of(const vm::StateTree& tree) {
    Actors out;
    STRATA_OK(tree.for_each([&](ActorId id, const vm::ActorState& actor) -> Status {
        out.emplace(id, actor);
        return {};
    }));
    return out;
}

Result<Value> record_value(const vm::ActorState& actor) {
    return decode_dag_cbor(to_cbor(actor));
}

}  // namespace

Result<std::vector<StateDifference>> compare_states(Blockstore& first, const Cid& first_root, Blockstore& second,
                                                    const Cid& second_root, std::size_t limit) {
    STRATA_TRY(auto tree_a, vm::StateTree::load(first, first_root));
    STRATA_TRY(const auto tree_b, vm::StateTree::load(second, second_root));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(tree_a));
    STRATA_TRY(const auto actors_a, actors_of(tree_a));
    STRATA_TRY(const auto actors_b, actors_of(tree_b));
    Actors all = actors_a;
    all.insert(actors_b.begin(), actors_b.end());
    Comparison comparison(first, second);
    std::vector<StateDifference> out;
    for (const auto& [id, actor] : all) {
        const auto a = actors_a.find(id);
        const auto b = actors_b.find(id);
        const bool both = a != actors_a.end() && b != actors_b.end();
        if (both && a->second == b->second) continue;
        const auto type = manifest.type_of(actor.code);
        auto& one = out.emplace_back(StateDifference{id, std::string(vm::actor_type_name(type)), "", "", "", ""});
        if (!both) {
            one.path = one.sort = "exists";
            one.first = a != actors_a.end() ? "yes" : "no";
            one.second = b != actors_b.end() ? "yes" : "no";
        } else {
            auto fields = std::to_array(kRecord);
            fields[1].holds = Field::Holds::block;
            fields[1].inside = state_fields(type);
            STRATA_TRY(const auto value_a, record_value(a->second));
            STRATA_TRY(const auto value_b, record_value(b->second));
            STRATA_TRY(const auto found,
                       comparison.values({}, value_a, value_b, {.name = "actor", .inside = fields}, 0));
            if (found) one = {id, one.type, found->place.path, found->place.sort, found->first, found->second};
        }
        if (out.size() == limit) break;
    }
    return out;
}

}  // namespace strata::differential
