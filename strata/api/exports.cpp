#include <strata/api/exports.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/ipld/collected_blockstore.hpp>
#include <strata/store/key_value.hpp>

namespace strata::api {
namespace {

using Clock = std::chrono::steady_clock;
const Log kLog("export");

constexpr std::size_t kPiece = std::size_t{1} << 20;  // of a channel: as in Lotus
constexpr std::size_t kMostWaiting = 2;               // pieces that the reader of a channel has not taken yet
constexpr std::chrono::milliseconds kPause{5};
constexpr std::chrono::milliseconds kLook{200};  // how often an export that waits looks whether it must stop

Error cut_off() {
    return fail(Errc::cancelled, "the reader of this export is gone, or too slow");
}

}  // namespace

/// How long an export may still wait for its reader. What is left shrinks while it waits, and grows with what the
/// reader takes; so a reader that takes a little again and again cannot hold the export for ever.
class Exports::Pace {
  public:
    explicit Pace(const Limits& limits) : limits_(limits), left_(limits.patience) {}

    /// The export begins to wait.
    void begin() { begun_ = Clock::now(); }
    Clock::time_point end() const { return begun_ + left_; }
    /// The reader has taken enough to go on.
    void finish() { left_ -= Clock::now() - begun_; }
    void took(std::size_t bytes) {
        const auto earned = std::chrono::nanoseconds(std::nano::den) * bytes / limits_.least_rate;
        left_ = std::min<Clock::duration>(left_ + earned, limits_.patience);
    }

  private:
    const Limits limits_;
    Clock::duration left_;
    Clock::time_point begun_;
};

/// Sends bytes through a channel, as fast as its reader takes them.
class Exports::ChannelSink {
  public:
    ChannelSink(std::shared_ptr<Channel> channel, const Limits& limits, const std::atomic<bool>& stop)
        : channel_(std::move(channel)), pace_(limits), stop_(stop) {}

    Status write(BytesView bytes) {
        while (!bytes.empty()) {
            const auto part = bytes.first(std::min(bytes.size(), kPiece - buffer_.size()));
            append(buffer_, part);
            bytes = bytes.subspan(part.size());
            if (buffer_.size() == kPiece) STRATA_OK(flush());
        }
        return {};
    }
    Status flush() {
        if (buffer_.empty()) return {};
        STRATA_OK(wait());
        if (!channel_->send('"' + to_base64(buffer_) + '"')) return cut_off();
        pace_.took(buffer_.size());
        buffer_.clear();
        return {};
    }
    /// Waits until few pieces wait.
    Status wait() {
        pace_.begin();
        while (channel_->is_open() && channel_->waiting() >= kMostWaiting) {
            if (stop_ || Clock::now() > pace_.end()) return cut_off();
            std::this_thread::sleep_for(kPause);
        }
        pace_.finish();
        return channel_->is_open() ? Status() : cut_off();
    }

  private:
    const std::shared_ptr<Channel> channel_;
    Pace pace_;
    const std::atomic<bool>& stop_;
    Bytes buffer_;
};

/// Bytes on their way from an export to the thread that sends them. Thread-safe.
class Exports::Pipe {
  public:
    explicit Pipe(const Limits& limits) : pace_(limits) {}

    Status write(BytesView bytes, const std::atomic<bool>& stop) STRATA_EXCLUDES(mutex_) {
        Lock lock(mutex_);
        pace_.begin();
        while (!is_closed_ && waiting_.size() >= kPiece) {
            const auto now = Clock::now();
            if (stop || now > pace_.end()) return cut_off();
            changed_.wait_until(lock, std::min(now + kLook, pace_.end()));
        }
        pace_.finish();
        if (is_closed_) return cut_off();
        pace_.took(bytes.size());
        append(waiting_, bytes);
        changed_.notify_all();
        return {};
    }
    void finish(Status result) STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        result_ = std::move(result);
        changed_.notify_all();
    }
    Result<std::size_t> read(std::span<std::uint8_t> to) STRATA_EXCLUDES(mutex_) {
        Lock lock(mutex_);
        while (at_ == waiting_.size() && !result_ && !is_closed_) changed_.wait(lock);
        if (at_ == waiting_.size()) {
            if (!result_) return cut_off();
            if (!*result_) return result_->error();
            return std::size_t{0};
        }
        const std::size_t size = std::min(to.size(), waiting_.size() - at_);
        std::copy_n(waiting_.begin() + static_cast<std::ptrdiff_t>(at_), size, to.begin());
        at_ += size;
        if (at_ == waiting_.size()) {
            waiting_.clear();
            at_ = 0;
            changed_.notify_all();
        }
        return size;
    }
    void close() STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        is_closed_ = true;
        changed_.notify_all();
    }

  private:
    Mutex mutex_;
    Condition changed_;
    Pace pace_ STRATA_GUARDED_BY(mutex_);
    Bytes waiting_ STRATA_GUARDED_BY(mutex_);
    std::size_t at_ STRATA_GUARDED_BY(mutex_) = 0;            // the bytes of `waiting_` that were read
    std::optional<Status> result_ STRATA_GUARDED_BY(mutex_);  // once the export has ended
    bool is_closed_ STRATA_GUARDED_BY(mutex_) = false;        // the reader is gone
};

Exports::Exports(chain::Chain& chain, Limits limits) : chain_(chain), limits_(limits) {}
Exports::~Exports() {
    stop();
}

Result<Exports::Place> Exports::take_place(Permissions caller) {
    join_finished();
    // A number goes down again when its holder is destroyed, also after a refusal.
    const auto take = [this](std::atomic<unsigned> Taken::* number, unsigned most) {
        const bool is_free = (taken_.get()->*number).fetch_add(1) < most;
        return std::pair(is_free,
                         Place(taken_.get(), [taken = taken_, number](const void*) { --(taken.get()->*number); }));
    };
    const bool is_owner = caller.has(Permission::admin);
    const unsigned most = is_owner ? limits_.at_once : std::min(limits_.for_others, limits_.at_once);
    const auto busy = [&] {
        return fail(Errc::busy, "this node runs as many exports of its chain as it may for this caller, which is " +
                                    std::to_string(most) + "; try again later");
    };
    auto [is_free, place] = take(&Taken::all, limits_.at_once);
    if (!is_free) return busy();
    if (is_owner) return place;
    auto [is_free_for_others, other] = take(&Taken::others, limits_.for_others);
    if (!is_free_for_others) return busy();
    return Place(place.get(), [all = place, others = other](const void*) {});
}

void Exports::start(const Place& place, Work work, std::function<ByteSink(const std::atomic<bool>& stop)> sink,
                    std::function<void(Status)> done) {
    const Lock lock(mutex_);
    if (is_stopped_) {
        done(fail(Errc::cancelled, "this node is stopping"));
        return;
    }
    Running& one = running_.emplace_back();
    one.thread = std::thread([this, held = place, work = std::move(work), sink = std::move(sink),
                              done = std::move(done), stop = one.stop, is_over = one.is_over]() mutable {
        // States that this export reads are not collected meanwhile.
        const auto kept = hold(chain_.blocks());
        // The store of the node may be used by any number of threads; this object only keeps what this export reads.
        store::MemoryKeyValue nothing;
        chain::ChainStore store(chain_.blocks(), nothing);
        auto result = work(store, sink(*stop), Watch{.progress = {}, .stop = stop.get()});
        if (!result && result.error().code() != Errc::cancelled)
            kLog.limited(failures_, LogLevel::warning, "an export of the chain ended early",
                         {{"cause", result.error()}});
        work = nullptr;
        sink = nullptr;
        held.reset();
        done(std::move(result));
        done = nullptr;
        *is_over = true;
    });
}

void Exports::send(Place place, const std::shared_ptr<Channel>& channel, Work work) {
    const auto sink = std::make_shared<std::unique_ptr<ChannelSink>>();
    start(
        place, std::move(work),
        [=, limits = limits_](const std::atomic<bool>& stop) {
            *sink = std::make_unique<ChannelSink>(channel, limits, stop);
            return [sink](BytesView bytes) { return (*sink)->write(bytes); };
        },
        [=](const Status& result) {
            if (result && *sink && (*sink)->flush() && (*sink)->wait()) channel->send("\"\"");
            channel->close();
        });
}

std::function<Result<std::size_t>(std::span<std::uint8_t>)> Exports::stream(Place place, Work work) {
    const auto pipe = std::make_shared<Pipe>(limits_);
    start(
        place, std::move(work),
        [pipe](const std::atomic<bool>& stop) {
            return [pipe, &stop](BytesView bytes) { return pipe->write(bytes, stop); };
        },
        [pipe](Status result) { pipe->finish(std::move(result)); });
    // The server drops the function when its reader is gone.
    const std::shared_ptr<const void> reader(nullptr, [pipe](const void*) { pipe->close(); });
    return [pipe, reader](std::span<std::uint8_t> to) { return pipe->read(to); };
}

void Exports::write(Place place, Work work, ByteSink sink, std::function<void(Status)> done) {
    start(place, std::move(work), [sink = std::move(sink)](const std::atomic<bool>&) { return sink; }, std::move(done));
}

void Exports::join_finished() {
    std::list<Running> finished;
    {
        const Lock lock(mutex_);
        for (auto it = running_.begin(); it != running_.end();) {
            const auto next = std::next(it);
            if (*it->is_over) finished.splice(finished.end(), running_, it);
            it = next;
        }
    }
    for (auto& one : finished) one.thread.join();
}

void Exports::stop() {
    std::list<Running> all;
    {
        const Lock lock(mutex_);
        is_stopped_ = true;
        all.swap(running_);
    }
    for (auto& one : all) *one.stop = true;
    for (auto& one : all) one.thread.join();
}

}  // namespace strata::api
