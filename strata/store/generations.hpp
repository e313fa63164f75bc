#pragma once
// The blocks of a chain's database. Headers, messages and receipts lie in a family of their own, for good. States lie
// in generations, a family each: what is written goes to the newest, and a collection moves from the older ones to it
// what is still needed, and then drops these.
//
//   begin     A new generation is made; from then on it takes all writes.
//   advance   What is needed (keep) is marked, together with everything that it links to, by and by. The marks are a
//             family of their own, without the blocks' bytes.
//   seal      Once nothing is left to mark, one durable batch says so. From then on the blocks of old generations
//             without a mark are gone for every reader.
//   sweep     The marked blocks move to the new generation in the order of their CIDs. What is behind them is given
//             back to the disk on the way, so that no state is there twice.
//   finish    The new generation is the only one.
//
// Nothing reachable is lost although others write meanwhile; store/README.md has the argument. Its rules:
//   - A block that is written during a collection is noted, and so is what has() finds in an old generation only. The
//     collection is sealed only when everything that these link to is marked or in the new generation.
//   - After a root was named for good (a valid block names a state), has() is asked for it, still under the hold.
//     A collection that began before notes it then; one that begins later finds the name.
//   - It is sealed only when all work that held the store (hold) before it began has ended.
// No call waits for a collection, and the collection waits for nobody: seal() says that it is too early.
//
// After a kill a collection that was under way goes on. If it was not sealed, all notes are lost, so the new
// generation's blocks and all marks are looked through once.
//
// Thread-safe; the functions of a collection are for one thread at a time.
#include <set>

#include <strata/ipld/collected_blockstore.hpp>
#include <strata/store/families.hpp>
#include <strata/store/key_value.hpp>

namespace strata::store {

/// Returns the links of a block that must be followed. Errors: malformed.
using LinksOf = std::function<Result<std::vector<Cid>>(const Cid& cid, BytesView data)>;

/// Counts blocks that a collection has met so far.
struct Counted {
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
};

class Generations {
  public:
    /// A sweep gives space back each time that it has moved this many bytes; a block counts as at least 256.
    static constexpr std::uint64_t kGiveBackEvery = std::uint64_t{8} << 20;
    /// Both must outlive the object; they belong to one database.
    Generations(Families& families, KeyValue& meta, std::uint64_t give_back_every = kGiveBackEvery);
    ~Generations();
    Generations(const Generations&) = delete;
    Generations& operator=(const Generations&) = delete;

    /// Reads which generations there are, and drops families that a killed process left. Blocks of an earlier version
    /// (one family for everything) are the oldest generation. Errors: malformed, no_space, io.
    Status open();

    /// The states. lasting() of it is the store for headers, messages and receipts. Both find all blocks.
    CollectedBlockstore& states();
    /// Returns a store for what comes from a snapshot, in which states, headers and messages are not told apart: the
    /// oldest generation, as that of an earlier version. To be called while nothing is collected. Errors: no_space, io.
    Result<std::unique_ptr<Blockstore>> unsorted();
    /// Adds a store below all generations, which is only read, such as a snapshot. It counts as the oldest generation,
    /// but what is needed is copied from it at once, and it is released when a collection is sealed. Call this after
    /// open() and before anything is read.
    void set_bottom(std::shared_ptr<Blockstore> bottom);

    struct Size {
        std::string name;
        std::uint64_t bytes = 0;
        bool is_old = false;    // dropped when the collection under way ends, as the marks are
        bool is_chain = false;  // the family of headers, messages and receipts
    };
    /// The families with their sizes: that of the chain, the newest generation, the older ones, the marks.
    std::vector<Size> sizes() const;
    /// Returns the bytes of all families but the chain's.
    std::uint64_t bytes_of_states() const;
    /// True if headers or messages may lie in an old generation or in the bottom, and must be copied with lasting()
    /// before the collection is sealed.
    bool has_old_chain() const;
    bool has_bottom() const;

    bool is_collecting() const;
    /// True from seal() to finish(), after a start too.
    bool is_sealed() const;
    /// Begins a collection, or goes on with one that an earlier process began and did not seal. Errors: no_space, io;
    /// then nothing has changed.
    Status begin(LinksOf links);
    enum class Lack { is_damage, is_allowed };
    /// Keeps the block and all that it reaches; `lack` says whether the block itself may be missing. Errors:
    /// missing_block; those of advance().
    Status keep(const Cid& cid, Lack lack = Lack::is_damage);
    /// Marks blocks of about `budget` bytes; a block counts as at least 256. Returns true if nothing is left to do at
    /// this moment. Errors: missing_block (a needed block is in no generation), malformed, no_space, io. After an error
    /// it may be called again.
    Result<bool> advance(std::uint64_t budget);
    /// Seals the collection if nothing is left to do and no work holds what is old; otherwise returns false, and
    /// advance() must be called again. `records` are written in the batch that says so. Errors: no_space, io; then the
    /// collection is as before.
    Result<bool> seal(std::vector<Write> records);
    /// False while the newest generation is not in order; sweep() is better called later then.
    bool is_in_order() const;
    /// Moves blocks of about `budget` bytes; a block counts as at least 256. Returns true if nothing is left. Errors:
    /// missing_block (a marked block is lost), no_space, io. After an error it may be called again.
    Result<bool> sweep(std::uint64_t budget);
    /// Ends a collection after sweep() returned true. `records` are written in the batch that ends it. Errors:
    /// no_space, io; then it may be called again.
    Status finish(std::vector<Write> records);
    /// Returns the blocks that this collection has found to be needed, and so has marked or copied.
    Counted needed() const;
    /// Returns what this process has moved for it since it was sealed.
    Counted moved() const;

    /// The blocks that wait to be looked at; more are forgotten, and the generation is looked through again.
    static constexpr std::size_t kMaxNotes = std::size_t{1} << 17;

  private:
    class States;
    class Lasting;
    struct View;
    struct Names;
    using ViewPtr = std::shared_ptr<const View>;

    ViewPtr view() const STRATA_EXCLUDES(mutex_);
    Result<std::optional<Bytes>> find_in(const View& view, const Cid& cid, bool chain_first);
    Result<bool> has_in(const View& view, const Cid& cid, bool chain_first);
    static Result<std::optional<Bytes>> find_in_families(const View& view, const Cid& cid);
    static Result<std::optional<Bytes>> find_below(const View& view, const Cid& cid);
    Result<std::optional<Bytes>> find_old(const View& view, const Cid& cid);
    Result<bool> has_old(const View& view, const Cid& cid);
    bool is_current(const ViewPtr& view) const STRATA_EXCLUDES(mutex_);
    Result<Bytes> get(const Cid& cid, bool chain_first);
    Result<bool> has(const Cid& cid, bool chain_first);
    Result<bool> has_and_note(const Cid& cid);
    Status put(std::span<const Cid> cids, const std::function<Status(Family&)>& write) STRATA_EXCLUDES(mutex_);
    std::shared_ptr<const void> hold() STRATA_EXCLUDES(mutex_);
    void note(const Cid& cid) STRATA_REQUIRES(mutex_);
    bool may_seal() const STRATA_REQUIRES(mutex_);
    Result<std::optional<Bytes>> find_kept(const View& view, const Cid& cid);
    Status follow(const Cid& cid, std::uint64_t& spent);
    Status look_through(std::uint64_t budget, std::uint64_t& spent);
    Result<bool> mark_or_copy(const View& view, const Cid& cid, std::uint64_t& size);
    Status take(const Cid& cid, Lack lack, std::uint64_t& spent);
    Result<std::uint64_t> move_marked(const View& view, const Cid& cid);
    Status give_back();
    Cid& place_of(const Cid& cid);
    Write record_of(const Names& names) const;
    Result<Names> read_record();
    Status drop_unnamed(const Names& names);
    std::shared_ptr<View> open_view(const Names& names, Status& status);

    Families& families_;
    KeyValue& meta_;
    const std::uint64_t give_back_every_;
    std::unique_ptr<States> states_;
    std::unique_ptr<Lasting> lasting_;
    LinksOf links_;

    mutable Mutex mutex_;
    ViewPtr view_ STRATA_GUARDED_BY(mutex_);
    std::size_t writing_ STRATA_GUARDED_BY(mutex_) = 0;  // writes that have begun and not ended
    std::vector<Cid> notes_ STRATA_GUARDED_BY(mutex_);   // blocks whose links must be looked at, or that must be marked
    // Notes were lost, so all blocks of the newest generation, and then all marks, must be looked at.
    bool must_look_through_ STRATA_GUARDED_BY(mutex_) = false;
    std::uint64_t lost_notes_ STRATA_GUARDED_BY(mutex_) = 0;
    std::set<std::uint64_t> holds_ STRATA_GUARDED_BY(mutex_);  // the numbers of work that has not ended
    std::uint64_t next_hold_ STRATA_GUARDED_BY(mutex_) = 0;
    std::uint64_t first_hold_after_begin_ STRATA_GUARDED_BY(mutex_) = 0;
    Counted needed_ STRATA_GUARDED_BY(mutex_);
    Counted moved_ STRATA_GUARDED_BY(mutex_);
    // The rest belongs to the collecting thread.
    Cid looked_at_;
    bool looks_at_marks_ = false;
    std::uint64_t looking_since_ = 0;
    // Some blocks that are marked or in the newest generation, each at a place that its digest chooses. Most links lead
    // to blocks that were met a moment ago, so this spares most questions to the database.
    std::vector<Cid> met_;
    Cid swept_;                     // the last block that was moved
    std::uint64_t swept_cost_ = 0;  // since space was given back
};

}  // namespace strata::store
