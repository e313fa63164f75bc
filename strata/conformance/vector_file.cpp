#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <iterator>
#include <memory>

#include <strata/conformance/suite.hpp>

namespace strata::conformance {
namespace {

constexpr std::size_t kMaxUnpacked = std::size_t{1} << 31;

Result<std::string> unpack_zstd(const std::string& packed) {
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::string buffer(ZSTD_DStreamOutSize(), '\0');
    std::string out;
    std::size_t missing = 1;  // of the frame
    while (in.pos < in.size) {
        ZSTD_outBuffer piece{buffer.data(), buffer.size(), 0};
        missing = ZSTD_decompressStream(context.get(), &piece, &in);
        if (ZSTD_isError(missing) != 0) return fail(Errc::malformed, ZSTD_getErrorName(missing));
        out.append(buffer, 0, piece.pos);
        if (out.size() > kMaxUnpacked) return fail(Errc::too_large, "more than 2 GiB unpacked");
    }
    if (missing != 0) return fail(Errc::truncated, "the packed data ends too early");
    return out;
}

Result<std::string> read_gzip(const std::filesystem::path& path) {
    const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "rb"), &gzclose);
    if (!file) return fail(Errc::io, "cannot be opened");
    std::string out;
    std::string buffer(1 << 16, '\0');
    for (int n = 0; (n = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) != 0;) {
        if (n < 0) return fail(Errc::malformed, "the packed data is damaged");
        out.append(buffer, 0, static_cast<std::size_t>(n));
        if (out.size() > kMaxUnpacked) return fail(Errc::too_large, "more than 2 GiB unpacked");
    }
    int state = Z_OK;
    gzerror(file.get(), &state);
    if (state != Z_OK) return fail(Errc::truncated, "the packed data ends too early");
    return out;
}

Result<std::string> read_whole(const std::filesystem::path& path) {
    if (path.extension() == ".gz") return read_gzip(path);
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(Errc::io, "cannot be opened");
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) return fail(Errc::io, "cannot be read");
    if (path.extension() == ".zst") return unpack_zstd(text);
    return text;
}

}  // namespace

const Result<std::string>& VectorFile::content() const {
    if (!content_) content_ = read_whole(path_);
    return *content_;
}

const std::string& VectorFile::text() const {
    static const std::string none;
    return content() ? *content() : none;
}

std::string VectorFile::problem() const {
    return content() ? "" : content().error().message();
}

}  // namespace strata::conformance
