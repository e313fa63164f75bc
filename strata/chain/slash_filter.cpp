#include <strata/chain/slash_filter.hpp>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/cbor.hpp>

namespace strata::chain {
namespace {

constexpr std::string_view kHold = "producer/hold";
/// Added to the present epoch: a miner may sign the block of the next one ahead, and the lost node's clock may have
/// been ahead of this one's. A block that is further in the future is refused by every validator (docs/protocol/node.md
/// §6).
constexpr ChainEpoch kHoldMargin = 5;

struct Hold {
    std::optional<ChainEpoch> until;
    STRATA_CBOR_TUPLE(until);
};

Result<std::optional<Hold>> read_hold(store::KeyValue& meta) {
    STRATA_TRY(const auto value, meta.get(kHold));
    if (!value) return std::optional<Hold>();
    auto hold = from_cbor<Hold>(*value);
    if (!hold) return std::move(hold).error().with_context(std::string("the record ") + std::string(kHold));
    return std::optional(*hold);
}

std::string height_key(const Address& miner, ChainEpoch height) {
    return "producer/height/" + miner.to_string() + "/" + std::to_string(height);
}
std::string parents_key(const Address& miner, const TipsetKey& parents) {
    return "producer/parents/" + miner.to_string() + "/" + to_hex(crypto::blake2b_256(parents.bytes()));
}

}  // namespace

store::Write SlashFilter::hold(std::optional<ChainEpoch> until) {
    return {std::string(kHold), to_cbor(Hold{until})};
}

Result<std::optional<ChainEpoch>> SlashFilter::held_until(ChainEpoch present) {
    const Lock lock(mutex_);
    STRATA_TRY(auto hold, read_hold(meta_));
    if (!hold) return std::optional<ChainEpoch>();
    if (!hold->until) {
        hold->until = present + kHoldMargin;
        STRATA_OK(meta_.write({SlashFilter::hold(hold->until)}));
    }
    return hold->until;
}

Status SlashFilter::admit(const BlockHeader& block, ChainEpoch parent_height) {
    const Lock lock(mutex_);
    STRATA_TRY(const auto hold, read_hold(meta_));
    if (hold && (!hold->until || parent_height <= *hold->until))
        return fail(
            Errc::verification,
            "restored from a backup: miner " + block.miner.to_string() +
                " may have signed a block that the backup does not know; it signs again on parents above epoch " +
                (hold->until ? std::to_string(*hold->until) : "of the restored node's first start"));
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
