#include <strata/chain/reorg.hpp>

#include <strata/chain/chain_store.hpp>

namespace strata::chain {

Result<HeadChange> way_between(ChainStore& chain, TipsetPtr from, TipsetPtr to, std::size_t most_reverted) {
    HeadChange path;
    while (from->key() != to->key()) {
        // The higher of the two cannot be the ancestor.
        if (from->height() >= to->height()) {
            if (path.reverted.size() == most_reverted)
                return fail(Errc::out_of_range, "the fork leaves the chain more than " + std::to_string(most_reverted) +
                                                    " tipsets below the head, where tipsets are final");
            path.reverted.push_back(from);
            STRATA_TRY(from, chain.parent(*from));
        } else {
            path.applied.push_back(to);
            STRATA_TRY(to, chain.parent(*to));
        }
    }
    std::ranges::reverse(path.applied);
    return path;
}

}  // namespace strata::chain
