#include <strata/ipld/dag.hpp>

#include <set>

#include <strata/ipld/dag_pb.hpp>

namespace strata {
namespace {

// CborReader::item has checked the depth already.
Status collect_links(CborReader& r, std::vector<Cid>& links) {
    STRATA_TRY(const auto major, r.peek_major());
    if (major == 6) {
        STRATA_TRY(links.emplace_back(), r.link());
        return {};
    }
    if (major != 4 && major != 5) {
        STRATA_OK(r.item());
        return {};
    }
    STRATA_TRY(auto items, major == 4 ? r.array() : r.map());
    for (items *= major == 4 ? 1 : 2; items > 0; --items) STRATA_OK(collect_links(r, links));
    return {};
}

struct Walk {
    Blockstore& store;
    const std::function<Status(const Cid&, BytesView)>& visit;
    const DagLimits& limits;
    std::set<Cid> seen;
    std::uint64_t bytes = 0;

    // CommD and CommR stand in state, but name no block.
    static bool is_commitment(const Cid& cid) {
        return cid.codec() == Codec::commitment_sealed || cid.codec() == Codec::commitment_unsealed;
    }

    Status down(const Cid& cid, unsigned depth) {
        if (is_commitment(cid)) return {};
        if (!seen.insert(cid).second) return {};
        if (limits.leave_out && limits.leave_out(cid)) return {};
        if (depth > limits.depth) return fail(Errc::too_large, "a DAG deeper than " + std::to_string(limits.depth));
        if (seen.size() > limits.blocks) return fail(Errc::too_large, "a DAG of too many blocks");
        STRATA_TRY(const Bytes block, verified_block(store, cid));
        bytes += block.size();
        if (bytes > limits.bytes) return fail(Errc::too_large, "a DAG of too many bytes");
        STRATA_OK(visit(cid, block));
        STRATA_TRY(const auto links, links_of(cid.codec(), block));
        for (const auto& link : links) STRATA_OK(down(link, depth + 1));
        return {};
    }
};

}  // namespace

Result<std::vector<Cid>> links_of(Codec codec, BytesView block) {
    std::vector<Cid> links;
    if (codec == Codec::raw) return links;
    if (codec == Codec::dag_pb) {
        STRATA_TRY(const auto node, decode_dag_pb(block));
        for (const auto& link : node.links) links.push_back(link.hash);
        return links;
    }
    if (codec != Codec::dag_cbor) return fail(Errc::unsupported, "links of a block of an unknown codec");
    if (!is_canonical_cbor(block)) return fail(Errc::malformed, "a block that is not strict DAG-CBOR");
    CborReader r(block);
    STRATA_OK(collect_links(r, links));
    return links;
}

Result<Bytes> verified_block(Blockstore& store, const Cid& cid) {
    if (cid.hash() == HashCode::identity) return to_bytes(cid.digest());
    STRATA_TRY(Bytes block, store.get(cid));
    STRATA_TRY(const bool matches, cid.matches(block));
    if (!matches) return fail(Errc::verification, "block does not match its CID " + cid.to_string());
    return block;
}

Status walk_dag(Blockstore& store, const Cid& root, const std::function<Status(const Cid&, BytesView)>& visit,
                const DagLimits& limits) {
    return Walk{.store = store, .visit = visit, .limits = limits, .seen = {}, .bytes = 0}.down(root, 0);
}

}  // namespace strata
