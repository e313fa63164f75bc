#include <strata/base/unpack.hpp>

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <fstream>
#include <memory>

namespace strata {
namespace {

namespace fs = std::filesystem;

// A zstd frame may come after skippable frames, which zstd's own tools write too (pzstd).
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr int kWindowBitsOfGzip = 16 + MAX_WBITS;  // adding 16 tells zlib to expect gzip

bool is_skippable_zstd(std::string_view data) {
    return data.size() >= 4 && (static_cast<unsigned char>(data[0]) & 0xf0U) == 0x50 &&
           data.substr(1, 3) == std::string_view("\x2a\x4d\x18");
}

std::size_t limit_of(std::size_t packed) {
    return std::min(kMaxUnpacked, std::max(kSmallUnpacked, packed * kMaxUnpackRatio));
}

Error too_large(std::size_t packed) {
    return {Errc::too_large, std::to_string(packed) + " packed bytes unpack to more than the limit of " +
                                 std::to_string(limit_of(packed)) +
                                 " bytes; unpack the file with a tool of your own first"};
}

Error ends_early() {
    return {Errc::truncated, "the packed data end too early; fetch the file again"};
}

Result<std::string> unpack_zstd(std::string_view packed) {
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::string piece(ZSTD_DStreamOutSize(), '\0');
    std::string out;
    std::size_t missing = 1;  // 0: a frame is complete
    bool is_full = false;     // the last call filled `piece`, so the context may hold more
    while (in.pos < in.size || is_full) {
        ZSTD_outBuffer next{piece.data(), piece.size(), 0};
        missing = ZSTD_decompressStream(context.get(), &next, &in);
        if (ZSTD_isError(missing) != 0)
            return fail(Errc::malformed, std::string("the packed data are damaged: ") + ZSTD_getErrorName(missing));
        if (next.pos > limit_of(packed.size()) - out.size()) return too_large(packed.size());
        out.append(piece, 0, next.pos);
        is_full = missing != 0 && next.pos == next.size;
    }
    if (missing != 0) return ends_early();
    return out;
}

Result<std::string> unpack_gzip(std::string_view packed) {
    z_stream stream{};
    if (inflateInit2(&stream, kWindowBitsOfGzip) != Z_OK) return fail(Errc::internal, "zlib could not be initialised");
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> end(&stream, &inflateEnd);
    std::string piece(std::size_t{1} << 16, '\0');
    std::string out;
    // zlib reads through a pointer that is not const, and counts in 32 bits.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // NOLINT(*-const-cast)
    std::size_t left = packed.size();
    for (;;) {
        const auto given = static_cast<uInt>(std::min<std::size_t>(left, std::size_t{1} << 30));
        stream.avail_in = given;
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        const int state = inflate(&stream, Z_NO_FLUSH);
        left -= given - stream.avail_in;
        const std::size_t made = piece.size() - stream.avail_out;
        if (made > limit_of(packed.size()) - out.size()) return too_large(packed.size());
        out.append(piece, 0, made);
        if (state == Z_STREAM_END) {
            if (left == 0) return out;
            if (!packed.substr(packed.size() - left).starts_with(kGzipMagic))
                return fail(Errc::trailing, std::to_string(left) + " bytes follow the packed data, expected none");
            if (inflateReset(&stream) != Z_OK) return fail(Errc::internal, "zlib could not be initialised again");
            continue;
        }
        if (state == Z_BUF_ERROR && left == 0) return ends_early();
        if (state != Z_OK) return fail(Errc::malformed, "the packed data are damaged; fetch the file again");
    }
}

/// Unpacks zstd frames while they are read.
class ZstdStream {
  public:
    /// `front` was read from `packed` already.
    ZstdStream(ByteSource packed, Bytes front)
        : packed_(std::move(packed)),
          context_(ZSTD_createDCtx(), &ZSTD_freeDCtx),
          held_(std::move(front)),
          in_{held_.data(), held_.size(), 0} {}
    ZstdStream(const ZstdStream&) = delete;
    ZstdStream& operator=(const ZstdStream&) = delete;

    Result<std::size_t> read(std::span<std::uint8_t> buffer) {
        ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
        while (out.pos == 0 && out.size != 0) {
            // The context may hold output of a full block, so a read that gets no input is tried once more.
            if (in_.pos == in_.size && !is_full_) {
                STRATA_TRY(const bool more, refill());
                if (!more) return missing_ == 0 ? Result<std::size_t>(0) : Result<std::size_t>(ends_early());
            }
            missing_ = ZSTD_decompressStream(context_.get(), &out, &in_);
            if (ZSTD_isError(missing_) != 0)
                return fail(Errc::malformed,
                            std::string("the packed data are damaged: ") + ZSTD_getErrorName(missing_));
            is_full_ = missing_ != 0 && out.pos == out.size;
        }
        return out.pos;
    }

  private:
    Result<bool> refill() {
        held_.resize(kPiece);
        STRATA_TRY(const auto got, packed_(held_));
        in_ = {held_.data(), got, 0};
        return got != 0;
    }
    static constexpr std::size_t kPiece = std::size_t{1} << 17;

    ByteSource packed_;
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
    Bytes held_;
    ZSTD_inBuffer in_;
    std::size_t missing_ = 1;  // 0: a frame is complete
    bool is_full_ = false;     // the last call filled its buffer, so the context may hold more
};

std::string_view kind_of(fs::file_type type) {
    switch (type) {
        case fs::file_type::directory:
            return "a folder";
        case fs::file_type::character:
        case fs::file_type::block:
            return "a device";
        case fs::file_type::fifo:
            return "a pipe";
        case fs::file_type::socket:
            return "a socket";
        default:
            return "a file of an unknown kind";
    }
}

// Reads a regular file as it is. Errors have no subject, because read_unpacked() puts the path in front of them.
Result<std::string> read_regular(const fs::path& path) {
    std::error_code code;
    const auto type = fs::status(path, code).type();
    if (type == fs::file_type::not_found) return fail(Errc::io, "there is no such file");
    if (type == fs::file_type::none) return fail(Errc::io, "cannot be examined: " + code.message());
    if (type != fs::file_type::regular)
        return fail(Errc::invalid_argument, "is " + std::string(kind_of(type)) + ", expected a file");
    const auto size = fs::file_size(path, code);
    if (code) return fail(Errc::io, "its size cannot be read: " + code.message());
    if (size > kMaxUnpacked)
        return fail(Errc::too_large,
                    "has " + std::to_string(size) + " bytes, expected at most " + std::to_string(kMaxUnpacked));
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(Errc::io, "cannot be opened for reading; check its permissions");
    std::string text(size, '\0');
    in.read(text.data(), static_cast<std::streamsize>(size));
    if (in.gcount() != static_cast<std::streamsize>(size)) return fail(Errc::io, "cannot be read to its end");
    return text;
}

}  // namespace

Result<std::string> unpack(std::string data) {
    if (data.starts_with(kZstdMagic) || is_skippable_zstd(data)) return unpack_zstd(data);
    if (data.starts_with(kGzipMagic)) return unpack_gzip(data);
    return data;
}

bool is_zstd(BytesView front) {
    return as_text(front).starts_with(kZstdMagic) || is_skippable_zstd(as_text(front));
}

Result<ByteSource> unpacking_source(ByteSource packed) {
    Bytes front(4);
    STRATA_TRY(const auto got, read_full(packed, front));
    front.resize(got);
    if (is_zstd(front)) {
        const auto stream = std::make_shared<ZstdStream>(std::move(packed), std::move(front));
        return ByteSource([stream](std::span<std::uint8_t> buffer) { return stream->read(buffer); });
    }
    return ByteSource([packed = std::move(packed), front = std::move(front),
                       used = std::size_t{0}](std::span<std::uint8_t> buffer) mutable -> Result<std::size_t> {
        if (used == front.size()) return packed(buffer);
        const auto size = std::min(buffer.size(), front.size() - used);
        std::copy_n(front.begin() + static_cast<std::ptrdiff_t>(used), size, buffer.begin());
        used += size;
        return size;
    });
}

Result<std::string> read_unpacked(const fs::path& path) {
    auto text = read_regular(path);
    if (text) text = unpack(std::move(*text));
    if (!text) return std::move(text.error()).with_context(path.string());
    return text;
}

}  // namespace strata
