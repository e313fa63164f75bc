#pragma once
// Says which tipsets count as finalized and as safe, for all paths and methods. FRC-0089's calculator says it from the
// blocks of the last 905 epochs; where it gives no answer, as on a chain that is shorter or has few blocks, "finalized"
// is 900 epochs below the head. There is no F3. Source: lotus v1.36.2 chain/ecfinality/cache.go,
// node/impl/full/chain_v2.go, node/impl/eth/tipsetresolver.go.
#include <memory>

#include <strata/api/context.hpp>
#include <strata/base/mutex.hpp>

namespace strata::api {

struct EcFinality {
    chain::TipsetPtr head;
    std::optional<ChainEpoch> depth;  // epochs below the head; empty if the calculator gives no answer
    chain::TipsetPtr finalized;       // the tipset there; null without a depth
};

/// Keeps the calculator's answer for the newest head that was asked about. A new head costs some ten milliseconds and
/// the tipsets that are new since the last one. Thread-safe; two callers may compute the same.
class FinalityCache {
  public:
    /// Errors: those of reading tipsets; those of Context::check_may_continue.
    Result<EcFinality> at(Context& context, const chain::TipsetPtr& head) STRATA_EXCLUDES(mutex_);

  private:
    struct Epoch {
        TipsetKey key;  // of the tipset
        ChainEpoch height = 0;
        std::size_t blocks = 0;
    };
    using Window = std::vector<Epoch>;  // the newest first
    Result<std::shared_ptr<const Window>> window(Context& context, const chain::TipsetPtr& head)
        STRATA_EXCLUDES(mutex_);

    Mutex mutex_;
    std::optional<EcFinality> last_ STRATA_GUARDED_BY(mutex_);
    std::shared_ptr<const Window> window_ STRATA_GUARDED_BY(mutex_);
};

/// Returns the tipset that will not be reverted any more: the calculator's, or otherwise the one of
/// fixed_finality_below().
Result<chain::TipsetPtr> finalized_below(Context& context, const chain::TipsetPtr& head);
/// Returns the tipset 900 epochs below `head`, or genesis: the rule that holds on every chain.
Result<chain::TipsetPtr> fixed_finality_below(Context& context, const chain::TipsetPtr& head);
/// Returns the tipset that will hardly be reverted: 200 epochs below `head`, or genesis; the finalized one if that is
/// newer.
Result<chain::TipsetPtr> safe_below(Context& context, const chain::TipsetPtr& head);

}  // namespace strata::api
