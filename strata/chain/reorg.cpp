#include <strata/chain/reorg.hpp>

namespace strata::chain {

Result<HeadChange> way_between(ChainStore& chain, TipsetPtr from, TipsetPtr to, std::size_t limit) {
    HeadChange way;
    while (from->key() != to->key()) {
        // The higher of the two cannot be the ancestor.
        if (from->height() >= to->height()) {
            if (way.reverted.size() == limit)
                return fail(Errc::out_of_range,
                            "a fork that leaves the chain before its last " + std::to_string(limit) + " tipsets");
            way.reverted.push_back(from);
            STRATA_TRY(from, chain.parent(*from));
        } else {
            way.applied.push_back(to);
            STRATA_TRY(to, chain.parent(*to));
        }
    }
    std::ranges::reverse(way.applied);
    return way;
}

}  // namespace strata::chain
