#pragma once
// Tells filters and subscriptions of Ethereum clients, and subscribers of actors' events, what happens: new blocks,
// logs that come and go with the chain's tipsets, and messages that enter the pool. Changes of head are put into a
// queue, and a thread that starts with the first subscriber reads the events, so that the chain never waits. Filters
// end after an hour without use, and their number and their bytes are bounded. Source: lotus chain/events/filter,
// node/impl/eth/{events,subscriptions}.go.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <thread>

#include <strata/api/channel.hpp>
#include <strata/api/json.hpp>
#include <strata/base/mutex.hpp>
#include <strata/chain/api.hpp>
#include <strata/index/chain_index.hpp>

namespace strata::api {

struct Options;

/// Thread-safe. Held by shared pointers alone, because the chain keeps its listeners for as long as it lives.
class EthereumFeed : public std::enable_shared_from_this<EthereumFeed> {
  public:
    /// Source: docs/protocol/node.md §28.6 (lotus node/config/def.go). The bytes are this node's own limit.
    struct Limits {
        std::size_t filters = 100;
        std::size_t values = 10'000;                // that wait in one filter
        std::size_t bytes = std::size_t{64} << 20;  // that wait in all filters
        std::chrono::seconds idle{3'600};           // until a filter that nobody asks ends
        std::size_t subscriptions = 1'024;          // of all connections
        std::size_t changes = 1'024;                // of the head or the pool that wait for the thread
    };

    /// The chain and the options must outlive the feed.
    static std::shared_ptr<EthereumFeed> open(chain::Chain& chain, const Options& options, Limits limits);
    static std::shared_ptr<EthereumFeed> open(chain::Chain& chain, const Options& options) {
        return open(chain, options, Limits());
    }
    ~EthereumFeed();
    EthereumFeed(const EthereumFeed&) = delete;
    EthereumFeed& operator=(const EthereumFeed&) = delete;

    enum class Kind {
        blocks,   // filters get the hashes of new heads, subscriptions the newest blocks with results
        logs,     // Ethereum logs
        events,   // events of actors, as SubscribeActorEventsRaw has them; no filter has these
        pending,  // hashes of messages that enter the pool
    };
    /// Says what is asked for. The query's range counts for logs and events: `to` is -1 for no end.
    struct Wanted {
        Kind kind = Kind::blocks;
        index::EventQuery query;
        /// A further condition on the entries of an event; may be empty.
        std::function<bool(const std::vector<vm::EventEntry>&)> accepts{};
    };

    /// Draws the name of a filter or a subscription: 16 random bytes and 16 zeros, as in Lotus.
    static Hash256 draw_id();
    /// Adds a filter, with the values that it has from the start, each as JSON; changes of the chain up to the head
    /// `as_of` are in these. An empty key means up to now. Errors: busy if the head is a different one by now;
    /// too_large if there are too many filters already.
    Result<Hash256> add_filter(Wanted wanted, std::vector<std::string> values, const TipsetKey& as_of = {})
        STRATA_EXCLUDES(mutex_);
    /// Takes the values that wait in a filter. Errors: not_found; invalid_argument if `only_logs` and it is for
    /// something else; too_large if values were dropped since the last call because too many waited.
    Result<std::vector<std::string>> take(const Hash256& id, bool only_logs) STRATA_EXCLUDES(mutex_);
    /// Returns false if there is no such filter.
    bool remove_filter(const Hash256& id) STRATA_EXCLUDES(mutex_);

    /// Sends values to a channel until it is closed, which it is at once if there are too many subscriptions.
    void subscribe(const Hash256& id, Wanted wanted, const std::shared_ptr<Channel>& channel) STRATA_EXCLUDES(mutex_);
    /// Closes the channel of a subscription. Returns false if there is none.
    bool unsubscribe(const Hash256& id) STRATA_EXCLUDES(mutex_);

    /// Ends the thread; nothing is told any more.
    void stop() STRATA_EXCLUDES(mutex_);

  private:
    struct Filter {
        Wanted wanted;
        std::deque<std::string> values;
        std::size_t bytes = 0;
        bool has_lost = false;
        std::uint64_t since = 0;  // the number of the last change that does not count
        std::chrono::steady_clock::time_point used;
    };
    struct Subscription {
        Wanted wanted;
        std::shared_ptr<Channel> channel;
        std::uint64_t since = 0;
    };
    /// A tipset that came, or one that left; or a message of the pool.
    struct Change {
        chain::TipsetPtr tipset;
        bool is_applied = true;
        std::optional<SignedMessage> message;
        std::uint64_t number = 0;
    };

    EthereumFeed(chain::Chain& chain, const Options& options, Limits limits);
    void head_changed(const std::vector<chain::TipsetPtr>& reverted, const std::vector<chain::TipsetPtr>& applied)
        STRATA_EXCLUDES(mutex_);
    void queue(Change change) STRATA_REQUIRES(mutex_);
    void start_thread() STRATA_REQUIRES(mutex_);
    bool is_wanted(Kind kind) const STRATA_REQUIRES(mutex_);
    void end_idle_filters() STRATA_REQUIRES(mutex_);
    void work(const std::stop_token& stop) STRATA_EXCLUDES(mutex_);
    void tell(const Change& change) STRATA_EXCLUDES(mutex_);
    Status tell_block(const Change& change) STRATA_EXCLUDES(mutex_);
    Status tell_events(const Change& change) STRATA_EXCLUDES(mutex_);
    Status tell_message(const Change& change) STRATA_EXCLUDES(mutex_);
    /// Gives a value to all filters or subscriptions of a kind that `accepts` agrees to.
    using Accepts = std::function<bool(const Wanted&)>;
    void give_to_filters(Kind kind, std::uint64_t change, const std::string& value, const Accepts& accepts = {})
        STRATA_EXCLUDES(mutex_);
    void give_to_subscribers(Kind kind, std::uint64_t change, const std::string& value, const Accepts& accepts = {})
        STRATA_EXCLUDES(mutex_);
    void keep(Filter& filter, const std::string& value) STRATA_REQUIRES(mutex_);
    /// Says to everybody that something was lost: filters answer so once, and subscriptions end.
    void lose(bool also_blocks) STRATA_REQUIRES(mutex_);

    chain::Chain& chain_;
    const Options& options_;
    const Limits limits_;
    const Printer print_;
    mutable Mutex mutex_;
    std::condition_variable_any changed_;
    std::atomic<bool> is_due_ = false;  // a change waits; set under the mutex
    bool is_stopped_ STRATA_GUARDED_BY(mutex_) = false;
    TipsetKey head_ STRATA_GUARDED_BY(mutex_);            // after the changes so far
    std::uint64_t number_ STRATA_GUARDED_BY(mutex_) = 0;  // of the last change
    std::deque<Change> changes_ STRATA_GUARDED_BY(mutex_);
    std::map<Hash256, Filter> filters_ STRATA_GUARDED_BY(mutex_);
    std::size_t bytes_ STRATA_GUARDED_BY(mutex_) = 0;  // that wait in all filters
    std::map<Hash256, Subscription> subscriptions_ STRATA_GUARDED_BY(mutex_);
    TipsetKey last_block_;  // of the thread: the block that subscribers were told last
    std::jthread thread_;
};

}  // namespace strata::api
