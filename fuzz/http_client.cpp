#include <strata/http/client.hpp>
#include <strata/http/test_socket.hpp>

#include <thread>

#include "target.hpp"

namespace {

struct Listener {
    Listener() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(at);
        STRATA_CHECK(::bind(fd, reinterpret_cast<const sockaddr*>(&at), size) == 0 && ::listen(fd, 1) == 0);
        STRATA_CHECK(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        url = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/";
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    std::string url;
};

}  // namespace

// The client ends within its limits, whatever a server sends.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace http = strata::http;
    static const Listener listener;
    std::thread serving([&] {
        const http::testing::Socket peer(::accept(listener.fd, nullptr, nullptr), nullptr);
        peer.until("\r\n\r\n");
        peer.send(strata::as_text({data, size}));
    });
    constexpr std::uint64_t kLimit = 4096;
    const auto answer = http::get(listener.url, {}, {.body_bytes = kLimit, .timeout = std::chrono::seconds(5)});
    serving.join();
    if (answer) STRATA_CHECK(answer->body.size() <= kLimit && answer->body.size() <= size);
    return 0;
}
