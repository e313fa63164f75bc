#include <strata/testing/vectors.hpp>

#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <strata/base/result.hpp>

namespace strata::testing {
namespace {

std::string unpack_zstd(const std::string& packed) {
    std::string out;
    ZSTD_DCtx* context = ZSTD_createDCtx();
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::string buffer(ZSTD_DStreamOutSize(), '\0');
    while (in.pos < in.size) {
        ZSTD_outBuffer block{buffer.data(), buffer.size(), 0};
        STRATA_CHECK(!ZSTD_isError(ZSTD_decompressStream(context, &block, &in)));
        out.append(buffer, 0, block.pos);
    }
    ZSTD_freeDCtx(context);
    return out;
}

std::string unpack_gzip(const std::filesystem::path& path) {
    gzFile file = gzopen(path.c_str(), "rb");
    STRATA_CHECK(file != nullptr);
    std::string out;
    std::string buffer(1 << 16, '\0');
    for (int n = 0; (n = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;)
        out.append(buffer, 0, static_cast<std::size_t>(n));
    gzclose(file);
    return out;
}

}  // namespace

std::optional<std::filesystem::path> vectors_dir() {
    const char* path = std::getenv("STRATA_VECTORS");
    if (path == nullptr || *path == '\0') return std::nullopt;
    return path;
}

std::string read_file(const std::filesystem::path& path) {
    if (path.extension() == ".gz") return unpack_gzip(path);
    std::ifstream in(path, std::ios::binary);
    STRATA_CHECK(in.good());
    std::string text{std::istreambuf_iterator<char>(in), {}};
    return path.extension() == ".zst" ? unpack_zstd(text) : text;
}

}  // namespace strata::testing
