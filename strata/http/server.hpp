#pragma once
// An HTTP/1.1 server with a few threads of its own. Everything a peer can make large or slow is bounded.
#include <chrono>
#include <memory>

#include <strata/http/message.hpp>

namespace strata::http {

struct ServerLimits {
    std::size_t header_bytes = 16 << 10;
    std::uint64_t body_bytes = std::uint64_t{64} << 20;
    std::size_t connections = 128;
    std::chrono::seconds idle{30};      // waiting for a request, or for the peer to take bytes
    std::chrono::seconds request{120};  // for a whole request to arrive
    unsigned threads = 4;               // handlers that run at once
};

/// Called from several threads at once; may take its time.
using Handler = std::function<Response(const Request&)>;

class Server {
  public:
    /// `port` 0: any free one. Errors: busy if the port is taken; io.
    static Result<std::unique_ptr<Server>> start(const std::string& address, std::uint16_t port, Handler handler,
                                                 const ServerLimits& limits = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    /// Cuts open connections, waits for running handlers.
    ~Server();

    std::uint16_t port() const;
    /// "http://ADDRESS:PORT"
    std::string url() const;

  private:
    struct Running;
    explicit Server(std::unique_ptr<Running> running);
    std::unique_ptr<Running> running_;
};

}  // namespace strata::http
