#pragma once
// Removes old states from a node's store while the node works, so that its disk stays bounded. A collection moves what
// is needed to a new generation of states and drops the older ones on the way (store/generations.hpp). This file is the
// policy: when one begins, and what is needed.
//
// Needed are the states that the newest `keep_epochs` tipsets of the main chain name, those that valid blocks of forks
// at these heights name, the state after the head, and that of genesis. Headers, messages and receipts are kept for
// good. What one collection did is in its records, so a killed one goes on (docs/formats/repository.md).
//
// Space: with S the states that are needed, a store has about S and `growth` hundredths of it when a collection begins,
// more if an epoch writes much, and for the time of a collection its marks (about 50 bytes a block), what is written
// meanwhile, and what the database has in files that are not in order yet (store/rocks_store.cpp).
#include <thread>

#include <strata/base/mutex.hpp>
#include <strata/chain/keep_epochs.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/store/generations.hpp>

namespace strata::chain {

class ChainStore;
class StateManager;

struct CollectorOptions {
    /// The tipsets whose states are kept; 0: all, and nothing is ever collected. Nodes have kLeastKeptEpochs at least;
    /// tests may have fewer.
    ChainEpoch keep_epochs = kDefaultKeptEpochs;
    /// The epochs from the beginning of a collection to that of the next one, at least; 0: a twentieth of keep_epochs.
    ChainEpoch every = 0;
    /// A collection begins only if the states have grown by this many hundredths since the end of the last one.
    std::uint64_t growth = 5;
    /// A step copies about this many bytes.
    std::uint64_t step_bytes = std::uint64_t{1} << 18;
    /// Written in the batch that seals a collection, after which the store below all generations is not read any more.
    std::vector<store::Write> at_end{};
    /// Called when a collection has released the store below.
    std::function<void()> released{};
};

class Collector {
  public:
    /// All arguments must outlive the object.
    /// `states` is null where nothing is executed, as in a stopped node.
    Collector(ChainStore& chain, StateManager* states, store::Generations& generations, CollectorOptions options);
    /// Ends after the step that runs.
    ~Collector();
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    /// Works on a thread of its own from now on, half of the time at most unless a collection lasts for more than half
    /// of `every` epochs; the validation of blocks waits for it nowhere. Failures go to the log and are tried again.
    void start();

    enum class Step : std::uint8_t {
        idle,    // nothing is due
        worked,  // there is more to do
        waits,   // for work on blocks that began before the collection, or for the database
        ended,   // a collection has ended
    };
    /// Does the next piece of work; not to be mixed with start(). Errors: missing_block if a needed block is lost (then
    /// nothing is dropped), malformed, no_space, io; the next call tries again.
    Result<Step> step();
    /// Begins a collection at the next step even if none is due. For use before start().
    void force() { forced_ = true; }

    struct Progress {
        bool collecting = false;
        store::Counted needed;            // found to be needed by the collection that runs, or by the last one
        store::Counted moved;             // of them, those that are in the new family
        std::uint64_t before = 0;         // bytes of the states when it began
        std::uint64_t freed = 0;          // bytes, by the last one
        std::uint64_t kept = 0;           // bytes of the states after the last one
        std::uint64_t ended = 0;          // collections that this object has ended
        std::uint64_t tipsets_moved = 0;  // of an older store, whose headers and messages go to the family that stays
    };
    Progress progress() const STRATA_EXCLUDES(mutex_);
    const CollectorOptions& options() const { return options_; }

  private:
    enum class Stage : std::uint8_t { idle, roots, forks, chain, states, sweep };
    Result<Step> begin();
    Result<bool> is_due();
    Result<Step> keep_roots();
    Result<Step> keep_forks();
    Result<Step> move_chain();
    Result<Step> mark_states();
    Result<Step> sweep_states();
    Status keep_if_here(const Cid& root);
    Status move_tipset(const Tipset& tipset, bool whole);
    Status copy_below(const Cid& root);
    Status remove_old_results();
    void report();
    void run(const std::stop_token& stop);

    ChainStore& chain_;
    StateManager* const states_;
    store::Generations& generations_;
    const CollectorOptions options_;
    bool forced_ = false;

    Stage stage_ = Stage::idle;
    TipsetPtr head_;          // when this collection began, or went on
    TipsetPtr at_;            // the tipset at which the present stage is
    std::uint64_t kept_ = 0;  // tipsets whose states are named already
    ChainEpoch lowest_ = 0;   // the height of the last of them
    std::chrono::steady_clock::time_point begun_;
    std::chrono::steady_clock::time_point reported_;

    mutable Mutex mutex_;
    Progress progress_ STRATA_GUARDED_BY(mutex_);
    std::jthread thread_;  // last: it uses all others
};

/// The record of the last collection.
struct CollectionRecord {
    ChainEpoch head = 0;       // when it began
    std::uint64_t bytes = 0;   // of the states when it had ended
    ChainEpoch kept_from = 0;  // the height of the lowest tipset whose state was kept
    STRATA_CBOR_TUPLE(head, bytes, kept_from);
};
/// Returns the record; empty before the first collection. Errors: malformed, io.
Result<std::optional<CollectionRecord>> last_collection(store::KeyValue& meta);

/// Returns the links of a state's block that must be kept: those that the kernel follows. Errors: malformed.
Result<std::vector<Cid>> links_of_state(const Cid& cid, BytesView data);

}  // namespace strata::chain
