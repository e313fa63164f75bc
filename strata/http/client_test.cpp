// Tests the client against servers that break the rules: each sends one prepared answer.
#include <strata/http/client.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <strata/http/server.hpp>
#include <strata/http/test_socket.hpp>

namespace strata::http {
namespace {

using ::testing::HasSubstr;

/// Accepts one connection, reads one request, sends `answer` and then `more` for as long as the client takes it.
class OneAnswer {
  public:
    explicit OneAnswer(std::string answer, std::string more = {}, bool v6 = false)
        : listener_(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in6 six{};
        sockaddr_in four{};
        six.sin6_family = AF_INET6;
        six.sin6_addr = IN6ADDR_LOOPBACK_INIT;
        four.sin_family = AF_INET;
        four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const at = v6 ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
        socklen_t size = v6 ? sizeof(six) : sizeof(four);
        is_there_ = ::bind(listener_, at, size) == 0 && ::listen(listener_, 1) == 0;
        ::getsockname(listener_, at, &size);
        port_ = ntohs(v6 ? six.sin6_port : four.sin_port);
        if (!is_there_) return;
        thread_ = std::thread([this, answer = std::move(answer), more = std::move(more)] {
            const testing::Socket peer(::accept(listener_, nullptr, nullptr), nullptr);
            request_ = peer.until("\r\n\r\n");
            peer.send(answer);
            while (!more.empty() && peer.send(more)) {
            }
        });
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    ~OneAnswer() {
        if (thread_.joinable()) thread_.join();
        ::close(listener_);
    }
    bool is_there() const { return is_there_; }
    std::string port() const { return std::to_string(port_); }
    std::string url() const { return "http://127.0.0.1:" + port() + "/"; }
    const std::string& request() {
        thread_.join();
        return request_;
    }

  private:
    int listener_;
    bool is_there_ = false;
    std::uint16_t port_ = 0;
    std::string request_;
    std::thread thread_;
};

constexpr const char* kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(HttpClient, nobody_there) {
    EXPECT_EQ(get("http://127.0.0.1:1/").error().code(), Errc::io);
    EXPECT_EQ(get("https://127.0.0.1:1/").error().code(), Errc::io);
    EXPECT_EQ(get("ftp://127.0.0.1/").error().code(), Errc::invalid_argument);
}

TEST(HttpClient, sees_that_a_body_was_cut) {
    const OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    EXPECT_FALSE(get(server.url()));
}

TEST(HttpClient, reads_chunks_and_joins_headers) {
    const OneAnswer server(
        "HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n2;e=1\r\nok\r\n0\r\nT: t\r\n\r\n");
    const auto answer = get(server.url());
    ASSERT_TRUE(answer);
    EXPECT_EQ(as_text(answer->body), "ok");
    EXPECT_EQ(answer->headers.at("x-a"), "1, 2");
}

TEST(HttpClient, limits_the_body) {
    const OneAnswer announced("HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n", std::string(1000, 'x'));
    EXPECT_EQ(get(announced.url(), {}, {.body_bytes = 5000}).error().code(), Errc::too_large);
    const OneAnswer endless(kChunked, "3e8\r\n" + std::string(1000, 'x') + "\r\n");
    EXPECT_EQ(get(endless.url(), {}, {.body_bytes = 5000}).error().code(), Errc::too_large);
}

// Each of these answers would never end.
TEST(HttpClient, limits_what_is_not_body) {
    const std::string line = "t: " + std::string(1000, 'v') + "\r\n";
    EXPECT_FALSE(get(OneAnswer(std::string(kChunked) + "0\r\n", line).url()));
    EXPECT_FALSE(get(OneAnswer(std::string(kChunked) + "2;", line.substr(0, 1000)).url()));
    EXPECT_FALSE(get(OneAnswer("HTTP/1.1 200 OK\r\n", line).url()));
    EXPECT_FALSE(get(OneAnswer(kChunked, "1;" + std::string(200, 'e') + "\r\nx\r\n").url()));
}

// Source: RFC 9110 §7.2, RFC 3986 §3.2.2.
TEST(HttpClient, host_of_an_ipv6_address_has_brackets) {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {}, true);
    if (!server.is_there()) GTEST_SKIP() << "this machine has no IPv6";
    EXPECT_TRUE(get("http://[::1]:" + server.port() + "/"));
    EXPECT_THAT(server.request(), HasSubstr("Host: [::1]:" + server.port() + "\r\n"));
}

TEST(HttpClient, gives_a_sink_what_comes) {
    const OneAnswer server(std::string(kChunked) + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    std::string got;
    const auto answer = get_stream(server.url(), [&](BytesView part) -> Status {
        got += as_text(part);
        return {};
    });
    ASSERT_TRUE(answer);
    EXPECT_EQ(got, "abcde");
    EXPECT_TRUE(answer->body.empty());
}

TEST(HttpClient, shows_the_head_before_the_sink_gets_anything) {
    const OneAnswer server("HTTP/1.1 206 Partial\r\nContent-Length: 3\r\nContent-Range: bytes 2-4/5\r\n\r\nabc");
    std::string got;
    const auto answer = get_stream(
        server.url(),
        [&](BytesView part) -> Status {
            got += as_text(part);
            return {};
        },
        {}, {},
        [&](const Answer& head) -> Status {
            EXPECT_EQ(got, "");
            EXPECT_EQ(head.status, 206U);
            EXPECT_EQ(head.headers.at("content-range"), "bytes 2-4/5");
            return fail(Errc::cancelled, "enough");
        });
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Errc::cancelled);
    EXPECT_EQ(got, "");
}

}  // namespace
}  // namespace strata::http
