#pragma once
// The work on one request: its calls are executed one by one, and their answers put together. Only service.cpp and
// socket_session.cpp include this.
#include <atomic>
#include <optional>

#include <strata/api/channel.hpp>
#include <strata/api/desk.hpp>
#include <strata/api/ethereum_feed.hpp>
#include <strata/api/exports.hpp>
#include <strata/api/feeds.hpp>
#include <strata/api/finality.hpp>
#include <strata/api/funds.hpp>
#include <strata/api/method_table.hpp>
#include <strata/api/pool_hashes.hpp>
#include <strata/api/rpc.hpp>
#include <strata/api/sender.hpp>
#include <strata/api/service.hpp>
#include <strata/base/mutex.hpp>

namespace strata::api {

/// The bounds of requests at this moment. Thread-safe.
class LiveLimits {
  public:
    explicit LiveLimits(const RequestLimits& limits) : limits_(limits) {}
    RequestLimits get() const STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        return limits_;
    }
    void set(const RequestLimits& limits) STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        limits_ = limits;
    }

  private:
    mutable Mutex mutex_;
    RequestLimits limits_ STRATA_GUARDED_BY(mutex_);
};

/// Holds the parts that the requests of one service share.
struct Serving {
    Serving(chain::Chain& c, Options o);

    chain::Chain& chain;
    const Options options;
    LiveLimits limits{options.limits};
    MethodTable v1, v0, v2;
    BeaconCache beacon;
    const std::string session;
    const std::chrono::system_clock::time_point started = std::chrono::system_clock::now();
    std::atomic<std::size_t> memory = 0;  // bytes: see RequestLimits::memory
    const std::shared_ptr<Feeds> feeds;
    const std::shared_ptr<EthereumFeed> ethereum;
    const std::shared_ptr<PoolHashes> pool_hashes;
    FinalityCache finality;
    Sender sender;
    Exports exports;
    Funds funds;
    /// The desks for expensive and for slow calls.
    const std::shared_ptr<Desk> desk, slow_desk;
    const std::shared_ptr<Desk>& desk_for(Cost cost) const { return cost == Cost::slow ? slow_desk : desk; }
};

/// A share of a bounded sum of bytes, which the destructor gives back.
class MemoryShare {
  public:
    /// Takes the memory that the calls need. Empty if the sum would be more than RequestLimits::memory, of which a part
    /// is kept for callers with the permission `admin`.
    static std::optional<MemoryShare> take(Serving& serving, const Calls& calls, const Permissions& permissions);
    MemoryShare(MemoryShare&& other) noexcept : sum_(std::exchange(other.sum_, nullptr)), bytes_(other.bytes_) {}
    MemoryShare& operator=(MemoryShare&&) = delete;
    ~MemoryShare() {
        if (sum_ != nullptr) *sum_ -= bytes_;
    }

  private:
    MemoryShare(std::atomic<std::size_t>& sum, std::size_t bytes) : sum_(&sum), bytes_(bytes) {}
    std::atomic<std::size_t>* sum_;
    std::size_t bytes_;
};

class RequestJob final : public Job {
  public:
    struct Caller {
        const MethodTable& table;
        Permissions permissions;
        std::shared_ptr<ChannelHost> channels;  // null over plain HTTP
        std::stop_token gone;
    };
    RequestJob(Serving& serving, Caller caller, Calls calls, MemoryShare share);

    /// The cost of the dearest call. A batch of many cheap calls is expensive.
    Cost cost() const;
    /// `done` takes the reply of a job that was given to the desk. Called once.
    void on_done(std::function<void(Reply)> done) { done_ = std::move(done); }
    /// Returns the reply after the last step, for a job that was not given to the desk.
    Reply finish() { return std::move(reply_).finish(); }

    Next step() override;
    void give_up() override;
    std::optional<std::chrono::steady_clock::time_point> wake_at() const override { return wake_at_; }

  private:
    void observe() const;
    MethodTable::Outcome make_safely(const Call& call);
    MethodTable::Outcome make(const Call& call);

    Serving& serving_;
    const Caller caller_;
    const RequestLimits limits_;
    Calls calls_;
    const MemoryShare share_;
    ReplyWriter reply_;
    std::size_t at_ = 0;
    const std::chrono::steady_clock::time_point arrived_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::duration worked_{};
    bool waited_for_head_ = false;
    std::any memory_;
    std::optional<std::chrono::steady_clock::time_point> wake_at_;
    std::function<void(Reply)> done_;
};

}  // namespace strata::api
