#pragma once
// Unpacks bodies of requests. Source: RFC 9110 §8.4, RFC 1952.
#include <strata/http/message.hpp>

namespace strata::api {

/// A body that is not packed: the request's own bytes, or a copy that was unpacked.
class Body {
  public:
    explicit Body(const Bytes* plain) : plain_(plain) {}
    explicit Body(Bytes unpacked) : unpacked_(std::move(unpacked)) {}
    BytesView view() const { return plain_ != nullptr ? BytesView(*plain_) : BytesView(unpacked_); }

  private:
    const Bytes* plain_ = nullptr;
    Bytes unpacked_;
};

/// Unpacks a body as its Content-Encoding says, to `limit` + 1 bytes at most: the byte more shows that the body is too
/// large. The request must outlive the result.
/// Errors: unsupported for encodings that are not gzip; malformed.
Result<Body> unpack(const http::Request& request, std::size_t limit);

}  // namespace strata::api
