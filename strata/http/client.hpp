#pragma once
// A blocking HTTP/1.1 client for one request at a time. With https the server's certificate must be signed by an
// authority of the system's store (OpenSSL's default paths) and name the host.
#include <chrono>

#include <strata/http/message.hpp>

namespace strata::http {

struct ClientLimits {
    std::uint64_t body_bytes = std::uint64_t{1} << 30;
    std::chrono::seconds timeout{120};     // without any byte moving
    std::chrono::seconds total{6 * 3600};  // for the complete exchange
};

struct Answer {
    unsigned status = 0;
    std::map<std::string, std::string> headers;  // names in lower case; several values joined with ", "
    Bytes body;                                  // empty if a sink took it
};
/// A function that takes the next bytes of a body.
using BodySink = std::function<Status(BytesView)>;
/// A function that sees an answer, without a body, before its body goes to a sink. An error ends the exchange.
using HeadSink = std::function<Status(const Answer&)>;

/// Gets a resource. `url` is http://HOST[:PORT]/PATH or https://…. Errors: invalid_argument for any other URL, io
/// (refused, cut off, too slow, no valid certificate), too_large.
Result<Answer> get(const std::string& url, const std::map<std::string, std::string>& headers = {},
                   const ClientLimits& limits = {});
/// Gets a resource, and gives the body of an answer with status 200 or 206 to `sink` as it arrives, after `head` has
/// seen which one it is.
Result<Answer> get_stream(const std::string& url, const BodySink& sink,
                          const std::map<std::string, std::string>& headers = {}, const ClientLimits& limits = {},
                          const HeadSink& head = {});
/// Sends a body. `method` is POST or PUT.
Result<Answer> send(const std::string& method, const std::string& url, const std::string& content_type, BytesView body,
                    const ClientLimits& limits = {}, std::map<std::string, std::string> headers = {});

}  // namespace strata::http
