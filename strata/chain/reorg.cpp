#include <strata/chain/reorg.hpp>

#include <strata/chain/chain_store.hpp>

namespace strata::chain {

Result<HeadChange> way_between(ChainStore& chain, TipsetPtr from, TipsetPtr to, std::size_t most_reverted) {
    HeadChange way;
    while (from->key() != to->key()) {
        // The higher of the two cannot be the ancestor.
        if (from->height() >= to->height()) {
            if (way.reverted.size() == most_reverted)
                return fail(Errc::out_of_range, "the fork leaves the chain below its last " +
                                                    std::to_string(most_reverted) + " tipsets, which are final");
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
