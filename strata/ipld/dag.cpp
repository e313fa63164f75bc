#include <strata/ipld/dag.hpp>

#include <algorithm>
#include <charconv>
#include <ranges>

#include <strata/ipld/dag_json_links.hpp>
#include <strata/ipld/dag_pb.hpp>

namespace strata {
namespace {

// The multicodec 0x0200. Its blocks have no links: {"/": …} is a convention of DAG-JSON only.
constexpr auto kJson = static_cast<Codec>(0x0200);

// Major types of CBOR (RFC 8949 §3.1).
constexpr unsigned kArray = 4;
constexpr unsigned kMap = 5;
constexpr unsigned kTag = 6;

// This may recurse: links_of() has checked that the block is nested at most 128 levels deep.
Status collect_links(CborReader& r, std::vector<Cid>& links) {
    STRATA_TRY(const auto major, r.peek_major());
    if (major == kTag) {
        STRATA_TRY(links.emplace_back(), r.link());
        return {};
    }
    if (major != kArray && major != kMap) {
        STRATA_OK(r.item());
        return {};
    }
    STRATA_TRY(auto items, major == kArray ? r.array() : r.map());
    if (major == kMap) items *= 2;  // each entry has a key and a value
    for (; items > 0; --items) STRATA_OK(collect_links(r, links));
    return {};
}

Error leads_nowhere(std::string_view name) {
    return fail(Errc::not_found, "the block has no field '" + std::string(name.substr(0, 200)) + "'");
}

// Moves to the entry `name` of the list or map that comes next.
Status enter(CborReader& r, std::string_view name) {
    STRATA_TRY(const auto major, r.peek_major());
    if (major != kArray && major != kMap) return leads_nowhere(name);
    STRATA_TRY(const auto items, major == kArray ? r.array() : r.map());
    std::uint64_t index = 0;
    if (major == kArray) {
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
        if (error != std::errc() || end != name.data() + name.size()) return leads_nowhere(name);
    }
    for (std::uint64_t i = 0; i < items; ++i) {
        if (major == kArray && i == index) return {};
        if (major == kMap) {
            STRATA_TRY(const auto key, r.text());
            if (key == name) return {};
        }
        STRATA_OK(r.item());
    }
    return leads_nowhere(name);
}

Result<PathInBlock> follow_cbor(BytesView block, std::span<const std::string> names) {
    if (!is_canonical_cbor(block)) return fail(Errc::malformed, "the block is not strict DAG-CBOR");
    CborReader r(block);
    for (PathInBlock out;; ++out.used) {
        STRATA_TRY(const auto major, r.peek_major());
        if (major == kTag) {
            STRATA_TRY(out.link, r.link());
            return out;
        }
        if (out.used == names.size()) return out;
        STRATA_OK(enter(r, names[out.used]));
    }
}

}  // namespace

Result<std::vector<Cid>> links_of(Codec codec, BytesView block) {
    std::vector<Cid> links;
    if (codec == Codec::raw || codec == Codec::cbor || codec == kJson) return links;
    if (codec == Codec::dag_pb) {
        STRATA_TRY(const auto node, decode_dag_pb(block));
        for (const auto& link : node.links) links.push_back(link.hash);
        return links;
    }
    if (codec == Codec::dag_json) return dag_json_links(as_text(block));
    if (codec != Codec::dag_cbor)
        return fail(Errc::unsupported, "the codec " + std::to_string(static_cast<std::uint64_t>(codec)) +
                                           " is not known, so the links of its blocks cannot be found");
    if (!is_canonical_cbor(block)) return fail(Errc::malformed, "the block is not strict DAG-CBOR");
    CborReader r(block);
    STRATA_OK(collect_links(r, links));
    return links;
}

Result<PathInBlock> follow_path(Codec codec, BytesView block, std::span<const std::string> names) {
    if (codec == Codec::dag_cbor) return follow_cbor(block, names);
    if (codec == Codec::dag_json) return follow_dag_json(as_text(block), names);
    return fail(Errc::unsupported, "a path leads through a block of codec " +
                                       std::to_string(static_cast<std::uint64_t>(codec)) +
                                       ", expected DAG-CBOR or DAG-JSON");
}

bool is_sector_commitment(const Cid& cid) {
    return cid.codec() == Codec::commitment_sealed || cid.codec() == Codec::commitment_unsealed;
}

Result<Bytes> verified_block(Blockstore& store, const Cid& cid) {
    if (cid.hash() == HashCode::identity) return to_bytes(cid.digest());
    STRATA_TRY(Bytes block, store.get(cid));
    STRATA_TRY(const bool matches, cid.matches(block));
    if (!matches) return fail(Errc::verification, "the block does not match its CID " + cid.to_string());
    return block;
}

Status walk_dag(Blockstore& store, const Cid& root, const std::function<Status(const Cid&, BytesView)>& visit,
                const DagLimits& limits) {
    std::vector<Cid> pending{root};  // the next one is at the end
    CidSet seen;
    std::uint64_t bytes = 0;
    while (!pending.empty()) {
        const Cid cid = pending.back();
        pending.pop_back();
        if (is_sector_commitment(cid) || !seen.insert(cid)) continue;
        if (limits.leave_out && limits.leave_out(cid)) continue;
        if (seen.size() > limits.blocks)
            return fail(Errc::too_large, "the DAG has more than " + std::to_string(limits.blocks) + " blocks");
        STRATA_TRY(const Bytes block, verified_block(store, cid));
        bytes += block.size();
        if (bytes > limits.bytes)
            return fail(Errc::too_large, "the DAG has more than " + std::to_string(limits.bytes) + " bytes");
        STRATA_OK(visit(cid, block));
        STRATA_TRY(const auto links, links_of(cid.codec(), block));
        // The last link pushed is the next one visited, so they are pushed in reverse.
        for (const auto& link : links | std::views::reverse)
            if (!seen.contains(link)) pending.push_back(link);
        if (pending.size() > limits.pending)
            return fail(Errc::too_large,
                        "the DAG has more than " + std::to_string(limits.pending) + " links waiting to be followed");
    }
    return {};
}

}  // namespace strata
