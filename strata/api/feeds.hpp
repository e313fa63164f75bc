#pragma once
// Tells subscribers of a node what happens: changes of head, of the message pool, and blocks that arrive. Each event is
// printed once, however many subscribers there are. Source: docs/protocol/node.md §28.1 (lotus chain/store/store.go:
// SubHeadChanges; chain/messagepool; node/impl/full/sync.go).
#include <vector>

#include <strata/api/channel.hpp>
#include <strata/api/json.hpp>
#include <strata/base/mutex.hpp>
#include <strata/chain/api.hpp>

namespace strata::api {

/// Thread-safe. Held by shared pointers alone, because the chain keeps its listeners for as long as it lives.
class Feeds {
  public:
    /// The chain must outlive the feeds.
    static std::shared_ptr<Feeds> open(chain::Chain& chain);

    /// Sends the head now, and from then on all changes of head.
    void follow_heads(const std::shared_ptr<Channel>& channel) STRATA_EXCLUDES(mutex_);
    void follow_pool(const std::shared_ptr<Channel>& channel) STRATA_EXCLUDES(mutex_);
    void follow_blocks(const std::shared_ptr<Channel>& channel) STRATA_EXCLUDES(mutex_);

  private:
    using Subscribers = std::vector<std::weak_ptr<Channel>>;
    explicit Feeds(chain::Chain& chain);
    void head_changed(const std::vector<chain::TipsetPtr>& reverted, const std::vector<chain::TipsetPtr>& applied)
        STRATA_EXCLUDES(mutex_);
    /// Adds a subscriber, and forgets those that are gone.
    static void add(Subscribers& to, const std::shared_ptr<Channel>& channel);
    /// Sends a value to all subscribers, and forgets those that are gone.
    static void send(Subscribers& to, const std::string& value);

    chain::Chain& chain_;
    const Printer print_;
    Mutex mutex_;
    chain::TipsetPtr head_ STRATA_GUARDED_BY(mutex_);  // the head after the changes that were sent
    Subscribers heads_ STRATA_GUARDED_BY(mutex_);
    Subscribers pool_ STRATA_GUARDED_BY(mutex_);
    Subscribers blocks_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::api
