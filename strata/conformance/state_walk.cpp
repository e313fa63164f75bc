#include <strata/conformance/state_walk.hpp>

#include <bit>
#include <map>
#include <set>

#include <strata/ipld/amt.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/ipld/data_model.hpp>
#include <strata/ipld/hamt.hpp>
#include <strata/ipld/kamt.hpp>

namespace strata::conformance {
namespace {

// The common widths come first: 5 almost everywhere, 6 in the market, 3 in token balances.
constexpr unsigned kHamtWidths[] = {5, 6, 3, 8, 4, 7, 2, 1};

const List* list_of(const Value& value, std::size_t size) {
    const auto* list = value.as<List>();
    return list != nullptr && list->size() == size ? list : nullptr;
}
bool is_number(const Value& value) {
    const auto* number = value.as<Integer>();
    return number != nullptr && !number->negative;
}

// The shape is [bitmap, [links], [values]].
bool is_amt_node(const Value& value) {
    const auto* node = list_of(value, 3);
    return node != nullptr && (*node)[0].as<Bytes>() != nullptr && (*node)[1].as<List>() != nullptr &&
           (*node)[2].as<List>() != nullptr;
}
// The shape of v3 is [width, height, count, node]; that of v0 is [height, count, node].
bool is_amt_root(const Value& value, Amt::Version version) {
    const std::size_t numbers = version == Amt::Version::v3 ? 3 : 2;
    const auto* root = list_of(value, numbers + 1);
    return root != nullptr && std::all_of(root->begin(), root->end() - 1, is_number) && is_amt_node(root->back());
}
enum class TrieKind { hamt_v3, hamt_v2, kamt };

/// HAMT v2 and KAMT wrap each pointer in a map of one entry, with these names for a link and a bucket.
std::string_view link_name(TrieKind kind) {
    return kind == TrieKind::kamt ? "l" : "0";
}
std::string_view bucket_name(TrieKind kind) {
    return kind == TrieKind::kamt ? "v" : "1";
}

/// Returns the member of that name if it is the only member of its map; otherwise null.
const Value* sole_member(const Value& value, std::string_view name) {
    const auto* map = value.as<Map>();
    return map != nullptr && map->size() == 1 && map->front().key == name ? &map->front().value : nullptr;
}

/// Returns the CID that a pointer holds; null if the pointer is not a link. In a KAMT, a link is [CID, bits, bytes].
const Cid* link_of(const Value& pointer, TrieKind kind) {
    if (kind == TrieKind::hamt_v3) return pointer.as<Cid>();
    const auto* member = sole_member(pointer, link_name(kind));
    if (member == nullptr) return nullptr;
    if (kind == TrieKind::hamt_v2) return member->as<Cid>();
    const auto* link = list_of(*member, 3);
    return link == nullptr ? nullptr : (*link)[0].as<Cid>();
}

/// A bucket is a list of [key, value].
bool is_bucket(const Value& pointer, TrieKind kind) {
    const auto* value = kind == TrieKind::hamt_v3 ? &pointer : sole_member(pointer, bucket_name(kind));
    const auto* bucket = value == nullptr ? nullptr : value->as<List>();
    if (bucket == nullptr || bucket->empty()) return false;
    return std::ranges::all_of(*bucket, [](const Value& entry) {
        const auto* pair = list_of(entry, 2);
        return pair != nullptr && (*pair)[0].as<Bytes>() != nullptr;
    });
}

const List& pointers_of(const Value& node) {
    return *(*node.as<List>())[1].as<List>();
}

// The shape is [bitfield, [pointers]] with as many bits as pointers.
bool is_trie_node(const Value& value) {
    const auto* node = list_of(value, 2);
    if (node == nullptr || (*node)[0].as<Bytes>() == nullptr || (*node)[1].as<List>() == nullptr) return false;
    std::size_t bits = 0;
    for (const auto byte : *(*node)[0].as<Bytes>()) bits += static_cast<std::size_t>(std::popcount(byte));
    return bits == pointers_of(value).size();
}

/// Returns the first kind that fits all pointers; empty if none fits. An empty node is the same in all kinds.
std::optional<TrieKind> trie_kind(const Value& value) {
    if (!is_trie_node(value)) return std::nullopt;
    for (const auto kind : {TrieKind::hamt_v3, TrieKind::hamt_v2, TrieKind::kamt}) {
        const auto fits = [&](const Value& pointer) { return link_of(pointer, kind) || is_bucket(pointer, kind); };
        if (std::ranges::all_of(pointers_of(value), fits)) return kind;
    }
    return std::nullopt;
}

class Walker {
  public:
    Walker(MemoryBlockstore& store, Report& report) : store_(store), report_(report) {}

    void run() {
        for (const auto& [cid, block] : store_.blocks()) {
            if (cid.codec() != Codec::dag_cbor) continue;
            const auto value = decode_dag_cbor(block);
            if (!value) continue;  // the block's own case has failed
            if (const auto kind = trie_kind(*value)) note_trie(cid, *value, *kind);
            for (const auto version : {Amt::Version::v0, Amt::Version::v3})
                if (is_amt_root(*value, version))
                    check(rebuilt_amt_matches(cid, version), "AMT " + cid.to_string(), rebuilt_amts_);
        }
        for (const auto& [cid, kind] : tries_)
            if (!below_.contains(cid))
                check(rebuilt_trie_matches(cid, kind), "HAMT or KAMT " + cid.to_string(), rebuilt_tries_);
        report_.pass(std::to_string(rebuilt_tries_) + " HAMTs and KAMTs, " + std::to_string(rebuilt_amts_) +
                     " AMTs rebuilt with the same roots");
    }

  private:
    void note_trie(const Cid& cid, const Value& node, TrieKind kind) {
        tries_.emplace(cid, kind);
        for (const auto& pointer : pointers_of(node))
            if (const auto* link = link_of(pointer, kind)) below_.insert(*link);
    }

    void check(const Result<bool>& same, const std::string& name, std::size_t& count) {
        if (same && *same) {
            ++count;
        } else {
            report_.fail(name, same ? "the collection has a different root when it is rebuilt from its entries"
                                    : same.error().message());
        }
    }

    // Returns true if an AMT that is built from the same entries has the same root. The functions below do the same for
    // tries.
    Result<bool> rebuilt_amt_matches(const Cid& root, Amt::Version version) {
        STRATA_TRY(const auto amt, Amt::load(store_, root, version == Amt::Version::v0 ? 3 : 0, version));
        STRATA_TRY(const Bytes block, store_.get(root));
        STRATA_TRY(const auto value, decode_dag_cbor(block));
        const auto width = version == Amt::Version::v0 ? 3 : (*value.as<List>())[0].as<Integer>()->head;
        MemoryBlockstore scratch;
        Amt fresh(scratch, static_cast<unsigned>(width), version);
        STRATA_OK(amt.for_each([&](std::uint64_t index, BytesView item) -> Result<bool> {
            STRATA_OK(fresh.set(index, to_bytes(item)));
            return true;
        }));
        STRATA_TRY(const Cid again, fresh.flush());
        return again == root;
    }

    Result<bool> rebuilt_trie_matches(const Cid& root, TrieKind kind) {
        if (kind == TrieKind::kamt) return rebuilt_kamt_matches(root);
        const auto version = kind == TrieKind::hamt_v2 ? Hamt::Version::v2 : Hamt::Version::v3;
        // The width is not stored in the map, so widths are tried until the rebuilt map has the same root.
        Result<bool> last = false;
        for (const unsigned width : kHamtWidths) {
            last = rebuilt_hamt_matches(root, width, version);
            if (last && *last) break;
        }
        return last;
    }
    Result<bool> rebuilt_hamt_matches(const Cid& root, unsigned width, Hamt::Version version) {
        STRATA_TRY(const auto map, Hamt::load(store_, root, width, nullptr, version));
        MemoryBlockstore scratch;
        Hamt fresh(scratch, width, nullptr, version);
        STRATA_OK(map.for_each([&](BytesView key, BytesView value) -> Result<bool> {
            STRATA_OK(fresh.set(key, to_bytes(value)));
            return true;
        }));
        STRATA_TRY(const Cid again, fresh.flush());
        return again == root;
    }
    Result<bool> rebuilt_kamt_matches(const Cid& root) {
        STRATA_TRY(const auto map, Kamt::load(store_, root));
        MemoryBlockstore scratch;
        Kamt fresh(scratch);
        STRATA_OK(map.for_each([&](const Kamt::Word& key, const Kamt::Word& value) -> Result<bool> {
            STRATA_OK(fresh.set(key, value));
            return true;
        }));
        STRATA_TRY(const Cid again, fresh.flush());
        return again == root;
    }

    MemoryBlockstore& store_;
    Report& report_;
    std::map<Cid, TrieKind> tries_;
    std::set<Cid> below_;  // the nodes that other nodes link to, which are not roots
    std::size_t rebuilt_tries_ = 0;
    std::size_t rebuilt_amts_ = 0;
};

}  // namespace

void walk_collections(MemoryBlockstore& store, Report& report) {
    Walker(store, report).run();
}

}  // namespace strata::conformance
