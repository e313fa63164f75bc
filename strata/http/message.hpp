#pragma once
// Requests and answers. Source: RFC 9110.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::http {

struct Request {
    std::string method;
    std::string path;                            // percent-decoded, without the query
    std::map<std::string, std::string> query;    // percent-decoded; of a repeated name the first
    std::map<std::string, std::string> headers;  // names in lower case
    Bytes body;

    /// Empty if there is none.
    std::string_view header(std::string_view name) const;
};

/// Fills the front of the buffer and returns how much; 0 is the end. An error cuts the connection, so that the client
/// sees that the body is not whole.
using BodySource = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
struct Stream {
    BodySource read;
    std::optional<std::uint64_t> length;  // nothing: sent in chunks
};

struct Response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::variant<Bytes, Stream> body;
};

Response text_response(unsigned status, std::string_view text);
Response json_response(unsigned status, std::string_view json);

/// One range of bytes within a whole, both ends included.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t length() const { return last - first + 1; }
};
/// What a Range header asks of `size` bytes. Nothing: all of it (no header, another unit, several ranges: RFC 9110
/// lets a server answer with the whole). Errors: out_of_range, to be answered with 416.
Result<std::optional<ByteRange>> requested_range(const Request& request, std::uint64_t size);

/// Splits and decodes a request target. Errors: malformed.
struct Target {
    std::string path;
    std::map<std::string, std::string> query;
};
Result<Target> parse_target(std::string_view target);

}  // namespace strata::http
