#include <strata/chain/tipset.hpp>

#include <algorithm>
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
    if (block.height != first.height) return fail(Errc::invalid_argument, "blocks of a tipset differ in height");
    if (block.parents != first.parents) return fail(Errc::invalid_argument, "blocks of a tipset differ in parents");
    if (!block.ticket && block.height != 0) return fail(Errc::invalid_argument, "a block of a tipset has no ticket");
    return {};
}

}  // namespace

Hash256 ticket_hash(const Ticket& ticket) {
    return crypto::blake2b_256(ticket.vrf_proof);
}

Result<TipsetPtr> Tipset::make(std::vector<BlockHeader> blocks) {
    if (blocks.empty()) return fail(Errc::invalid_argument, "a tipset has at least one block");
    std::set<Address> miners;
    std::vector<Entry> entries;
    for (const auto& block : blocks) {
        STRATA_OK(check_alike(blocks[0], block));
        if (!miners.insert(block.miner).second)
            return fail(Errc::invalid_argument, "two blocks of miner " + block.miner.to_string() + " in a tipset");
        entries.push_back({block.ticket ? ticket_hash(*block.ticket) : Hash256{}, block.cid(), block});
    }
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

std::uint64_t Tipset::min_timestamp() const {
    return std::ranges::min(blocks_, {}, &BlockHeader::timestamp).timestamp;
}

}  // namespace strata::chain
