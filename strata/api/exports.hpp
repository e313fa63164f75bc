#pragma once
// Exports of the chain from a running node, each on a thread of its own. At most a few megabytes wait for a reader, and
// the export waits with them, but not for ever: while it runs, the node removes no old states from the disk. Source:
// lotus node/impl/full/chain.go (ChainExport).
#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <thread>

#include <strata/api/channel.hpp>
#include <strata/api/permissions.hpp>
#include <strata/base/byte_source.hpp>
#include <strata/base/log.hpp>
#include <strata/base/mutex.hpp>
#include <strata/base/watch.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/snapshot/export.hpp>

namespace strata::store {
class MemoryKeyValue;
}

namespace strata::api {

/// Runs a few exports at once. Thread-safe. Nothing that an export reads is ever changed by the node, so it takes no
/// lock of the node.
class Exports {
  public:
    struct Limits {
        unsigned at_once = 2;
        /// The most of them for callers without the permission admin, so that the node's owner finds a place.
        unsigned for_others = 1;
        /// The time that an export may spend waiting for its reader. It shrinks while the export waits, and the bytes
        /// that the reader takes restore it at the least rate, up to this again. A reader whose time is over is given
        /// up.
        std::chrono::milliseconds patience{std::chrono::minutes(5)};
        /// The least rate of a reader, in bytes a second.
        std::uint64_t least_rate = std::uint64_t{1} << 20;
        /// The most memory of the set of visited blocks of one export, in bytes.
        std::uint64_t memory = std::uint64_t{3} << 30;
    };

    /// `chain` must outlive the exports.
    Exports(chain::Chain& chain, Limits limits);
    ~Exports();
    Exports(const Exports&) = delete;
    Exports& operator=(const Exports&) = delete;

    /// The right to run one export. It is given back when the last copy is gone.
    using Place = std::shared_ptr<const void>;
    /// Errors: busy if as many exports run as may, for a caller with these permissions.
    Result<Place> take_place(Permissions caller) STRATA_EXCLUDES(mutex_);

    /// The work of an export gives all bytes to the sink, and ends soon when the flag of `watch` is set.
    using Work = std::function<Status(chain::ChainStore&, const ByteSink&, const Watch&)>;

    /// Sends the bytes through a channel as Lotus does: pieces in base64, and an empty one at the end of a complete
    /// export. The channel is closed early after an error.
    void send(Place place, const std::shared_ptr<Channel>& channel, Work work) STRATA_EXCLUDES(mutex_);
    /// Returns the bytes as the body of an answer.
    std::function<Result<std::size_t>(std::span<std::uint8_t>)> stream(Place place, Work work) STRATA_EXCLUDES(mutex_);
    /// Gives the bytes to `sink`, and the result to `done`, on the export's thread.
    void write(Place place, Work work, ByteSink sink, std::function<void(Status)> done) STRATA_EXCLUDES(mutex_);

    /// Ends all exports, present and future ones, and waits for them.
    void stop() STRATA_EXCLUDES(mutex_);
    const Limits& limits() const { return limits_; }

  private:
    struct Running {
        std::shared_ptr<std::atomic<bool>> stop = std::make_shared<std::atomic<bool>>(false);
        std::shared_ptr<std::atomic<bool>> is_over = std::make_shared<std::atomic<bool>>(false);
        std::thread thread;
    };
    /// The places that are taken.
    struct Taken {
        std::atomic<unsigned> all = 0, others = 0;
    };
    class Pace;
    class Pipe;
    class ChannelSink;
    void start(const Place& place, Work work, std::function<ByteSink(const std::atomic<bool>& stop)> sink,
               std::function<void(Status)> done) STRATA_EXCLUDES(mutex_);
    void join_finished() STRATA_EXCLUDES(mutex_);

    chain::Chain& chain_;
    const Limits limits_;
    LogLimit failures_;  // readers can cause these lines
    Mutex mutex_;
    bool is_stopped_ STRATA_GUARDED_BY(mutex_) = false;
    const std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
    std::list<Running> running_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::api
