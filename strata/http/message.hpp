#pragma once
// Defines requests and answers. Source: RFC 9110.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>
#include <strata/http/web_socket.hpp>

namespace strata::http {

struct Request {
    std::string method;
    std::string path;                          // percent-decoded, without the query
    std::map<std::string, std::string> query;  // percent-decoded; only the first value of a repeated name
    /// The headers by names in lower case. The values of a header that comes in several lines are joined with ", ", in
    /// their order (RFC 9110 §5.3).
    std::map<std::string, std::string> headers;
    Bytes body;
    /// True if the client asks for a WebSocket connection: only then may the answer be an Upgrade.
    bool asks_upgrade = false;
    /// A stop is requested when the client has closed its connection or the server stops: nobody reads the answer any
    /// more.
    std::stop_token gone{};

    /// Returns the value of a header; `name` is in lower case. Empty if there is none.
    std::string_view header(std::string_view name) const;
};

/// A function that fills the front of the buffer and returns the number of bytes; 0 means the end. An error closes
/// the connection, so that the client sees that the body is incomplete. Called by one thread at a time, but never by
/// the one that moves the network's bytes.
using BodySource = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
struct Stream {
    BodySource read;
    /// If empty, the body is sent in chunks, or for HTTP/1.0 until the connection is closed.
    std::optional<std::uint64_t> length;
};

struct Response;
/// A function that takes an answer when it is known.
using Done = std::function<void(Response&&)>;
/// An answer that is not known yet, so that no thread waits for it. The server calls `start` once. `start` must
/// return quickly, and must have `done` called once, at once or later, on any thread, even if the server no longer
/// exists.
struct Later {
    std::function<void(Done done)> start;
};

struct Response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::variant<Bytes, Stream, Later, Upgrade> body;
};

Response text_response(unsigned status, std::string_view text);
Response json_response(unsigned status, std::string_view json);
/// Returns an error as text. Failures of this machine alone are not described: see public_text.
Response error_response(unsigned status, const Error& error);

/// Returns the part of an error that a client may read: its sentence with local paths left out. For an error of
/// the operating system, whose text may name files, returns one general sentence.
std::string public_text(const Error& error);

/// Waits until an answer is known, for callers without a server.
Response await_answer(Response response);

/// A range of bytes, both ends included.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t length() const { return last - first + 1; }
};
/// Returns the range of `size` bytes that a Range header asks for. Empty if all bytes are to be sent (no header, a
/// different unit, several ranges: RFC 9110 lets a server ignore the header). Errors: out_of_range, to be answered
/// with 416.
Result<std::optional<ByteRange>> requested_range(const Request& request, std::uint64_t size);

/// A request target, percent-decoded.
struct Target {
    std::string path;
    std::map<std::string, std::string> query;
};
/// Splits and decodes a request target in origin or absolute form (RFC 9112 §3.2). Errors: malformed.
Result<Target> parse_target(std::string_view target);

/// Returns "[::1]" for an IPv6 address and other hosts unchanged (RFC 3986 §3.2.2).
std::string bracketed(std::string_view host);

}  // namespace strata::http
