#pragma once
// The index of a chain: tipsets by the hash that Ethereum gives them, messages by CID and by the hash of their
// transaction, events by emitter and topic, and a Bloom filter for each tipset. It holds nothing that the chain does
// not have, so it may be removed at any time. Rows of a tipset that left the chain stay for a while, marked as such.
// Thread-safe: one thread at a time writes, and any number read beside it. Format: docs/formats/index.md. Source: lotus
// chain/index.
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>

#include <strata/base/mutex.hpp>
#include <strata/chain/ethereum_log.hpp>
#include <strata/chain/executed_tipset.hpp>

namespace strata::index {

class Database;

/// The part of the main chain that is in the index.
struct Coverage {
    TipsetKey first;  // the lowest tipset
    ChainEpoch lowest = 0;
    TipsetKey tip;  // the highest tipset, whose events are not here yet
    ChainEpoch highest = 0;
    bool is_complete = false;  // no older tipsets will be added: it begins with genesis, or where the node's data begin
    std::uint64_t reverts = 0;  // how often a tipset was taken off the chain, since the index was opened
};

struct IndexedTipset {
    TipsetKey key;
    ChainEpoch epoch = 0;
    bool on_chain = false;
    std::optional<chain::EthereumBloom> bloom;  // empty until the tipset's child is in the index
};

/// A message of a tipset on the chain.
struct IndexedMessage {
    TipsetKey tipset;
    ChainEpoch epoch = 0;
    std::uint64_t position = 0;  // among the executed messages
};

struct IndexedEvent {
    TipsetKey tipset;
    ChainEpoch epoch = 0;
    bool on_chain = false;
    Cid message;
    std::uint64_t position = 0;  // of the message
    std::uint64_t number = 0;    // of the event in the tipset
    ActorId emitter = 0;
    Address address;  // the emitter's delegated address, or otherwise its ID
    std::vector<vm::EventEntry> entries;
};

/// Which events are asked for. All conditions must hold.
struct EventQuery {
    ChainEpoch from = 0;
    ChainEpoch to = 0;
    std::optional<Hash256> tipset;  // only events of this one, also if it is not on the chain; from and to are ignored
    std::optional<Cid> message;
    std::vector<Address> emitters;             // IDs or delegated addresses; any if empty
    std::vector<std::vector<Hash256>> topics;  // for each position the values that match; any if empty
    bool only_logs = false;                    // only events that are Ethereum logs
    /// The query ends with the error `too_large` at one event more, unless all events are of one tipset.
    std::size_t most = 10'000;
};

class ChainIndex {
  public:
    /// Opens or creates the index of the chain with this genesis. An index of a different chain or an earlier format,
    /// and a damaged file, are replaced with an empty one. Errors: io, no_space.
    static Result<std::unique_ptr<ChainIndex>> open(const std::filesystem::path& file, const Cid& genesis,
                                                    std::uint64_t chain_id);
    ~ChainIndex();
    ChainIndex(const ChainIndex&) = delete;
    ChainIndex& operator=(const ChainIndex&) = delete;

    // Writes. Each is one transaction: after a kill the index is as before it or as after it.

    /// Makes `tipset` the tip, which follows on the tip of before, or is the first one. The events of its parent, in
    /// `parent`, are added unless they are there. `parent` is not needed for the first tipset.
    Status apply(const chain::Tipset& tipset, const std::vector<SignedMessage>& messages,
                 const std::optional<chain::ExecutedTipset>& parent, const std::vector<chain::TipsetEvent>& events)
        STRATA_EXCLUDES(writing_);
    /// Takes the tip off the chain; `parent` becomes the tip.
    Status revert(const chain::Tipset& tip, const chain::Tipset& parent) STRATA_EXCLUDES(writing_);
    /// Adds the tipset below the lowest one.
    Status extend_down(const chain::ExecutedTipset& below, const std::vector<chain::TipsetEvent>& events)
        STRATA_EXCLUDES(writing_);
    /// Writes the messages and events of a tipset that is in the index again, in place of those that are there.
    Status replace(const chain::ExecutedTipset& tipset, const std::vector<chain::TipsetEvent>& events)
        STRATA_EXCLUDES(writing_);
    /// Removes all rows, so that the index is built anew.
    Status clear() STRATA_EXCLUDES(writing_);
    /// Says that the node has nothing to add below this epoch.
    void set_bottom(ChainEpoch epoch) { bottom_ = epoch; }
    ChainEpoch bottom() const { return bottom_; }

    // Reads. `stop` is asked now and then; if it answers true, the read ends with the error `cancelled`. Errors: io,
    // busy, and verification for a damaged file.
    using Stop = std::function<bool()>;

    /// Empty while nothing is in the index.
    Result<std::optional<Coverage>> coverage() STRATA_EXCLUDES(pool_);
    Result<std::optional<IndexedTipset>> tipset(const Hash256& hash) STRATA_EXCLUDES(pool_);
    /// Returns all tipsets of an epoch, also those that left the chain.
    Result<std::vector<IndexedTipset>> tipsets_at(ChainEpoch epoch) STRATA_EXCLUDES(pool_);
    /// Returns the CIDs of a tipset's messages in their order; empty for an unknown tipset.
    Result<std::vector<Cid>> messages_of(const Hash256& tipset) STRATA_EXCLUDES(pool_);
    /// Finds a message by its CID in blocks; only on the chain of the tip.
    Result<std::optional<IndexedMessage>> message(const Cid& cid) STRATA_EXCLUDES(pool_);
    /// Returns the CID in blocks of a message whose transaction has this hash.
    Result<std::optional<Cid>> message_of(const Hash256& transaction) STRATA_EXCLUDES(pool_);
    /// Returns events in the order of the chain. Errors: too_large.
    Result<std::vector<IndexedEvent>> events(const EventQuery& query, const Stop& stop = {}) STRATA_EXCLUDES(pool_);

  private:
    class Reader;
    ChainIndex(std::filesystem::path file, std::unique_ptr<Database> writer, std::uint64_t chain_id);
    Result<Reader> reader() STRATA_EXCLUDES(pool_);
    Result<std::int64_t> put_tipset(const chain::Tipset& tipset, const std::vector<SignedMessage>& messages)
        STRATA_REQUIRES(writing_);
    Status put_messages(std::int64_t row, const std::vector<SignedMessage>& messages) STRATA_REQUIRES(writing_);
    Status put_events(std::int64_t row, const chain::Tipset& tipset, const std::vector<chain::TipsetEvent>& events)
        STRATA_REQUIRES(writing_);
    Status set_state(const char* name, BytesView value) STRATA_REQUIRES(writing_);
    Status drop_old_forks(ChainEpoch tip) STRATA_REQUIRES(writing_);

    const std::filesystem::path file_;
    const std::uint64_t chain_id_;
    std::atomic<ChainEpoch> bottom_ = 0;
    std::atomic<std::uint64_t> reverts_ = 0;
    Mutex writing_;
    std::unique_ptr<Database> writer_ STRATA_PT_GUARDED_BY(writing_);
    Mutex pool_;
    std::vector<std::unique_ptr<Database>> idle_ STRATA_GUARDED_BY(pool_);  // connections for reading
};

}  // namespace strata::index
