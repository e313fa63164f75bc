#include <strata/http/server.hpp>
#include <strata/http/test_socket.hpp>

#include "target.hpp"

namespace {

namespace http = strata::http;

http::Server& server() {
    static const auto running = http::Server::start("127.0.0.1", 0,
                                                    [](const http::Request& request) -> http::Response {
                                                        for (const auto& [name, value] : request.headers)
                                                            STRATA_CHECK(!name.empty());
                                                        return {200, {}, request.body};
                                                    },
                                                    {.header_bytes = 2048, .body_bytes = 4096, .threads = 1});
    return **running;
}

}  // namespace

// Whatever a peer sends as request line, headers, chunks and trailers, it gets an answer or a closed connection, and
// the server keeps serving.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const http::testing::Socket peer(server().port());
    peer.send(strata::as_text({data, size}));
    peer.end();
    const auto answer = peer.rest();
    STRATA_CHECK(answer.empty() || answer.starts_with("HTTP/1.1 "));
    return 0;
}
