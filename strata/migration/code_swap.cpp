#include <strata/migration/code_swap.hpp>

#include <algorithm>

#include <strata/vm/state_tree.hpp>

namespace strata::migration {
namespace {

constexpr std::size_t kDigestSize = 32;
constexpr std::uint64_t kStateTreeVersion = 5;  // since network version 18

struct StateRoot {
    std::uint64_t version = 0;
    Cid actors;
    Cid info;
    STRATA_CBOR_TUPLE(version, actors, info);
};

// Returns the digest of a CID of the kind that all nodes have, DAG-CBOR with blake2b-256; empty for a different kind.
std::optional<Hash256> digest_of(const Cid& node) {
    static const Cid example = Cid::hash_of(Codec::dag_cbor, Bytes{});
    const BytesView bytes = node.bytes();
    const BytesView prefix = example.bytes().first(example.bytes().size() - kDigestSize);
    if (bytes.size() != prefix.size() + kDigestSize || !std::ranges::equal(bytes.first(prefix.size()), prefix))
        return std::nullopt;
    Hash256 out;
    std::ranges::copy(bytes.last(kDigestSize), out.begin());
    return out;
}

class Swap {
  public:
    Swap(Blockstore& blocks, const CodeMap& codes, NodeCache& cache)
        : blocks_(blocks), codes_(codes), cache_(cache), filling_(cache.use_for(codes)) {}

    // Recurses once for each level of the map, of which the hash of a key allows 52.
    Result<Cid> node(const Cid& cid, unsigned depth) {
        constexpr unsigned most = 52;
        if (depth > most)
            return fail(Errc::malformed, "the map of actors is deeper than " + std::to_string(most) + " levels");
        if (const auto known = cache_.find(filling_, cid)) {
            STRATA_TRY(const bool here, blocks_.has(*known));
            if (here) return *known;
        }
        STRATA_TRY(const Bytes data, blocks_.get(cid));
        STRATA_TRY(const Bytes changed, changed_node(data, depth));
        STRATA_TRY(const Cid out, blocks_.put(Codec::dag_cbor, changed));
        cache_.put(filling_, cid, out);
        return out;
    }

  private:
    // A node is [bitfield, [pointer...]]; a pointer is a link or a bucket (docs/protocol/fvm.md §1.6).
    Result<Bytes> changed_node(BytesView data, unsigned depth) {
        CborReader r(data);
        CborWriter w;
        STRATA_OK(r.tuple(2));
        w.array(2);
        STRATA_TRY(const auto bitfield, r.bytes());
        w.bytes(bitfield);
        STRATA_TRY(const auto pointers, r.array());
        w.array(pointers);
        for (std::uint64_t i = 0; i < pointers; ++i) {
            STRATA_TRY(const unsigned major, r.peek_major());
            constexpr unsigned tag = 6;
            if (major == tag) {
                STRATA_TRY(const Cid child, r.link());
                STRATA_TRY(const Cid changed, node(child, depth + 1));
                w.link(changed);
            } else {
                STRATA_OK(change_bucket(r, w));
            }
        }
        STRATA_OK(r.finish());
        return w.take();
    }

    // A bucket is [[key, actor]...].
    Status change_bucket(CborReader& r, CborWriter& w) {
        STRATA_TRY(const auto entries, r.array());
        w.array(entries);
        for (std::uint64_t i = 0; i < entries; ++i) {
            STRATA_OK(r.tuple(2));
            STRATA_TRY(const auto key, r.bytes());
            vm::ActorState actor;
            STRATA_OK(decode(r, actor));
            STRATA_TRY(actor.code, code_after(actor.code, key));
            w.array(2);
            w.bytes(key);
            encode(w, actor);
        }
        return {};
    }

    Result<Cid> code_after(const Cid& code, BytesView key) const {
        const auto it = codes_.find(code);
        if (it != codes_.end()) return it->second;
        STRATA_TRY(const auto address, Address::from_bytes(key));
        return fail(Errc::internal, "the actor " + address.to_string() + " has the code " + code.to_string() +
                                        ", which the manifest of the state does not name");
    }

    Blockstore& blocks_;
    const CodeMap& codes_;
    NodeCache& cache_;
    std::uint64_t filling_;
};

}  // namespace

std::uint64_t NodeCache::use_for(const CodeMap& codes) {
    const Lock lock(mutex_);
    if (codes_ != codes) {
        codes_ = codes;
        nodes_.clear();
        ++filling_;
    }
    return filling_;
}

std::optional<Cid> NodeCache::find(std::uint64_t filling, const Cid& node) const {
    const auto digest = digest_of(node);
    if (!digest) return std::nullopt;
    const Lock lock(mutex_);
    const auto it = nodes_.find(*digest);
    if (it == nodes_.end() || filling != filling_) return std::nullopt;
    return Cid::v1(Codec::dag_cbor, HashCode::blake2b_256, it->second);
}

void NodeCache::put(std::uint64_t filling, const Cid& node, const Cid& changed) {
    const auto from = digest_of(node);
    const auto to = digest_of(changed);
    const Lock lock(mutex_);
    if (from && to && filling == filling_ && nodes_.size() < capacity_) nodes_.emplace(*from, *to);
}

std::size_t NodeCache::size() const {
    const Lock lock(mutex_);
    return nodes_.size();
}

Result<Cid> swap_codes(Blockstore& blocks, const Cid& root, const CodeMap& codes, NodeCache& cache) {
    STRATA_TRY(auto state_root, get_cbor<StateRoot>(blocks, root));
    if (state_root.version != kStateTreeVersion)
        return fail(Errc::unsupported, "state tree version is " + std::to_string(state_root.version) + ", expected " +
                                           std::to_string(kStateTreeVersion));
    STRATA_TRY(state_root.actors, Swap(blocks, codes, cache).node(state_root.actors, 0));
    return put_cbor(blocks, state_root);
}

}  // namespace strata::migration
