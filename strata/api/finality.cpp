#include <strata/api/finality.hpp>

#include <strata/api/ec_finality.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

// The calculator looks back as far as the adversary may have started, and a little further (lotus NewECFinalityCache).
constexpr std::size_t kEpochs = kChainFinality + 5;
// On all paths, as in a Lotus that may ask F3 (lotus build/buildconstants/params_shared_vals.go, SafeHeightDistance;
// node/impl/eth/tipsetresolver.go): 1.36.2 answered so for /rpc/v1 (tests/interop/lotus_answers.py).
constexpr ChainEpoch kSafeDistance = 200;

Result<chain::TipsetPtr> below(Context& context, const chain::TipsetPtr& head, ChainEpoch distance) {
    return context.chain.tipset_at(std::max<ChainEpoch>(0, head->height() - distance), head,
                                   chain::NullRound::previous);
}

}  // namespace

/// Returns the tipsets of the last epochs. Those that an earlier head has in common with this one are not read again.
Result<std::shared_ptr<const FinalityCache::Window>> FinalityCache::window(Context& context,
                                                                           const chain::TipsetPtr& head) {
    std::shared_ptr<const Window> known;
    {
        const Lock lock(mutex_);
        known = window_;
    }
    auto out = std::make_shared<Window>();
    const ChainEpoch floor = head->height() - static_cast<ChainEpoch>(kEpochs) + 1;
    std::size_t place = 0;  // in the known window
    for (auto at = head;;) {
        STRATA_OK(context.check_may_continue());
        out->push_back({at->key(), at->height(), at->blocks().size()});
        while (known && place < known->size() && (*known)[place].height > at->height()) ++place;
        if (known && place < known->size() && (*known)[place].key == at->key()) {
            for (++place; place < known->size() && out->back().height > floor; ++place) out->push_back((*known)[place]);
            // The known window may end above this floor, if the last head was higher.
            STRATA_TRY(at, context.chain.tipset(out->back().key));
            known.reset();
        }
        if (at->height() <= floor || at->height() == 0) break;
        STRATA_TRY(at, context.chain.parent(*at));
    }
    const Lock lock(mutex_);
    window_ = out;
    return std::shared_ptr<const Window>(std::move(out));
}

Result<EcFinality> FinalityCache::at(Context& context, const chain::TipsetPtr& head) {
    {
        const Lock lock(mutex_);
        if (last_ && last_->head->key() == head->key()) return *last_;
    }
    EcFinality out{.head = head, .depth = {}, .finalized = {}};
    if (head->height() + 1 >= static_cast<ChainEpoch>(kEpochs)) {
        STRATA_TRY(const auto tipsets, window(context, head));
        std::vector<std::size_t> blocks(kEpochs);  // the oldest first, 0 for null rounds
        for (const auto& one : *tipsets) {
            const auto depth = static_cast<std::size_t>(head->height() - one.height);
            if (depth < kEpochs) blocks[kEpochs - 1 - depth] = one.blocks;
        }
        if (const auto depth = finality_depth(blocks)) {
            out.depth = static_cast<ChainEpoch>(*depth);
            STRATA_TRY(out.finalized, below(context, head, *out.depth));
        }
    }
    const Lock lock(mutex_);
    last_ = out;
    return out;
}

Result<chain::TipsetPtr> finalized_below(Context& context, const chain::TipsetPtr& head) {
    STRATA_TRY(auto found, context.finality.at(context, head));
    if (found.finalized) return std::move(found.finalized);
    return fixed_finality_below(context, head);
}

Result<chain::TipsetPtr> fixed_finality_below(Context& context, const chain::TipsetPtr& head) {
    return below(context, head, kChainFinality);
}

Result<chain::TipsetPtr> safe_below(Context& context, const chain::TipsetPtr& head) {
    STRATA_TRY(auto finalized, finalized_below(context, head));
    if (finalized->height() >= head->height() - kSafeDistance) return finalized;
    return below(context, head, kSafeDistance);
}

}  // namespace strata::api
