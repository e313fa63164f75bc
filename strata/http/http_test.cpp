// Server and client over loopback, and what a hostile peer sends.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <strata/http/client.hpp>
#include <strata/http/server.hpp>

namespace strata::http {
namespace {

Request with_range(std::string range) {
    return {"GET", "/", {}, {{"range", std::move(range)}}, {}};
}

// RFC 9110 §14.1.2, the examples for a representation of 10000 bytes.
TEST(HttpRange, examples_of_the_rfc) {
    const auto range = [](std::string text) { return requested_range(with_range(std::move(text)), 10000); };
    const auto is = [](const Result<std::optional<ByteRange>>& got, std::uint64_t first, std::uint64_t last) {
        return got && *got && (*got)->first == first && (*got)->last == last;
    };
    EXPECT_TRUE(is(range("bytes=0-499"), 0, 499));
    EXPECT_TRUE(is(range("bytes=500-999"), 500, 999));
    EXPECT_TRUE(is(range("bytes=-500"), 9500, 9999));
    EXPECT_TRUE(is(range("bytes=9500-"), 9500, 9999));
    EXPECT_TRUE(is(range("bytes=9500-20000"), 9500, 9999));
    EXPECT_TRUE(is(range("bytes=-20000"), 0, 9999));
}

TEST(HttpRange, refused_or_ignored) {
    EXPECT_EQ(requested_range(with_range("bytes=10-"), 10).error().code(), Errc::out_of_range);
    EXPECT_EQ(requested_range(with_range("bytes=-0"), 10).error().code(), Errc::out_of_range);
    for (const char* text : {"", "bytes=", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=--1"}) {
        const auto got = requested_range(with_range(text), 10);
        EXPECT_TRUE(got && !*got) << text;
    }
}

TEST(HttpTarget, decoded) {
    const auto target = parse_target("/ipfs/a%20b?format=car&dag-scope=all&x=1%2B1&flag");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/ipfs/a b");
    EXPECT_EQ(target->query.at("format"), "car");
    EXPECT_EQ(target->query.at("x"), "1+1");
    EXPECT_EQ(target->query.at("flag"), "");
    EXPECT_FALSE(parse_target("/%4"));
    EXPECT_FALSE(parse_target("/%zz"));
    EXPECT_FALSE(parse_target("no-slash"));
}

Response echo(const Request& request) {
    if (request.path == "/stream" || request.path == "/cut") {
        const bool cut = request.path == "/cut";
        auto left = std::make_shared<int>(10);
        return {200,
                {},
                Stream{[left, cut](std::span<std::uint8_t> out) -> Result<std::size_t> {
                           if (*left == 0 && cut) return fail(Errc::io, "gone");
                           if (*left == 0) return std::size_t{0};
                           --*left;
                           std::ranges::fill(out.first(100'000), 'x');
                           return std::size_t{100'000};
                       },
                       {}}};
    }
    return {200, {{"X-Method", request.method}}, request.body};
}

struct HttpServer : ::testing::Test {
    std::unique_ptr<Server> server =
        std::move(Server::start("127.0.0.1", 0, echo,
                                {.header_bytes = 4096, .body_bytes = 1 << 20, .idle = std::chrono::seconds(1)})
                      .value());

    // Sends `text` as it is, returns all that comes back.
    std::string raw(std::string_view text) const {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(server->port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)), 0);
        EXPECT_GE(::send(fd, text.data(), text.size(), MSG_NOSIGNAL), 0);
        std::string out;
        char buffer[4096];
        for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof(buffer), 0)) > 0;)
            out.append(buffer, static_cast<std::size_t>(n));
        ::close(fd);
        return out;
    }
};

TEST_F(HttpServer, body_goes_both_ways) {
    const auto answer = send("POST", server->url() + "/echo", "text/plain", as_bytes("hello"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(as_text(answer->body), "hello");
    EXPECT_EQ(answer->headers.at("x-method"), "POST");
}

TEST_F(HttpServer, streams_without_known_length) {
    std::size_t got = 0;
    const auto answer = get_stream(server->url() + "/stream", [&](BytesView part) -> Status {
        got += part.size();
        return {};
    });
    ASSERT_TRUE(answer);
    EXPECT_EQ(got, 1'000'000U);
}

TEST_F(HttpServer, client_sees_that_a_stream_was_cut) {
    EXPECT_FALSE(get(server->url() + "/cut"));
}

TEST_F(HttpServer, client_limits_the_answer) {
    EXPECT_EQ(get(server->url() + "/stream", {}, {.body_bytes = 5000}).error().code(), Errc::too_large);
    const auto announced = send("POST", server->url() + "/echo", "x/y", Bytes(6000), {.body_bytes = 5000});
    EXPECT_EQ(announced.error().code(), Errc::too_large) << "by its Content-Length";
}

TEST_F(HttpServer, refuses_what_is_too_large_or_no_http) {
    const auto large = send("PUT", server->url() + "/", "x/y", Bytes((1 << 20) + 1));
    EXPECT_TRUE(!large || large->status == 413);
    EXPECT_TRUE(
        raw("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(5000, 'a') + "\r\n\r\n").starts_with("HTTP/1.1 431"));
    EXPECT_TRUE(raw("complete nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(raw("GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST_F(HttpServer, drops_a_peer_that_says_nothing) {
    EXPECT_EQ(raw("GET / HT"), "");
}

TEST_F(HttpServer, head_has_no_body) {
    const auto text = raw("HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200")) << text;
    EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST_F(HttpServer, taken_port_is_one_clear_sentence) {
    const auto second = Server::start("127.0.0.1", server->port(), echo);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Errc::busy);
}

TEST(HttpClient, nobody_there) {
    EXPECT_EQ(get("http://127.0.0.1:1/").error().code(), Errc::io);
}

}  // namespace
}  // namespace strata::http
