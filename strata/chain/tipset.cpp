#include <strata/chain/tipset.hpp>

#include <set>

#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

struct Entry {
    Hash256 ticket{};
    Cid cid;
    BlockHeader block;
};

Status check_alike(const BlockHeader& first, const BlockHeader& block) {
    if (block.height != first.height)
        return fail(Errc::invalid_argument, "tipset: the blocks have heights " + std::to_string(first.height) +
                                                " and " + std::to_string(block.height) + ", expected one height");
    if (block.parents != first.parents)
        return fail(Errc::invalid_argument, "tipset: the blocks have parents " + TipsetKey(first.parents).to_string() +
                                                " and " + TipsetKey(block.parents).to_string() + ", expected the same");
    if (!block.ticket && block.height != 0)
        return fail(Errc::invalid_argument, "tipset: block " + block.cid().to_string() + " has no ticket");
    return {};
}

}  // namespace

Hash256 ticket_hash(const Ticket& ticket) {
    return crypto::blake2b_256(ticket.vrf_proof);
}

Result<TipsetPtr> Tipset::make(std::vector<BlockHeader> blocks) {
    if (blocks.empty()) return fail(Errc::invalid_argument, "tipset: there is no block; a tipset has at least one");
    std::set<Address> miners;
    std::vector<Entry> entries;
    for (const auto& block : blocks) {
        STRATA_OK(check_alike(blocks[0], block));
        if (!miners.insert(block.miner).second)
            return fail(Errc::invalid_argument,
                        "tipset: miner " + block.miner.to_string() + " has two blocks, expected at most one");
        entries.push_back({block.ticket ? ticket_hash(*block.ticket) : Hash256{}, block.cid(), block});
    }
    // The order is consensus: messages run in it, and the first block's ticket is the tipset's (docs/protocol/node.md
    // §3).
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
        return a.ticket != b.ticket ? a.ticket < b.ticket : a.cid < b.cid;
    });
    std::vector<Cid> cids;
    blocks.clear();
    for (auto& entry : entries) {
        cids.push_back(entry.cid);
        blocks.push_back(std::move(entry.block));
    }
    return TipsetPtr(new Tipset(std::move(blocks), TipsetKey(std::move(cids))));
}

Cid tipset_key_cid(const TipsetKey& key) {
    CborWriter w;
    w.bytes(key.bytes());
    return Cid::hash_of(Codec::dag_cbor, w.view());
}

bool same_blocks(const TipsetKey& a, const TipsetKey& b) {
    auto x = a.cids();
    auto y = b.cids();
    std::ranges::sort(x);
    std::ranges::sort(y);
    return x == y;
}

std::uint64_t Tipset::min_timestamp() const {
    return std::ranges::min(blocks_, {}, &BlockHeader::timestamp).timestamp;
}

}  // namespace strata::chain
