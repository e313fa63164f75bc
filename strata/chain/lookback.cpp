#include <strata/chain/lookback.hpp>

#include <strata/chain/chain_store.hpp>

namespace strata::chain {
namespace {

// The lookback in epochs (lotus build/buildconstants, policy.GetWinningPoStSectorSetLookback since network version 4).
constexpr ChainEpoch kLookback = 900;

}  // namespace

Result<Lookback> lookback_for(ChainStore& chain, const TipsetPtr& base, ChainEpoch round,
                              const StateAfter& state_after) {
    const ChainEpoch epoch = std::max<ChainEpoch>(0, round - kLookback);
    if (epoch >= base->height()) {
        // Genesis has no messages, so the state after it is the one that its header names.
        if (base->height() == 0) return Lookback{base, base->parent_state_root()};
        if (!state_after)
            return fail(Errc::out_of_range, "the lookback of epoch " + std::to_string(round) + " is epoch " +
                                                std::to_string(epoch) + ", expected less than " +
                                                std::to_string(base->height()) + ", the height of its base");
        STRATA_TRY(const Cid root, state_after(base));
        return Lookback{base, root};
    }
    STRATA_TRY(const auto next, chain.tipset_at(epoch + 1, base, ChainStore::Null::next));
    STRATA_TRY(auto tipset, chain.parent(*next));
    return Lookback{std::move(tipset), next->parent_state_root()};
}

}  // namespace strata::chain
