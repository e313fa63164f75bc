#pragma once
// Serves the explorer at /explorer/: the files of the site, and the facts of each page as JSON with ?json. Everything
// it tells it asks from the node's own paths, as any client would. Source of the headers: RFC 9110; W3C Content
// Security Policy Level 3.
#include <memory>

#include <strata/http/message.hpp>
#include <strata/http/server.hpp>

namespace strata::explorer {

class Explorer {
  public:
    /// `inside` answers the node's other paths (/rpc/v1, /health/status and so on); it must outlive the explorer.
    explicit Explorer(http::Handler inside);
    Explorer(const Explorer&) = delete;
    Explorer& operator=(const Explorer&) = delete;
    ~Explorer();

    /// Returns true for /explorer and everything below it, and for / if a browser asks.
    static bool serves(const http::Request& request);
    /// Answers a request that is served here. The facts of a page take the caller's thread until the node has answered
    /// them; of two pages at most at once, further ones are refused with status 503. Called from several threads at
    /// once.
    http::Response handle(const http::Request& request);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::explorer
