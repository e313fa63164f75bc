#include <strata/chain/snapshot/walk.hpp>

#include <ranges>

#include <strata/ipld/link_scan.hpp>

namespace strata::chain {

bool belongs_to_snapshot(const Cid& cid) {
    if (cid.hash() == HashCode::identity) return false;
    return cid.codec() == Codec::raw || cid.codec() == Codec::cbor || cid.codec() == Codec::dag_cbor;
}

// Returns false if the block was met before.
Result<bool> SnapshotWalk::enter(const Cid& cid) {
    if (seen_.bytes_for_next() > max_memory_)
        return fail(Errc::too_large, "the snapshot has more than " + std::to_string(seen_.size()) +
                                         " blocks, and the set of those that were visited would need " +
                                         std::to_string(seen_.bytes_for_next() >> 20U) + " MiB, expected at most " +
                                         std::to_string(max_memory_ >> 20U) + " MiB");
    return seen_.insert(cid);
}

// Reads a block and visits it; returns false if it is left out.
Result<bool> SnapshotWalk::read(const Cid& cid, Bytes& block) {
    auto got = blocks_.get(cid);
    if (!got && got.error().code() == Errc::missing_block && cid.codec() == Codec::raw) {
        ++left_out_;
        return false;
    }
    if (!got) return std::move(got).error();
    block = std::move(*got);
    STRATA_TRY(const bool matches, cid.matches(block));
    if (!matches) return fail(Errc::verification, "the block does not match its CID " + cid.to_string());
    STRATA_OK(visit_(cid, block));
    ++visited_;
    bytes_ += block.size();
    return true;
}

Status SnapshotWalk::one(const Cid& cid) {
    STRATA_TRY(const bool is_new, enter(cid));
    if (!is_new) return {};
    Bytes block;
    STRATA_OK(read(cid, block));
    return {};
}

Status SnapshotWalk::below(const Cid& root) {
    std::vector<Cid> pending{root};  // the next one is at the end; each block is in it at most once for each link to it
    std::vector<Cid> links;
    Bytes block;
    while (!pending.empty()) {
        const Cid cid = pending.back();
        pending.pop_back();
        if (!belongs_to_snapshot(cid)) continue;
        STRATA_TRY(const bool is_new, enter(cid));
        if (!is_new) continue;
        STRATA_TRY(const bool here, read(cid, block));
        if (!here || cid.codec() != Codec::dag_cbor) continue;
        links.clear();
        STRATA_OK(scan_links(block, links));
        for (const auto& link : links | std::views::reverse)
            if (!seen_.contains(link)) pending.push_back(link);
    }
    return {};
}

}  // namespace strata::chain
