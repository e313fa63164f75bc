#pragma once
// The blocks of a chain's database. Headers, messages and receipts lie in a family of their own, for good. States lie
// in generations, a family each: what is written goes to the newest, and a collection copies from the older ones what
// is still needed, and then drops these as a whole.
//
//   begin     A new generation is made; from then on it takes all writes.
//   advance   What is needed (keep) is copied to it, together with everything that it links to, by and by.
//   finish    Once nothing is left to copy, the new generation is the only one: one durable batch says so. Then the
//             old ones are dropped.
//
// Nothing reachable is lost although others write meanwhile; store/README.md has the argument. Its rules:
//   - A block that is written during a collection is noted, and so is what has() finds in an old generation only. The
//     collection ends only when everything that these link to is in the new generation.
//   - After a root was named for good (a valid block names a state), has() is asked for it, still under the hold.
//     A collection that began before notes it then; one that begins later finds the name.
//   - It ends only when all work that held the store (hold) before it began has ended.
// No call waits for a collection, and the collection waits for nobody: finish() says that it is too early.
//
// After a kill the old generations are still there, and a collection that was under way goes on. All notes are lost
// then, so the new generation's blocks are looked through once.
//
// Thread-safe; the functions of a collection are for one thread at a time.
#include <set>

#include <strata/ipld/collected_blockstore.hpp>
#include <strata/store/families.hpp>
#include <strata/store/key_value.hpp>

namespace strata::store {

/// Returns the links of a block that must be followed. Errors: malformed.
using LinksOf = std::function<Result<std::vector<Cid>>(const Cid& cid, BytesView data)>;

/// Counts the work of a collection so far.
struct Copied {
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
};

class Generations {
  public:
    /// Both must outlive the object; they belong to one database.
    Generations(Families& families, KeyValue& meta);
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
    /// Adds a store below all generations, which is only read, such as a snapshot. It counts as the oldest generation:
    /// it is released when a collection has copied what is needed. Call this after open() and before anything is read.
    void set_bottom(std::shared_ptr<Blockstore> bottom);

    struct Size {
        std::string name;
        std::uint64_t bytes = 0;
        bool is_old = false;    // dropped when the collection under way ends; read until then
        bool is_chain = false;  // the family of headers, messages and receipts
    };
    /// The families with their sizes: that of the chain, the newest generation, the older ones.
    std::vector<Size> sizes() const;
    /// Returns the bytes of all families but the chain's.
    std::uint64_t bytes_of_states() const;
    /// True if headers or messages may lie in an old generation or in the bottom, and must be copied with lasting()
    /// before the collection ends.
    bool has_old_chain() const;
    bool has_bottom() const;

    bool is_collecting() const;
    /// Begins a collection, or goes on with one that an earlier process began. Errors: no_space, io; then nothing has
    /// changed.
    Status begin(LinksOf links);
    enum class Lack { is_damage, is_allowed };
    /// Keeps the block and all that it reaches; `lack` says whether the block itself may be missing. Errors:
    /// missing_block; those of advance().
    Status keep(const Cid& cid, Lack lack = Lack::is_damage);
    /// Copies about `budget` bytes; a block counts as at least 256. Returns true if nothing is left to do at this
    /// moment. Errors: missing_block (a needed block is in no generation), malformed, no_space, io. After an error it
    /// may be called again.
    Result<bool> advance(std::uint64_t budget);
    /// Ends the collection if nothing is left to do and no work holds what is old; otherwise returns false, and
    /// advance() must be called again. `records` are written in the batch that ends it. Errors: no_space, io; then the
    /// collection is as before.
    Result<bool> finish(std::vector<Write> records);
    Copied copied() const;

    /// The blocks that wait to be looked at; more are forgotten, and the generation is looked through again.
    static constexpr std::size_t kMaxNotes = std::size_t{1} << 17;

  private:
    class States;
    class Lasting;
    struct View;
    struct Names;
    using ViewPtr = std::shared_ptr<const View>;

    ViewPtr view() const STRATA_EXCLUDES(mutex_);
    Result<std::optional<Bytes>> find_old(const View& view, const Cid& cid);
    Result<bool> has_old(const View& view, const Cid& cid);
    Result<Bytes> get(const Cid& cid, bool chain_first);
    Result<bool> has(const Cid& cid, bool chain_first);
    Result<bool> has_and_note(const Cid& cid);
    Status put(std::span<const Cid> cids, const std::function<Status(Family&)>& write) STRATA_EXCLUDES(mutex_);
    std::shared_ptr<const void> hold() STRATA_EXCLUDES(mutex_);
    void note(const Cid& cid) STRATA_REQUIRES(mutex_);
    bool may_finish() const STRATA_REQUIRES(mutex_);
    Status follow(const Cid& cid, std::uint64_t& spent);
    Status look_through(std::uint64_t budget, std::uint64_t& spent);
    Status take(const Cid& cid, Lack lack, std::uint64_t& spent);
    Cid& place_of(const Cid& cid);
    Write record_of(const Names& names) const;
    Result<Names> read_record();
    Status drop_unnamed(const Names& names);
    std::shared_ptr<View> open_view(const Names& names, Status& status);

    Families& families_;
    KeyValue& meta_;
    std::unique_ptr<States> states_;
    std::unique_ptr<Lasting> lasting_;
    LinksOf links_;

    mutable Mutex mutex_;
    ViewPtr view_ STRATA_GUARDED_BY(mutex_);
    std::size_t writing_ STRATA_GUARDED_BY(mutex_) = 0;  // writes that have begun and not ended
    std::vector<Cid> notes_ STRATA_GUARDED_BY(mutex_);   // blocks whose links must be looked at, or that must be copied
    // Notes were lost, so all blocks of the newest generation must be looked at, from `looked_at_` on.
    bool must_look_through_ STRATA_GUARDED_BY(mutex_) = false;
    std::uint64_t lost_notes_ STRATA_GUARDED_BY(mutex_) = 0;
    std::set<std::uint64_t> holds_ STRATA_GUARDED_BY(mutex_);  // the numbers of work that has not ended
    std::uint64_t next_hold_ STRATA_GUARDED_BY(mutex_) = 0;
    std::uint64_t first_hold_after_begin_ STRATA_GUARDED_BY(mutex_) = 0;
    Copied copied_ STRATA_GUARDED_BY(mutex_);
    Cid looked_at_;  // belongs to the collecting thread
    std::uint64_t looking_since_ = 0;
    // Some blocks that are in the newest generation, each at a place that its digest chooses. Most links lead to blocks
    // that were met a moment ago, so this spares most questions to the database.
    std::vector<Cid> met_;
};

}  // namespace strata::store
