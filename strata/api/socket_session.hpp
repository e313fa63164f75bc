#pragma once
// JSON-RPC over one WebSocket connection: calls run at the same time and are answered as they end, the client may
// cancel them, and methods may open channels. Calls, channels and the values of a channel that wait are bounded.
// Source: docs/protocol/node.md §28.1 (go-jsonrpc websocket.go).
#include <map>

#include <strata/api/request_job.hpp>
#include <strata/base/mutex.hpp>
#include <strata/http/web_socket.hpp>

namespace strata::api {

class SocketSession final : public http::WebSocketReader, public std::enable_shared_from_this<SocketSession> {
  public:
    SocketSession(Serving& serving, const MethodTable& table, Permissions permissions,
                  std::shared_ptr<http::WebSocket> socket)
        : serving_(serving), table_(table), permissions_(permissions), socket_(std::move(socket)) {}

    void on_message(std::string message) override STRATA_EXCLUDES(mutex_);
    void on_close() override STRATA_EXCLUDES(mutex_);

  private:
    class SocketChannel;
    class Opening;
    struct Running {
        std::string id;  // the call's ID as JSON; empty if it cannot be cancelled
        std::stop_source stop;
        std::map<std::uint64_t, std::shared_ptr<SocketChannel>> channels;
        bool is_answered = false;
    };

    void run(Calls calls) STRATA_EXCLUDES(mutex_);
    /// Sends the answer of a request, and then starts its channels.
    void finish(std::uint64_t request, Reply reply, Opening& opened) STRATA_EXCLUDES(mutex_);
    /// Handles the client's "xrpc.cancel": ends the call with that ID, and its channels.
    void cancel(const Json& params) STRATA_EXCLUDES(mutex_);
    void forget_channel(std::uint64_t request, std::uint64_t channel) STRATA_EXCLUDES(mutex_);
    void refuse_call(const Calls& calls, const Fault& fault);

    Serving& serving_;
    const MethodTable& table_;
    const Permissions permissions_;
    const std::shared_ptr<http::WebSocket> socket_;
    Mutex mutex_;
    bool is_closed_ STRATA_GUARDED_BY(mutex_) = false;
    std::uint64_t next_request_ STRATA_GUARDED_BY(mutex_) = 1;
    std::uint64_t next_channel_ STRATA_GUARDED_BY(mutex_) = 1;
    std::size_t open_channels_ STRATA_GUARDED_BY(mutex_) = 0;
    std::map<std::uint64_t, Running> running_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::api
