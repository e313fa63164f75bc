// WebSocket connections of the server, as a client made with Boost.Beast sees them. Expected codes: RFC 6455 §7.4.1.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include <strata/http/client.hpp>
#include <strata/http/server.hpp>
#include <strata/http/test_socket.hpp>
#include <strata/http/test_web_socket.hpp>

namespace strata::http {
namespace {

using namespace std::chrono_literals;
using testing::Socket;
using testing::WebSocketClient;

/// Answers each message with itself. "flood N SIZE" is answered with N messages of SIZE bytes, "close" with a close.
class Echo final : public WebSocketReader {
  public:
    Echo(std::shared_ptr<WebSocket> socket, std::atomic<int>& closed, std::atomic<int>& held, std::atomic<int>& floods)
        : socket_(std::move(socket)), closed_(closed), held_(held), floods_(floods) {}
    void on_message(std::string message) override {
        int count = 0, size = 0;
        if (message == "close") return socket_->close(CloseCode::normal, "as you wish");
        if (std::sscanf(message.c_str(), "flood %d %d", &count, &size) != 2) {
            socket_->send("echo " + message);
            return;
        }
        for (int i = 0; i < count; ++i) {
            ++held_;
            const std::shared_ptr<const void> ticket(&held_, [](std::atomic<int>* held) { --*held; });
            socket_->send(std::string(static_cast<std::size_t>(size), 'x'), ticket);
        }
        ++floods_;
    }
    void on_close() override { ++closed_; }

  private:
    const std::shared_ptr<WebSocket> socket_;
    std::atomic<int>& closed_;
    std::atomic<int>& held_;
    std::atomic<int>& floods_;
};

class WebSocketServer : public ::testing::Test {
  protected:
    void start(const ServerLimits& limits = {}) {
        auto started = Server::start(
            "127.0.0.1", 0,
            [this](const Request& request) -> Response {
                if (!request.asks_upgrade && request.path != "/always") return text_response(200, "plain");
                return {101, {}, Upgrade{[this](std::shared_ptr<WebSocket> socket) {
                            ++opened;
                            return std::make_shared<Echo>(std::move(socket), closed, held, floods);
                        }}};
            },
            limits);
        ASSERT_TRUE(started) << started.error().message();
        server = std::move(*started);
    }
    template <class F>
    static bool eventually(F is_true) {
        for (int i = 0; i < 1000 && !is_true(); ++i) std::this_thread::sleep_for(10ms);
        return is_true();
    }
    std::atomic<int> opened = 0, closed = 0, held = 0, floods = 0;
    std::unique_ptr<Server> server;
};

TEST_F(WebSocketServer, text_and_binary_messages_are_read_and_answered) {
    start();
    WebSocketClient client(server->port(), "/");
    ASSERT_FALSE(client.failed());
    EXPECT_EQ(client.status(), 101U);
    ASSERT_TRUE(client.send("one"));
    EXPECT_EQ(client.next(), "echo one");
    ASSERT_TRUE(client.send("two", /*binary=*/true));
    EXPECT_EQ(client.next(), "echo two");
    client.stream().auto_fragment(true);
    client.stream().write_buffer_bytes(1000);
    const std::string long_one(300'000, 'y');
    ASSERT_TRUE(client.send(long_one));
    EXPECT_EQ(client.next(), "echo " + long_one);
    client.close();
    EXPECT_TRUE(eventually([&] { return closed == 1; }));
}

TEST_F(WebSocketServer, the_same_port_serves_plain_requests) {
    start();
    const auto answer = get(server->url() + "/");
    ASSERT_TRUE(answer);
    EXPECT_EQ(as_text(answer->body), "plain\n");
    // A handler that upgrades a request that did not ask for it.
    EXPECT_EQ(get(server->url() + "/always")->status, 400U);
}

TEST_F(WebSocketServer, the_server_says_why_it_closes) {
    start();
    WebSocketClient client(server->port(), "/");
    ASSERT_TRUE(client.send("close"));
    EXPECT_EQ(client.next(), std::nullopt);
    EXPECT_EQ(client.close_code(), 1000U);
    EXPECT_EQ(client.close_reason(), "as you wish");
    EXPECT_TRUE(eventually([&] { return closed == 1; }));
}

TEST_F(WebSocketServer, a_message_above_the_limit_closes_the_connection) {
    start({.socket_message_bytes = 1000});
    WebSocketClient client(server->port(), "/");
    ASSERT_TRUE(client.send(std::string(1000, 'a')));
    EXPECT_TRUE(client.next().has_value());
    client.send(std::string(1001, 'a'));
    EXPECT_EQ(client.next(), std::nullopt);
    EXPECT_EQ(client.close_code(), 1009U);
    EXPECT_TRUE(eventually([&] { return closed == 1; }));
}

TEST_F(WebSocketServer, a_client_that_does_not_read_is_disconnected_and_its_messages_are_dropped) {
    start({.idle = 2s, .least_rate = std::uint64_t{64} << 20, .socket_queue_bytes = std::size_t{4} << 20});
    WebSocketClient client(server->port(), "/");
    ASSERT_TRUE(client.send("flood 100 1000000"));
    EXPECT_TRUE(eventually([&] { return closed == 1; }));
    EXPECT_TRUE(eventually([&] { return held == 0; })) << held;
    // The others are served meanwhile and after.
    WebSocketClient other(server->port(), "/");
    ASSERT_TRUE(other.send("hello"));
    EXPECT_EQ(other.next(), "echo hello");
}

// Small messages count as well: many clients that read nothing must not take more than all may have together.
TEST_F(WebSocketServer, messages_that_wait_are_bounded_for_all_clients_together) {
    start({.answers_bytes = std::uint64_t{4} << 20});
    std::vector<std::unique_ptr<WebSocketClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<WebSocketClient>(server->port(), "/"));
        // 40 MB in messages of 10 KB, of which the system takes some MB.
        ASSERT_TRUE(clients.back()->send("flood 4000 10000"));
    }
    ASSERT_TRUE(eventually([&] { return floods == 4; }));
    // 4 MiB of all, 64 KiB of each, and the message that each one is being sent.
    EXPECT_LE(held, (4 << 20) / 10'000 + 4 * (65'536 / 10'000 + 2));
    WebSocketClient other(server->port(), "/");
    ASSERT_TRUE(other.send("hello"));
    EXPECT_EQ(other.next(), "echo hello");
}

// Each message would be in time for itself.
TEST_F(WebSocketServer, a_client_that_reads_a_message_now_and_then_is_disconnected) {
    start({.idle = 1s, .least_rate = std::uint64_t{64} << 20});
    WebSocketClient client(server->port(), "/");
    ASSERT_TRUE(client.send("flood 60 1000000"));
    int read = 0;
    for (; client.next(); ++read) std::this_thread::sleep_for(700ms);
    EXPECT_LT(read, 60);
    EXPECT_TRUE(eventually([&] { return closed == 1; }));
}

TEST_F(WebSocketServer, a_client_that_vanishes_is_noticed) {
    start();
    {
        WebSocketClient client(server->port(), "/");
        ASSERT_TRUE(client.send("flood 3 10"));
        client.drop();
    }
    EXPECT_TRUE(eventually([&] { return closed == 1; }));
    EXPECT_TRUE(eventually([&] { return held == 0; }));
}

TEST_F(WebSocketServer, a_silent_client_must_answer_pings) {
    start({.socket_idle = 2s});
    WebSocketClient alive(server->port(), "/");
    const Socket silent(server->port());  // makes the handshake and reads nothing after it
    silent.send(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    // The answer to the sample key of RFC 6455 §1.3.
    EXPECT_TRUE(silent.until("\r\n\r\n").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    EXPECT_TRUE(eventually([&] { return opened == 2; }));
    EXPECT_EQ(alive.next(4s), std::nullopt);
    EXPECT_EQ(closed, 1);
    ASSERT_TRUE(alive.send("still here"));
    EXPECT_EQ(alive.next(), "echo still here");
}

TEST_F(WebSocketServer, half_open_handshakes_and_half_messages_end) {
    start({.idle = 1s, .request = 2s});
    const Socket unfinished(server->port());
    unfinished.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    unfinished.rest();
    const Socket half(server->port());
    half.send(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    half.until("\r\n\r\n");
    // A frame of 5 bytes without the FIN bit: the message goes on and does not come.
    half.send(std::string_view("\x01\x85\0\0\0\0Hello", 11));
    half.rest();
    EXPECT_TRUE(eventually([&] { return closed == 1; }));
}

TEST_F(WebSocketServer, connections_beyond_the_limit_are_refused) {
    start({.sockets = 2});
    WebSocketClient one(server->port(), "/"), two(server->port(), "/");
    {
        WebSocketClient three(server->port(), "/");
        EXPECT_TRUE(three.failed());
        EXPECT_EQ(three.status(), 503U);
    }
    one.close();
    EXPECT_TRUE(eventually([&] { return !WebSocketClient(server->port(), "/").failed(); }));
}

TEST_F(WebSocketServer, stopping_the_server_ends_open_connections) {
    start();
    WebSocketClient client(server->port(), "/");
    ASSERT_TRUE(client.send("flood 10 1000"));
    // The client may be ready before the server has opened its side.
    ASSERT_TRUE(eventually([&] { return opened == 1; }));
    server.reset();
    EXPECT_EQ(closed, 1);
    EXPECT_TRUE(eventually([&] { return held == 0; }));
}

}  // namespace
}  // namespace strata::http
