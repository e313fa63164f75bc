#include <strata/http/web_socket_session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>

namespace strata::http {
namespace {

using namespace std::chrono_literals;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using Clock = std::chrono::steady_clock;
using Stream = websocket::stream<beast::tcp_stream&>;

constexpr std::size_t kMaxReason = 123;       // RFC 6455 §5.5: a control frame has at most 125 bytes
constexpr std::size_t kUncounted = 64 << 10;  // bytes of waiting messages that each connection may have in any case
constexpr std::size_t kMessageCost = 256;     // bytes of a queued message besides its text
constexpr auto kCloseTime = 5s;               // for the peer to answer a close
constexpr std::size_t kReadPart = 64 << 10;   // bytes that are read at once

/// The messages that wait to be sent on one connection.
class Outbox final : public WebSocket, public std::enable_shared_from_this<Outbox> {
  public:
    explicit Outbox(const WebSocketHost& host)
        : limit_(host.limits.socket_queue_bytes),
          total_limit_(host.limits.answers_bytes),
          mailbox_(host.mailbox),
          total_(host.queued) {}
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    ~Outbox() override { *total_ -= counted_; }

    struct Item {
        std::string text;
        std::shared_ptr<const void> held;
        std::size_t cost = 0;
    };

    bool send(std::string text, std::shared_ptr<const void> held) override {
        Item item{std::move(text), std::move(held), 0};
        item.cost = item.text.size() + kMessageCost;
        const Lock lock(mutex_);
        if (closing_) return false;
        if (const auto why = refusal(item); !why.empty()) {
            queue_dropped();
            begin_close(CloseCode::policy, why);
            return false;
        }
        counted_ += item.cost;
        *total_ += item.cost;
        items_.push_back(std::move(item));
        wake();
        return true;
    }
    void close(CloseCode code, std::string reason) override {
        const Lock lock(mutex_);
        if (!closing_) begin_close(code, std::move(reason));
    }

    /// Takes the next message. Empty if none waits.
    std::optional<Item> take() {
        const Lock lock(mutex_);
        if (items_.empty()) return std::nullopt;
        auto out = std::move(items_.front());
        items_.pop_front();
        return out;
    }
    void sent(const Item& item) {
        const Lock lock(mutex_);
        give_back(item.cost);
    }
    /// Set once the connection is to be closed; the messages that still wait are sent first.
    std::optional<websocket::close_reason> closing() const {
        const Lock lock(mutex_);
        return closing_;
    }
    /// Ends the outbox: nobody takes its messages any more. Called on the thread of the connections.
    void end() {
        std::deque<Item> dropped;
        const Lock lock(mutex_);
        on_change_ = nullptr;
        if (!closing_) closing_.emplace(websocket::close_code::going_away);
        dropped.swap(items_);
        for (const auto& item : dropped) give_back(item.cost);
    }
    /// `on_change` is called on the thread of the connections when there is something to do.
    void start(std::function<void()> on_change) {
        const Lock lock(mutex_);
        on_change_ = std::move(on_change);
    }

  private:
    /// Says why a message cannot be queued; empty if it can.
    std::string refusal(const Item& item) const STRATA_REQUIRES(mutex_) {
        // A single message is always taken, so that every answer that a handler may give can be sent.
        if (!items_.empty() && counted_ + item.cost > limit_)
            return "more than " + std::to_string(limit_) + " bytes wait for this client to read them";
        // Each connection has a little of its own, so that clients who ask for little are always answered.
        if (counted_ + item.cost > kUncounted && *total_ + item.cost > total_limit_)
            return "other answers take up all memory that is set aside";
        return {};
    }
    void begin_close(CloseCode code, std::string reason) STRATA_REQUIRES(mutex_) {
        reason.resize(std::min(reason.size(), kMaxReason));
        closing_ = websocket::close_reason(static_cast<websocket::close_code>(code), reason);
        wake();
    }
    void queue_dropped() STRATA_REQUIRES(mutex_) {
        for (const auto& item : items_) give_back(item.cost);
        items_.clear();
    }
    void give_back(std::size_t cost) STRATA_REQUIRES(mutex_) {
        counted_ -= cost;
        *total_ -= cost;
    }
    void wake() STRATA_REQUIRES(mutex_) {
        mailbox_->post([weak = weak_from_this()] {
            const auto self = weak.lock();
            if (!self) return;
            std::function<void()> call;
            {
                const Lock lock(self->mutex_);
                call = self->on_change_;
            }
            if (call) call();
        });
    }

    const std::size_t limit_;
    const std::uint64_t total_limit_;
    const std::shared_ptr<Mailbox> mailbox_;
    const std::shared_ptr<std::atomic<std::uint64_t>> total_;
    mutable Mutex mutex_;
    std::deque<Item> items_ STRATA_GUARDED_BY(mutex_);
    std::size_t counted_ STRATA_GUARDED_BY(mutex_) = 0;  // bytes that wait or are being sent
    std::optional<websocket::close_reason> closing_ STRATA_GUARDED_BY(mutex_);
    std::function<void()> on_change_ STRATA_GUARDED_BY(mutex_);
};

/// One connection. Its two coroutines, which read and write, run on the thread of the connections and hold it.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(WebSocketHost& host, std::shared_ptr<beast::tcp_stream> stream, asio::thread_pool& lane)
        : host_(host),
          stream_(std::move(stream)),
          lane_(lane),
          outbox_(std::make_shared<Outbox>(host)),
          ws_(*stream_),
          changed_(host.io, Clock::time_point::max()),
          written_(host.io, Clock::time_point::max()),
          read_timer_(host.io),
          write_timer_(host.io) {}

    asio::awaitable<void> serve(const UpgradeRequest& request, const Upgrade& upgrade) {
        ErrorCode error;
        stream_->expires_never();
        ws_.set_option(websocket::stream_base::timeout{.handshake_timeout = host_.limits.idle,
                                                       .idle_timeout = host_.limits.socket_idle,
                                                       .keep_alive_pings = true});
        ws_.set_option(websocket::stream_base::decorator(
            [](websocket::response_type& response) { response.set(beast::http::field::server, "strata"); }));
        ws_.read_message_max(host_.limits.socket_message_bytes);
        ws_.text(true);
        ws_.auto_fragment(false);
        co_await ws_.async_accept(request, quiet(error));
        if (error) co_return;
        reader_ = upgrade.open(outbox_);
        outbox_->start([this] { changed_.cancel(); });
        const End end{*this};
        asio::co_spawn(host_.io, write(shared_from_this()), asio::detached);
        co_await read();
        read_timer_.cancel();
        if (!outbox_->closing()) {  // the peer is gone
            is_gone_ = true;
            stream_->close();
            changed_.cancel();
        }
        while (!is_written_) co_await written_.async_wait(quiet(error));
    }

  private:
    /// Ends what the session has to do with other threads, also if the server destroys the coroutine.
    struct End {
        Session& session;
        ~End() {
            session.outbox_->end();
            session.reader_->on_close();
        }
    };

    asio::awaitable<void> read() {
        while (true) {
            beast::flat_buffer buffer;
            Share share(host_.bodies);
            if (!co_await read_message(buffer, share)) co_return;
            auto text = std::make_shared<std::string>(beast::buffers_to_string(buffer.data()));
            buffer = {};
            co_await on_lane(std::move(text));
            if (outbox_->closing()) co_return;
        }
    }
    /// Reads a message; returns false if the connection has ended or must end.
    asio::awaitable<bool> read_message(beast::flat_buffer& buffer, Share& share) {
        ErrorCode error;
        bool is_begun = false;
        do {
            co_await ws_.async_read_some(buffer, kReadPart, quiet(error));
            if (error == websocket::error::message_too_big) {
                outbox_->close(CloseCode::too_large, "a message is longer than " +
                                                         std::to_string(host_.limits.socket_message_bytes) + " bytes");
            }
            if (error) break;
            if (!share.grow_to(buffer.size(), host_.limits.bodies_bytes)) {
                outbox_->close(CloseCode::try_later, "other requests take up all memory that is set aside");
                co_return false;
            }
            // A message must arrive within the time for a request, however slowly its parts come.
            if (!is_begun && !ws_.is_message_done()) close_after(read_timer_, host_.limits.request);
            is_begun = true;
        } while (!ws_.is_message_done());
        read_timer_.cancel();
        co_return !error;
    }
    asio::awaitable<void> on_lane(std::shared_ptr<std::string> text) {
        const auto done = std::make_shared<Awaited<bool>>(host_.io);
        asio::post(lane_, [text = std::move(text), reader = reader_, weak = std::weak_ptr(done),
                           mailbox = host_.mailbox]() mutable {
            bool is_good = true;
            try {
                reader->on_message(std::move(*text));
            } catch (const std::exception&) {
                is_good = false;
            }
            mailbox->post([weak, is_good]() mutable {
                if (const auto waiting = weak.lock()) waiting->fill(std::move(is_good));
            });
        });
        co_await done->wait_until_filled();
        if (!*done->value) outbox_->close(CloseCode::policy, "a message failed because of an error in this program");
    }

    /// Sends what waits in the outbox, until the connection ends. `self` keeps the session alive.
    asio::awaitable<void> write(std::shared_ptr<Session> self) {
        ErrorCode error;
        while (!error) {
            if (auto item = outbox_->take()) {
                const auto began = Clock::now();
                close_after(write_timer_, time_for(*item));
                co_await ws_.async_write(asio::buffer(item->text), quiet(error));
                write_timer_.cancel();
                time_used_ += Clock::now() - began;
                outbox_->sent(*item);
                continue;
            }
            time_used_ = {};  // the client has read everything
            bytes_given_ = 0;
            if (is_gone_) break;
            if (const auto reason = outbox_->closing()) {
                close_after(write_timer_, kCloseTime);
                co_await ws_.async_close(*reason, quiet(error));
                break;
            }
            ErrorCode unused;
            co_await changed_.async_wait(quiet(unused));
        }
        write_timer_.cancel();
        self->stream_->close();
        is_written_ = true;
        written_.cancel();
    }

    /// Returns how long the client may take for the next message. For all that it finds waiting, it may use `idle`
    /// seconds and the time that its bytes take at the least rate.
    Clock::duration time_for(const Outbox::Item& item) {
        const auto& limits = host_.limits;
        bytes_given_ += item.text.size();
        const auto earned =
            std::chrono::milliseconds(1000 * bytes_given_ / std::max<std::uint64_t>(limits.least_rate, 1));
        return limits.idle + earned - time_used_;
    }

    /// Closes the connection unless the timer is cancelled or set again before.
    void close_after(asio::steady_timer& timer, Clock::duration time) {
        timer.expires_after(time);
        timer.async_wait([weak = weak_from_this()](ErrorCode error) {
            const auto self = weak.lock();
            if (!error && self) self->stream_->close();
        });
    }

    WebSocketHost& host_;
    const std::shared_ptr<beast::tcp_stream> stream_;
    asio::thread_pool& lane_;
    const std::shared_ptr<Outbox> outbox_;
    std::shared_ptr<WebSocketReader> reader_;
    Stream ws_;
    asio::steady_timer changed_;  // never expires; cancelled when the outbox has changed
    asio::steady_timer written_;  // never expires; cancelled when the writing coroutine has ended
    asio::steady_timer read_timer_;
    asio::steady_timer write_timer_;
    Clock::duration time_used_{};    // by the client, since it last had read everything
    std::uint64_t bytes_given_ = 0;  // likewise
    bool is_gone_ = false;
    bool is_written_ = false;
};

}  // namespace

asio::awaitable<void> serve_web_socket(WebSocketHost& host, std::shared_ptr<beast::tcp_stream> stream,
                                       UpgradeRequest request, Upgrade upgrade, asio::thread_pool& lane) {
    const auto session = std::make_shared<Session>(host, std::move(stream), lane);
    co_await session->serve(request, upgrade);
}

}  // namespace strata::http
