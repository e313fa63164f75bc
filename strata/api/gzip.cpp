#include <strata/api/gzip.hpp>

#include <zlib.h>

namespace strata::api {
namespace {

constexpr std::size_t kStep = 64 << 10;    // bytes that are unpacked at a time
constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib.h, inflateInit2: accepts gzip's format only

/// Calls inflateEnd at the end of the scope.
struct Inflater {
    Inflater() : is_ready(inflateInit2(&stream, kGzipOnly) == Z_OK) {}
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() {
        if (is_ready) inflateEnd(&stream);
    }
    z_stream stream{};
    bool is_ready;
};

Result<Bytes> unzip(BytesView packed, std::size_t limit) {
    Inflater inflater;
    if (!inflater.is_ready) return fail(Errc::internal, "zlib cannot be initialized");
    Bytes input = to_bytes(packed);  // a copy, since zlib's interface does not take constant bytes
    auto& stream = inflater.stream;
    stream.next_in = input.data();
    stream.avail_in = static_cast<uInt>(input.size());
    Bytes out;
    int state = Z_OK;
    while (state == Z_OK && out.size() <= limit) {
        const std::size_t before = out.size();
        const std::size_t room = std::min(kStep, limit + 1 - before);
        out.resize(before + room);
        stream.next_out = out.data() + before;
        stream.avail_out = static_cast<uInt>(room);
        state = inflate(&stream, Z_NO_FLUSH);
        out.resize(before + room - stream.avail_out);
    }
    if (out.size() > limit) return out;  // the caller refuses a body of this size
    if (state != Z_STREAM_END) return fail(Errc::malformed, "the body is not gzip, or ends too early");
    if (stream.avail_in != 0)
        return fail(Errc::malformed,
                    "the body has " + std::to_string(stream.avail_in) + " bytes after its gzip data, expected none");
    return out;
}

}  // namespace

Result<Body> unpack(const http::Request& request, std::size_t limit) {
    const auto encoding = request.header("content-encoding");
    if (encoding.empty() || encoding == "identity") return Body(&request.body);
    if (encoding != "gzip" && encoding != "x-gzip")
        return fail(Errc::unsupported,
                    "the body's encoding is \"" + std::string(encoding) + "\", expected gzip or none");
    STRATA_TRY(auto plain, unzip(request.body, limit));
    return Body(std::move(plain));
}

}  // namespace strata::api
