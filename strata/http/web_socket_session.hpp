#pragma once
// Serves one WebSocket connection of a Server. Only server.cpp includes this.
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <functional>

#include <strata/http/server.hpp>
#include <strata/http/server_parts.hpp>

namespace strata::http {

/// The parts of the server that all its WebSocket connections use. They outlive the connections, but not every
/// WebSocket that a handler keeps.
struct WebSocketHost {
    asio::io_context& io;
    const ServerLimits& limits;
    std::shared_ptr<Mailbox> mailbox;
    std::uint64_t& bodies;  // bytes: see ServerLimits::bodies_bytes
    /// The bytes that wait to be sent on all connections; see ServerLimits::answers_bytes.
    std::shared_ptr<std::atomic<std::uint64_t>> queued = std::make_shared<std::atomic<std::uint64_t>>(0);
};

using UpgradeRequest = boost::beast::http::request<boost::beast::http::empty_body>;

/// Answers the handshake and serves the connection until it ends. Runs on the thread of `host.io`; messages are given
/// to the reader on `lane`.
asio::awaitable<void> serve_web_socket(WebSocketHost& host, std::shared_ptr<boost::beast::tcp_stream> stream,
                                       UpgradeRequest request, Upgrade upgrade, asio::thread_pool& lane);

}  // namespace strata::http
