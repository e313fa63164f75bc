// Tests the server over loopback, also against a hostile peer.
#include <strata/http/server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include <strata/base/mutex.hpp>
#include <strata/http/client.hpp>
#include <strata/http/test_socket.hpp>

namespace strata::http {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Socket;
using ::testing::StartsWith;

Stream hundred_thousands(int parts, bool cut) {
    auto left = std::make_shared<int>(parts);
    return {[left, cut](std::span<std::uint8_t> out) -> Result<std::size_t> {
                if (*left == 0 && cut) return fail(Errc::io, "gone");
                if (*left == 0) return std::size_t{0};
                --*left;
                std::ranges::fill(out.first(100'000), 'x');
                return std::size_t{100'000};
            },
            {}};
}

struct HttpServer : ::testing::Test {
    ~HttpServer() override { release(); }

    Response handle(const Request& request) {
        const auto& path = request.path;
        if (path == "/stream") return {200, {}, hundred_thousands(10, false)};
        if (path == "/cut") return {200, {}, hundred_thousands(10, true)};
        if (path == "/cached") return {304, {{"ETag", "\"t\""}}, Bytes{}};
        if (path == "/large") return {200, {}, Bytes(1 << 20, 'y')};
        if (path == "/throw") throw std::runtime_error("a mistake");
        if (path == "/later") {
            const std::scoped_lock lock(mutex);
            gone.push_back(request.gone);
            return {200, {}, Later{[this](Done done) {
                        const std::scoped_lock guard(mutex);
                        waiting.push_back(std::move(done));
                        changed.notify_all();
                    }}};
        }
        if (path.starts_with("/slow")) {
            std::unique_lock lock(mutex);
            ++slow;
            changed.notify_all();
            changed.wait(lock, [&] { return released; });
        }
        return {200, {{"X-Method", request.method}, {"X-Accept", std::string(request.header("accept"))}}, request.body};
    }
    void start(const ServerLimits& limits) {
        server =
            std::move(Server::start("127.0.0.1", 0, [this](const Request& r) { return handle(r); }, limits).value());
    }
    void SetUp() override {
        start({.header_bytes = 4096, .body_bytes = 1 << 20, .idle = std::chrono::seconds(1), .lanes = {"/slow"}});
    }
    void wait_until(auto condition) {
        std::unique_lock lock(mutex);
        changed.wait(lock, condition);
    }
    void release() {
        const std::scoped_lock lock(mutex);
        released = true;
        changed.notify_all();
    }
    // Sends `text` unchanged and returns everything that comes back.
    std::string raw(std::string_view text) const {
        const Socket socket(server->port());
        socket.send(text);
        return socket.rest();
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Done> waiting;
    std::vector<std::stop_token> gone;
    int slow = 0;
    bool released = false;
    std::unique_ptr<Server> server;
};

constexpr std::string_view kEnd = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
std::string get_of(std::string_view path) {
    return "GET " + std::string(path) + std::string(kEnd);
}

TEST_F(HttpServer, body_goes_both_ways) {
    const auto answer = send("POST", server->url() + "/echo", "text/plain", as_bytes("hello"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(as_text(answer->body), "hello");
    EXPECT_EQ(answer->headers.at("x-method"), "POST");
    // A server with a clock must say when it answered (RFC 9110 §6.6.1).
    EXPECT_THAT(answer->headers.at("date"), EndsWith(" GMT"));
}

TEST_F(HttpServer, one_connection_serves_many_requests) {
    const Socket socket(server->port());
    for (int i = 0; i < 3; ++i) {
        socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        EXPECT_THAT(socket.until("hello"), StartsWith("HTTP/1.1 200"));
    }
}

TEST_F(HttpServer, requests_may_come_before_their_answers) {
    const auto text = raw("GET /a HTTP/1.1\r\nHost: a\r\n\r\n" + get_of("/b"));
    EXPECT_NE(text.find("HTTP/1.1 200"), text.rfind("HTTP/1.1 200"));
}

// Source: RFC 9110 §5.3.
TEST_F(HttpServer, a_header_in_several_lines_is_one_list) {
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\naccept: application/vnd.ipld.raw\r\n"
                    "Connection: close\r\n\r\n"),
                HasSubstr("X-Accept: text/html, application/vnd.ipld.raw\r\n"));
}

// Source: RFC 9112 §3.2.
TEST_F(HttpServer, exactly_one_host) {
    EXPECT_THAT(raw("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET / HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServer, streams_in_chunks) {
    const auto text = raw(get_of("/stream"));
    EXPECT_THAT(text, HasSubstr("Transfer-Encoding: chunked"));
    EXPECT_THAT(text, EndsWith("0\r\n\r\n"));
}

// A client of HTTP/1.0 gets no transfer coding; the end of the connection ends the body (RFC 9112 §6.1).
TEST_F(HttpServer, streams_to_an_old_client_without_chunks) {
    const auto text = raw("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(text, Not(HasSubstr("Transfer-Encoding")));
    EXPECT_EQ(text.size() - text.find("\r\n\r\n") - 4, 1'000'000U);
}

// Source: RFC 9110 §8.6, §15.4.5.
TEST_F(HttpServer, not_modified_has_no_length) {
    const auto text = raw(get_of("/cached"));
    EXPECT_THAT(text, StartsWith("HTTP/1.1 304"));
    EXPECT_THAT(text, Not(HasSubstr("\nContent-Length")));
    EXPECT_THAT(text, HasSubstr("ETag: \"t\""));
}

TEST_F(HttpServer, head_has_no_body) {
    const auto text = raw("HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(text, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(text, EndsWith("\r\n\r\n"));
    EXPECT_THAT(raw("HEAD /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
                HasSubstr("Content-Length: 1048576"));
}

// The lists are those of gateway-conformance, path_gateway_cors_test.go.
TEST_F(HttpServer, scripts_of_any_page_may_ask) {
    for (const char* method : {"GET", "OPTIONS"}) {
        const auto text = raw(std::string(method) + " /ipfs/bafkqabtimvwgy3yk/" + std::string(kEnd));
        EXPECT_THAT(text, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
        for (const char* word :
             {"GET", "HEAD", "OPTIONS", "Content-Type", "Range", "User-Agent", "X-Requested-With", "Content-Range",
              "Content-Length", "X-Ipfs-Path", "X-Ipfs-Roots", "X-Chunked-Output", "X-Stream-Output"})
            EXPECT_THAT(text, HasSubstr(word)) << method;
        // The Fetch standard: a star allows each header but Authorization.
        EXPECT_THAT(text, ContainsRegex("Access-Control-Allow-Headers: [^\r]*Authorization[^\r]*, \\*\r"));
    }
    EXPECT_THAT(raw("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 204"));
}

TEST_F(HttpServer, scripts_are_kept_out_on_demand) {
    start({.any_origin = false});
    EXPECT_THAT(raw(get_of("/")), Not(HasSubstr("Access-Control")));
}

TEST_F(HttpServer, refuses_what_is_too_large_or_not_http) {
    const auto large = send("PUT", server->url() + "/", "x/y", Bytes((1 << 20) + 1));
    EXPECT_TRUE(!large || large->status == 413);
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(5000, 'a') + "\r\n\r\n"),
                StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(raw("complete nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw(get_of("/%zz")), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpServer, expected_continue_is_given) {
    const Socket socket(server->port());
    socket.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(socket.until("\r\n\r\n"), StartsWith("HTTP/1.1 100 Continue"));
    socket.send("ok");
    EXPECT_THAT(socket.rest(), EndsWith("ok"));
}

constexpr std::string_view kChunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(HttpServer, chunks_are_read) {
    const Socket socket(server->port());
    socket.send(std::string(kChunked) + "2;a=b\r\nok\r\n0\r\nTrailer: t\r\n\r\n");
    EXPECT_THAT(socket.until("ok"), StartsWith("HTTP/1.1 200"));
}

// The bytes that a parser must see in one piece are bounded.
TEST_F(HttpServer, endless_trailers_and_extensions_are_refused) {
    const std::string line = "t: " + std::string(1000, 'v') + "\r\n";
    for (const std::string begin : {"0\r\n", "2;"}) {
        const Socket socket(server->port());
        socket.send(std::string(kChunked) + begin);
        int lines = 0;
        while (lines < 100'000 && socket.send(line)) ++lines;
        EXPECT_LT(lines, 100'000) << "the connection is closed before 100 MB";
    }
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "1;" + std::string(100, 'e') + "\r\nx\r\n";
    EXPECT_THAT(raw(std::string(kChunked) + many), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpServer, drops_a_peer_that_says_nothing) {
    EXPECT_EQ(raw("GET / HT"), "");
}

TEST_F(HttpServer, a_handler_that_throws_is_500) {
    EXPECT_THAT(raw(get_of("/throw")), StartsWith("HTTP/1.1 500"));
}

TEST_F(HttpServer, slow_requests_do_not_hold_up_a_different_lane) {
    std::vector<Socket> sockets;
    for (int i = 0; i < 8; ++i) sockets.emplace_back(server->port()).send(get_of("/slow/" + std::to_string(i)));
    wait_until([&] { return slow == 4; });
    EXPECT_THAT(raw(get_of("/fast")), StartsWith("HTTP/1.1 200"));
    release();
    for (const auto& socket : sockets) EXPECT_THAT(socket.rest(), StartsWith("HTTP/1.1 200"));
}

// There are more such answers than threads.
TEST_F(HttpServer, answers_that_come_later_need_no_thread) {
    std::vector<Socket> sockets;
    for (int i = 0; i < 20; ++i) sockets.emplace_back(server->port()).send(get_of("/later"));
    wait_until([&] { return waiting.size() == 20; });
    EXPECT_THAT(raw(get_of("/fast")), StartsWith("HTTP/1.1 200"));
    for (const auto& done : waiting) done(text_response(200, "now"));
    for (const auto& socket : sockets) EXPECT_THAT(socket.rest(), EndsWith("now\n"));
}

TEST_F(HttpServer, a_client_that_hangs_up_is_noticed) {
    Socket socket(server->port());
    socket.send(get_of("/later"));
    wait_until([&] { return waiting.size() == 1; });
    const std::stop_callback noticed(gone[0], [&] {
        const std::scoped_lock lock(mutex);
        changed.notify_all();
    });
    socket.close();
    wait_until([&] { return gone[0].stop_requested(); });
}

// The bytes of a further request do not hide that the client has left.
TEST_F(HttpServer, a_client_that_asks_more_and_hangs_up_is_noticed) {
    for (const std::string more : {"P", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
        for (const bool at_once : {true, false}) {
            const auto count = waiting.size();
            Socket socket(server->port());
            socket.send(get_of("/later") + (at_once ? more : ""));
            wait_until([&] { return waiting.size() == count + 1; });
            if (!at_once) socket.send(more);
            const std::stop_callback noticed(gone[count], [&] {
                const std::scoped_lock lock(mutex);
                changed.notify_all();
            });
            socket.close();
            wait_until([&] { return gone[count].stop_requested(); });
        }
    }
}

TEST_F(HttpServer, what_waits_is_told_when_the_server_stops) {
    const Socket socket(server->port());
    socket.send(get_of("/later"));
    wait_until([&] { return waiting.size() == 1; });
    server.reset();
    EXPECT_TRUE(gone[0].stop_requested());
    waiting[0](text_response(200, "too late"));  // the client is gone, so this has no effect
    EXPECT_EQ(socket.rest(), "");
}

TEST_F(HttpServer, the_connection_that_is_idle_longest_gives_way) {
    start({.connections = 2});
    const Socket first(server->port());
    first.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    first.until("\r\n\r\n");
    const Socket second(server->port());
    second.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    second.until("\r\n\r\n");
    EXPECT_THAT(raw(get_of("/")), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(first.rest(), "");
    second.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(second.until("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServer, one_connection_too_many_is_told_so) {
    start({.connections = 2});
    const Socket first(server->port()), second(server->port());
    first.send(get_of("/later"));
    second.send(get_of("/later"));
    wait_until([&] { return waiting.size() == 2; });
    EXPECT_THAT(raw(get_of("/")), StartsWith("HTTP/1.1 503"));
    for (const auto& done : waiting) done(text_response(200, "now"));
    EXPECT_THAT(first.rest(), EndsWith("now\n"));
}

// The system completes a connection without the program, which then has no descriptor to take it (accept(2), EMFILE).
TEST_F(HttpServer, a_connection_waits_while_the_process_has_no_descriptor_left) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit few{std::min<rlim_t>(before.rlim_cur, 256), before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    std::vector<Socket> all;
    for (int copy = ::dup(STDOUT_FILENO); copy >= 0; copy = ::dup(STDOUT_FILENO)) all.emplace_back(copy, nullptr);
    EXPECT_EQ(errno, EMFILE);
    all.pop_back();
    const Socket client(server->port());
    EXPECT_TRUE(client.send(get_of("/small")));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the server may meet the lack now, or later
    all.clear();
    EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_F(HttpServer, large_answers_are_bounded_together) {
    start({.answers_bytes = 1 << 19});
    EXPECT_THAT(raw(get_of("/large")), StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(raw(get_of("/small")), StartsWith("HTTP/1.1 200"));
    start({.answers_bytes = 1 << 20});
    for (int i = 0; i < 3; ++i) EXPECT_GT(raw(get_of("/large")).size(), std::size_t{1 << 20});
}

TEST_F(HttpServer, bodies_are_bounded_together) {
    start({.bodies_bytes = 100'000});
    EXPECT_EQ(send("POST", server->url() + "/", "x/y", Bytes(200'000))->status, 503U);
    EXPECT_THAT(raw(std::string(kChunked) + "30d40\r\n" + std::string(200'000, 'x') + "\r\n0\r\n\r\n"),
                StartsWith("HTTP/1.1 503"));
    EXPECT_EQ(send("POST", server->url() + "/", "x/y", Bytes(100'000))->status, 200U);
}

// A few hundred bytes that announce all the memory must not keep others out.
TEST_F(HttpServer, a_body_that_is_only_announced_takes_no_memory) {
    start({.bodies_bytes = std::uint64_t{64} << 20});
    std::vector<Socket> silent;
    for (int i = 0; i < 8; ++i)
        silent.emplace_back(server->port()).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 67108864\r\n\r\n");
    EXPECT_EQ(send("POST", server->url() + "/", "x/y", Bytes(100'000))->status, 200U);
}

TEST_F(HttpServer, small_bodies_are_always_taken) {
    start({.bodies_bytes = 0});
    EXPECT_EQ(send("POST", server->url() + "/", "x/y", Bytes(64 << 10))->status, 200U);
    EXPECT_EQ(send("POST", server->url() + "/", "x/y", Bytes((64 << 10) + 1))->status, 503U);
}

TEST_F(HttpServer, a_request_that_does_not_arrive_gives_way) {
    start({.connections = 2});
    const Socket first(server->port()), second(server->port());
    for (const auto* socket : {&first, &second})
        socket->send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    EXPECT_THAT(raw(get_of("/")), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(first.rest(), "");
    second.send("second");
    EXPECT_THAT(second.until("halfsecond"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServer, taken_port_is_one_clear_sentence) {
    const auto second = Server::start("127.0.0.1", server->port(), [](const Request&) { return Response(); });
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Errc::busy);
}

}  // namespace
}  // namespace strata::http
