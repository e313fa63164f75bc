#include <strata/chain/slash_filter.hpp>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

std::string height_key(const Address& miner, ChainEpoch height) {
    return "producer/height/" + miner.to_string() + "/" + std::to_string(height);
}
std::string parents_key(const Address& miner, const TipsetKey& parents) {
    return "producer/parents/" + miner.to_string() + "/" + to_hex(crypto::blake2b_256(parents.bytes()));
}

}  // namespace

Status SlashFilter::admit(const BlockHeader& block, ChainEpoch parent_height) {
    const Cid cid = block.cid();
    const Bytes value = to_bytes(cid.bytes());
    const std::string at_height = height_key(block.miner, block.height);
    const std::string on_parents = parents_key(block.miner, TipsetKey(block.parents));
    STRATA_TRY(const auto same_height, meta_.get(at_height));
    if (same_height && *same_height != value)
        return fail(Errc::verification, "double-fork mining: miner " + block.miner.to_string() +
                                            " has already signed a different block at height " +
                                            std::to_string(block.height));
    STRATA_TRY(const auto same_parents, meta_.get(on_parents));
    if (same_parents && *same_parents != value)
        return fail(Errc::verification, "time-offset mining: miner " + block.miner.to_string() +
                                            " has already signed a different block on the parents " +
                                            TipsetKey(block.parents).to_string());
    STRATA_TRY(const auto own_parent, meta_.get(height_key(block.miner, parent_height)));
    const auto is_own = [&](const Cid& parent) { return equal(parent.bytes(), *own_parent); };
    if (own_parent && std::ranges::none_of(block.parents, is_own))
        return fail(Errc::verification, "parent grinding: the parents at height " + std::to_string(parent_height) +
                                            " leave out the block that miner " + block.miner.to_string() +
                                            " has signed there");
    return meta_.write({{at_height, value}, {on_parents, value}});
}

}  // namespace strata::chain
