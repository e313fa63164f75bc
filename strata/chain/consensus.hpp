#pragma once
// Chooses the head: the heaviest tipset that can be formed of valid blocks, without those of miners that signed two of
// one height. Source: docs/protocol/node.md §10 (lotus chain/store/store.go).
//
// Thread-safe. The lock is held while candidates are weighed and the new head is written: this reads headers and the
// power actor, and writes one batch. Nothing is executed, fetched or called under it; listeners run after it is
// released.
#include <deque>

#include <strata/chain/chain_store.hpp>
#include <strata/store/key_value.hpp>

namespace strata::chain {

class Consensus {
  public:
    /// `chain` must outlive the object.
    explicit Consensus(ChainStore& chain) : chain_(chain) {}
    /// Reads the checkpoint of an earlier run.
    Status open() STRATA_EXCLUDES(mutex_);

    /// Called after every change of head, in order, with reverted tipsets newest first and applied ones oldest first.
    /// It runs without any lock on a thread that changed the head. A listener may call back; the events that this
    /// causes are delivered afterwards.
    using HeadListener =
        std::function<void(const std::vector<TipsetPtr>& reverted, const std::vector<TipsetPtr>& applied)>;
    void on_head(HeadListener listener) STRATA_EXCLUDES(events_mutex_);

    /// Returns true if the block has passed all rules.
    Result<bool> is_validated(const BlockHeader& header);
    Result<bool> is_validated(const Tipset& tipset);
    /// Records durably, in one batch with `records`, that the block passed all rules.
    Status mark_valid(const BlockHeader& header, std::vector<store::Write> records = {});
    /// Marks the blocks of a tipset as valid without checking them: they belong to a complete chain that was imported
    /// from a trusted source.
    Status trust(const Tipset& tipset);

    /// Chooses the head again. Call it after a block of `height` became valid. Errors: failures of this node.
    Status choose_head(ChainEpoch height) STRATA_EXCLUDES(mutex_, events_mutex_);

    /// Makes a tipset the head, however light it is. Errors: verification if a block of it was not validated here;
    /// out_of_range if the checkpoint would be reverted; missing_block, io.
    Status force_head(const TipsetPtr& tipset) STRATA_EXCLUDES(mutex_, events_mutex_);

    /// Sets the checkpoint: from then on no head is chosen that would revert it. Errors: out_of_range unless the tipset
    /// is on the present chain.
    Status set_checkpoint(const TipsetPtr& tipset) STRATA_EXCLUDES(mutex_);
    Status remove_checkpoint() STRATA_EXCLUDES(mutex_);
    TipsetPtr checkpoint() const STRATA_EXCLUDES(mutex_);

    /// A tipset that may become the head, with the weight of its chain.
    struct Candidate {
        TipsetPtr tipset;
        BigInt weight;
    };
    /// Returns the best tipset that can be formed at a height, of blocks with the same parents in the same order,
    /// without miners that have two blocks there. Empty if there is none.
    Result<std::optional<Candidate>> heaviest_at(ChainEpoch height);

  private:
    Result<std::vector<BlockHeader>> honest_at(ChainEpoch height);
    Result<Candidate> leave_equivocating_head(Candidate head) STRATA_REQUIRES(mutex_);
    Result<std::optional<HeadChange>> path_if_allowed(const TipsetPtr& to) STRATA_REQUIRES(mutex_);
    Status take_head(const TipsetPtr& tipset, HeadChange path) STRATA_REQUIRES(mutex_);
    Status choose_head_locked(ChainEpoch height) STRATA_REQUIRES(mutex_);
    Status force_head_locked(const TipsetPtr& tipset) STRATA_REQUIRES(mutex_);
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
