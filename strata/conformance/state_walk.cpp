#include <strata/conformance/state_walk.hpp>

#include <bit>
#include <set>

#include <strata/ipld/amt.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/ipld/data_model.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata::conformance {
namespace {

// The common widths first: 5 almost everywhere, 6 in the market, 3 in token balances.
constexpr unsigned kHamtWidths[] = {5, 6, 3, 8, 4, 7, 2, 1};

const List* list_of(const Value& value, std::size_t size) {
    const auto* list = value.as<List>();
    return list != nullptr && list->size() == size ? list : nullptr;
}
bool is_number(const Value& value) {
    const auto* number = value.as<Integer>();
    return number != nullptr && !number->negative;
}

// [bitmap, [links], [values]]
bool is_amt_node(const Value& value) {
    const auto* node = list_of(value, 3);
    return node != nullptr && (*node)[0].as<Bytes>() != nullptr && (*node)[1].as<List>() != nullptr &&
           (*node)[2].as<List>() != nullptr;
}
// v3: [width, height, count, node]; v0: [height, count, node]
bool is_amt_root(const Value& value, Amt::Version version) {
    const std::size_t numbers = version == Amt::Version::v3 ? 3 : 2;
    const auto* root = list_of(value, numbers + 1);
    return root != nullptr && std::all_of(root->begin(), root->end() - 1, is_number) && is_amt_node(root->back());
}
/// What a v2 pointer has in its map of one entry; anything else as it is.
const Value& unwrapped(const Value& pointer) {
    const auto* map = pointer.as<Map>();
    return map != nullptr && map->size() == 1 ? map->front().value : pointer;
}
// A pointer is a link, or a bucket of [key, value].
bool is_pointer(const Value& pointer) {
    const auto& value = unwrapped(pointer);
    if (value.as<Cid>() != nullptr) return true;
    const auto* bucket = value.as<List>();
    if (bucket == nullptr || bucket->empty()) return false;
    return std::ranges::all_of(*bucket, [](const Value& entry) {
        const auto* pair = list_of(entry, 2);
        return pair != nullptr && (*pair)[0].as<Bytes>() != nullptr;
    });
}
// [bitfield, [pointers]] with as many bits as pointers.
bool is_hamt_node(const Value& value) {
    const auto* node = list_of(value, 2);
    if (node == nullptr || (*node)[0].as<Bytes>() == nullptr || (*node)[1].as<List>() == nullptr) return false;
    std::size_t bits = 0;
    for (const auto byte : *(*node)[0].as<Bytes>()) bits += static_cast<std::size_t>(std::popcount(byte));
    const auto& pointers = *(*node)[1].as<List>();
    return bits == pointers.size() && std::ranges::all_of(pointers, is_pointer);
}

class Walker {
  public:
    Walker(MemoryBlockstore& store, Report& report) : store_(store), report_(report) {}

    void run() {
        for (const auto& [cid, block] : store_.blocks()) {
            if (cid.codec() != Codec::dag_cbor) continue;
            const auto value = decode_dag_cbor(block);
            if (!value) continue;  // the block's own case has failed
            if (is_hamt_node(*value)) note_hamt(cid, *value);
            for (const auto version : {Amt::Version::v0, Amt::Version::v3})
                if (is_amt_root(*value, version)) check(rebuild_amt(cid, version), "AMT " + cid.to_string(), amts_);
        }
        for (const auto& cid : hamts_)
            if (!below_.contains(cid)) check(rebuild_hamt(cid), "HAMT " + cid.to_string(), rebuilt_);
        report_.pass(std::to_string(rebuilt_) + " HAMTs and " + std::to_string(amts_) + " AMTs built anew");
    }

  private:
    void note_hamt(const Cid& cid, const Value& node) {
        hamts_.insert(cid);
        const auto& pointers = *(*node.as<List>())[1].as<List>();
        if (!pointers.empty() && pointers.front().as<Map>() != nullptr) old_.insert(cid);
        for (const auto& pointer : pointers)
            if (const auto* link = unwrapped(pointer).as<Cid>()) below_.insert(*link);
    }

    void check(const Result<bool>& same, const std::string& name, std::size_t& count) {
        if (same && *same) {
            ++count;
        } else {
            report_.fail(name, same ? "built anew it has another root" : same.error().message());
        }
    }

    Result<bool> rebuild_amt(const Cid& root, Amt::Version version) {
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

    // The width is not written in the map: the first that reads it is its width.
    Result<bool> rebuild_hamt(const Cid& root) {
        Result<bool> last = false;
        for (const unsigned width : kHamtWidths) {
            last = rebuild_hamt(root, width);
            if (last && *last) break;
        }
        return last;
    }
    Result<bool> rebuild_hamt(const Cid& root, unsigned width) {
        const auto version = old_.contains(root) ? Hamt::Version::v2 : Hamt::Version::v3;
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

    MemoryBlockstore& store_;
    Report& report_;
    std::set<Cid> hamts_;
    std::set<Cid> old_;  // HAMT v2
    std::set<Cid> below_;
    std::size_t rebuilt_ = 0;
    std::size_t amts_ = 0;
};

}  // namespace

void walk_collections(MemoryBlockstore& store, Report& report) { Walker(store, report).run(); }

}  // namespace strata::conformance
