#pragma once
// Which tipset is the head: formed of valid blocks, the heaviest first, without those of miners that signed two.
// Source: docs/protocol/node.md §10 (lotus chain/store/store.go).
//
// Thread-safe. The one lock is held while candidates are weighed and the new head is written: reads of headers and of
// the power actor, and one batch. Nothing is executed, fetched or called under it; listeners run after it is released.
#include <deque>

#include <strata/chain/chain_store.hpp>

namespace strata::chain {

class Consensus {
  public:
    /// `chain` must outlive the object.
    explicit Consensus(ChainStore& chain) : chain_(chain) {}
    /// Reads the checkpoint of an earlier run.
    Status open() STRATA_EXCLUDES(mutex_);

    /// Called after every change of head, in order: newest reverted first, oldest applied first. It runs on a thread
    /// that changed the head, without any lock: a listener may call back, and what it causes is told afterwards.
    using HeadListener =
        std::function<void(const std::vector<TipsetPtr>& reverted, const std::vector<TipsetPtr>& applied)>;
    void on_head(HeadListener listener) STRATA_EXCLUDES(events_mutex_);

    /// Has the block passed all rules?
    Result<bool> is_validated(const BlockHeader& header);
    Result<bool> is_validated(const Tipset& tipset);
    /// The block passed all rules: remembered for ever, in one batch with `records`.
    Status mark_valid(const BlockHeader& header, std::vector<store::Write> records = {});
    /// The blocks of a chain that was imported whole, from somebody who is trusted, count as validated.
    Status trust(const Tipset& tipset);

    /// To be called after a block of `height` became valid. Errors: failures of this node.
    Status choose_head(ChainEpoch height) STRATA_EXCLUDES(mutex_, events_mutex_);

    /// No head is chosen that would revert the checkpoint. Errors: out_of_range unless it is on the present chain.
    Status set_checkpoint(const TipsetPtr& tipset) STRATA_EXCLUDES(mutex_);
    Status remove_checkpoint() STRATA_EXCLUDES(mutex_);
    TipsetPtr checkpoint() const STRATA_EXCLUDES(mutex_);

    struct Candidate {
        TipsetPtr tipset;
        BigInt weight;
    };
    /// The best tipset that can be formed at a height: blocks with the same parents (written in the same order), none
    /// of a miner with two blocks there.
    Result<std::optional<Candidate>> heaviest_at(ChainEpoch height);

  private:
    Result<std::vector<BlockHeader>> honest_at(ChainEpoch height);
    Result<Candidate> without_equivocation(Candidate head) STRATA_REQUIRES(mutex_);
    Result<std::optional<HeadChange>> way_if_allowed(const TipsetPtr& to) STRATA_REQUIRES(mutex_);
    Status take_head(const TipsetPtr& tipset, HeadChange way) STRATA_REQUIRES(mutex_);
    Status choose_head_locked(ChainEpoch height) STRATA_REQUIRES(mutex_);
    void tell_listeners() STRATA_EXCLUDES(events_mutex_);

    ChainStore& chain_;
    mutable Mutex mutex_;
    TipsetPtr checkpoint_ STRATA_GUARDED_BY(mutex_);

    Mutex events_mutex_;  // taken after mutex_
    std::vector<HeadListener> listeners_ STRATA_GUARDED_BY(events_mutex_);
    std::deque<HeadChange> events_ STRATA_GUARDED_BY(events_mutex_);
    bool is_telling_ STRATA_GUARDED_BY(events_mutex_) = false;
};

}  // namespace strata::chain
