#pragma once
// A plain TCP connection for tests: it sends exact bytes and returns the bytes that arrive.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include <strata/base/result.hpp>

namespace strata::http::testing {

class Socket {
  public:
    explicit Socket(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        STRATA_CHECK(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
    }
    explicit Socket(int fd, std::nullptr_t) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&&) = delete;
    ~Socket() { close(); }

    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    /// Sends a text; returns false if the peer takes no more.
    bool send(std::string_view text) const {
        while (!text.empty()) {
            const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// Closes this side for sending.
    void end() const { ::shutdown(fd_, SHUT_WR); }
    /// Returns everything that arrives until the peer closes.
    std::string rest() const { return until({}); }
    /// Returns everything that arrives up to `mark`.
    std::string until(std::string_view mark) const {
        std::string out;
        char buffer[4096];
        while (mark.empty() || !out.contains(mark)) {
            const auto got = ::recv(fd_, buffer, sizeof(buffer), 0);
            if (got <= 0) break;
            out.append(buffer, static_cast<std::size_t>(got));
        }
        return out;
    }

  private:
    int fd_;
};

}  // namespace strata::http::testing
