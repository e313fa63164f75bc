#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <iterator>
#include <memory>

#include <strata/conformance/suite.hpp>

namespace strata::conformance {
namespace {

constexpr std::size_t kMaxUnpacked = std::size_t{1} << 31;

std::string unpack_zstd(const std::string& packed) {
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::string buffer(ZSTD_DStreamOutSize(), '\0');
    std::string out;
    while (in.pos < in.size && out.size() < kMaxUnpacked) {
        ZSTD_outBuffer piece{buffer.data(), buffer.size(), 0};
        if (ZSTD_isError(ZSTD_decompressStream(context.get(), &piece, &in)) != 0) return {};
        out.append(buffer, 0, piece.pos);
    }
    return out;
}

std::string read_gzip(const std::filesystem::path& path) {
    const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "rb"), &gzclose);
    std::string out;
    std::string buffer(1 << 16, '\0');
    if (!file) return out;
    for (int n = 0; (n = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;)
        out.append(buffer, 0, static_cast<std::size_t>(n));
    return out;
}

std::string read_whole(const std::filesystem::path& path) {
    if (path.extension() == ".gz") return read_gzip(path);
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    return path.extension() == ".zst" ? unpack_zstd(text) : text;
}

}  // namespace

const std::string& VectorFile::text() const {
    if (!text_) text_ = read_whole(path_);
    return *text_;
}

}  // namespace strata::conformance
