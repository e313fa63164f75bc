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

Error cut_off() {
    return fail(Errc::cancelled, "the reader of this export is gone, or takes nothing");
}

/// Sends bytes through a channel, as fast as its reader takes them.
class ChannelSink {
  public:
    ChannelSink(std::shared_ptr<Channel> channel, std::chrono::seconds patience, const std::atomic<bool>& stop)
        : channel_(std::move(channel)), patience_(patience), stop_(stop) {}

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
        buffer_.clear();
        return {};
    }
    /// Waits until few pieces wait.
    Status wait() const {
        const auto end = Clock::now() + patience_;
        while (channel_->is_open() && channel_->waiting() >= kMostWaiting) {
            if (stop_ || Clock::now() > end) return cut_off();
            std::this_thread::sleep_for(kPause);
        }
        return channel_->is_open() ? Status() : cut_off();
    }

  private:
    const std::shared_ptr<Channel> channel_;
    const std::chrono::seconds patience_;
    const std::atomic<bool>& stop_;
    Bytes buffer_;
};

}  // namespace

/// Bytes on their way from an export to the thread that sends them. Thread-safe.
class Exports::Pipe {
  public:
    explicit Pipe(std::chrono::seconds patience) : patience_(patience) {}

    Status write(BytesView bytes, const std::atomic<bool>& stop) {
        std::unique_lock lock(mutex_);
        const auto end = Clock::now() + patience_;
        while (!is_closed_ && waiting_.size() >= kPiece) {
            if (stop || Clock::now() > end) return cut_off();
            changed_.wait_for(lock, std::chrono::milliseconds(200));
        }
        if (is_closed_) return cut_off();
        append(waiting_, bytes);
        changed_.notify_all();
        return {};
    }
    void finish(Status result) {
        const std::scoped_lock lock(mutex_);
        result_ = std::move(result);
        changed_.notify_all();
    }
    Result<std::size_t> read(std::span<std::uint8_t> to) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return at_ < waiting_.size() || result_ || is_closed_; });
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
    void close() {
        const std::scoped_lock lock(mutex_);
        is_closed_ = true;
        changed_.notify_all();
    }

  private:
    const std::chrono::seconds patience_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Bytes waiting_;
    std::size_t at_ = 0;            // the bytes of `waiting_` that were read
    std::optional<Status> result_;  // once the export has ended
    bool is_closed_ = false;        // the reader is gone
};

Exports::Exports(chain::Chain& chain, Limits limits) : chain_(chain), limits_(limits) {}
Exports::~Exports() {
    stop();
}

Result<Exports::Place> Exports::take_place() {
    join_finished();
    if (places_->fetch_add(1) >= limits_.at_once) {
        --*places_;
        return fail(Errc::busy, "this node exports its chain to " + std::to_string(limits_.at_once) +
                                    " readers already: try again later");
    }
    return Place(places_.get(), [count = places_](const void*) { --*count; });
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
            kLog.warning("an export of the chain ended early", {{"cause", result.error()}});
        work = nullptr;
        sink = nullptr;
        held.reset();
        done(std::move(result));
        done = nullptr;
        *is_over = true;
    });
}

void Exports::send(Place place, const std::shared_ptr<Channel>& channel, Work work) {
    const auto patience = limits_.patience;
    const auto sink = std::make_shared<std::unique_ptr<ChannelSink>>();
    start(
        place, std::move(work),
        [=](const std::atomic<bool>& stop) {
            *sink = std::make_unique<ChannelSink>(channel, patience, stop);
            return [sink](BytesView bytes) { return (*sink)->write(bytes); };
        },
        [=](const Status& result) {
            if (result && *sink && (*sink)->flush() && (*sink)->wait()) channel->send("\"\"");
            channel->close();
        });
}

std::function<Result<std::size_t>(std::span<std::uint8_t>)> Exports::stream(Place place, Work work) {
    const auto pipe = std::make_shared<Pipe>(limits_.patience);
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
