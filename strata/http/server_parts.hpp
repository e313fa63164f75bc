#pragma once
// Gives the parts of a Server what they share: asynchronous operations without exceptions, work for the thread of the
// connections, bounded sums of bytes. Only server.cpp and web_socket.cpp include this.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>

#include <strata/base/mutex.hpp>

namespace strata::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

/// Makes an operation store its failure in `error` instead of throwing it.
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
    asio::awaitable<void> wait_until_filled() {
        ErrorCode unused;
        while (!value) co_await ready.async_wait(quiet(unused));
    }
    std::optional<T> value;
    asio::steady_timer ready;  // never expires; fill() cancels it
};

/// A share of a bounded sum of bytes, which is given back at the end of the scope.
class Share {
  public:
    explicit Share(std::uint64_t& sum) : sum_(sum) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { sum_ -= mine_; }
    /// Raises the share to `bytes`. Returns false, and changes nothing, if the sum would be more than `limit`.
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

}  // namespace strata::http
