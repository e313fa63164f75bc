#pragma once
// Declares the inside of Server; only its .cpp files include it. All state belongs to the one thread that runs `io`,
// unless a comment says otherwise.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <list>
#include <set>
#include <thread>

#include <strata/base/mutex.hpp>
#include <strata/http/server.hpp>

namespace strata::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Parser = bhttp::request_parser<bhttp::vector_body<std::uint8_t>>;

inline auto quiet(ErrorCode& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

/// Hands work to the thread of the connections, as long as that thread exists. Thread-safe.
class Mailbox {
  public:
    explicit Mailbox(asio::io_context& io) : io_(&io) {}
    template <class F>
    void post(F work) {
        const Lock lock(mutex_);
        if (io_ != nullptr) asio::post(*io_, std::move(work));
    }
    void close() {
        const Lock lock(mutex_);
        io_ = nullptr;
    }

  private:
    Mutex mutex_;
    asio::io_context* io_ STRATA_GUARDED_BY(mutex_);
};

/// A value from a different thread, for which a coroutine waits.
template <class T>
struct Awaited {
    explicit Awaited(asio::io_context& io) : ready(io, asio::steady_timer::time_point::max()) {}
    void fill(T&& with) {
        if (value) return;
        value.emplace(std::move(with));
        ready.cancel();
    }
    asio::awaitable<void> filled() {
        ErrorCode unused;
        while (!value) co_await ready.async_wait(quiet(unused));
    }
    std::optional<T> value;
    asio::steady_timer ready;
};

/// A share of a bounded sum of bytes, which is given back at the end of the scope.
class Share {
  public:
    explicit Share(std::uint64_t& sum) : sum_(sum) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { sum_ -= mine_; }
    /// Takes more bytes. Returns false, without any change, if the sum would be above `limit`.
    bool grow_to(std::uint64_t bytes, std::uint64_t limit) {
        if (bytes <= mine_) return true;
        if (sum_ - mine_ + bytes > limit) return false;
        sum_ += bytes - mine_;
        mine_ = bytes;
        return true;
    }

  private:
    std::uint64_t& sum_;
    std::uint64_t mine_ = 0;
};

struct Connection {
    using Idle = std::list<std::shared_ptr<Connection>>;
    Connection(tcp::socket socket, std::size_t buffer) : stream(std::move(socket)), buffer(buffer) {}
    beast::tcp_stream stream;
    /// The bound holds for the parts that the parser must see in one piece: headers, chunk extensions, trailers.
    beast::flat_buffer buffer;
    std::optional<Idle::iterator> idle;  // its place among the connections that wait for a request
};
using ConnectionPtr = std::shared_ptr<Connection>;

/// The properties of a request that decide the form of its answer.
struct Form {
    bool keep_alive = false;
    bool head_only = false;
    bool chunks = true;  // false for HTTP/1.0
};

struct Server::Running {
    Running(Handler h, const ServerLimits& l);
    ~Running();

    // These functions are in server.cpp: connections are accepted and closed.
    asio::awaitable<void> accept();
    void take(tcp::socket socket);
    bool is_full() const;
    bool close_longest_idle();
    void set_idle(const ConnectionPtr& connection, bool idle);
    asio::thread_pool& lane_of(std::string_view path);

    // These functions are in server_exchange.cpp: a connection is served.
    asio::awaitable<void> serve(ConnectionPtr connection);
    asio::awaitable<void> refuse_newcomer(ConnectionPtr connection);
    /// Serves one request; returns true if the connection stays open.
    asio::awaitable<bool> serve_one(ConnectionPtr connection);
    /// Reads a request. Returns an empty optional if all of it arrived; otherwise the refusal. Status 0 means that
    /// there is nobody to tell.
    asio::awaitable<std::optional<Response>> read_request(const ConnectionPtr& connection, Parser& parser,
                                                          Share& share);
    asio::awaitable<Response> handled(const ConnectionPtr& connection, Request request);
    asio::awaitable<void> watch(ConnectionPtr connection, std::shared_ptr<std::stop_source> gone);
    /// Sends an answer; returns true if the connection may continue.
    asio::awaitable<bool> answer(Connection& connection, Response response, Form form, asio::thread_pool* lane);
    asio::awaitable<void> linger(Connection& connection);

    /// Runs `work` on a lane.
    template <class F, class T = std::invoke_result_t<F>>
    asio::awaitable<T> on_lane(asio::thread_pool& lane, F work) {
        const auto awaited = std::make_shared<Awaited<T>>(io);
        asio::post(lane, [work = std::move(work), weak = std::weak_ptr(awaited), mailbox = mailbox]() mutable {
            mailbox->post([weak, value = std::make_shared<T>(work())] {
                if (const auto waiting = weak.lock()) waiting->fill(std::move(*value));
            });
        });
        co_await awaited->filled();
        co_return std::move(*awaited->value);
    }

    const Handler handler;
    const ServerLimits limits;
    std::size_t open = 0;      // open connections of this server
    std::size_t refusing = 0;  // in addition to these: connections that get 503
    std::uint64_t bodies = 0;
    std::uint64_t answers = 0;
    Connection::Idle idle;  // the one that has waited longest is in front
    std::set<std::shared_ptr<std::stop_source>> asked;
    // Everything that the coroutines use is declared above, because their frames are destroyed with `io`.
    asio::io_context io{1};
    const std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(io);
    tcp::acceptor acceptor{io};
    std::vector<std::pair<std::string, std::unique_ptr<asio::thread_pool>>> lanes;  // the last: all other paths
    std::thread thread;
};

}  // namespace strata::http
