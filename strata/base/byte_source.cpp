#include <strata/base/byte_source.hpp>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace strata {
namespace {

Error refused(const std::filesystem::path& path) {
    return fail(Errc::io, "cannot read " + path.string() + ": " + std::generic_category().message(errno));
}

}  // namespace

ByteSource memory_source(BytesView bytes) {
    return [bytes](std::span<std::uint8_t> buffer) mutable -> Result<std::size_t> {
        const std::size_t size = std::min(buffer.size(), bytes.size());
        std::ranges::copy(bytes.first(size), buffer.begin());
        bytes = bytes.subspan(size);
        return size;
    };
}

Result<ByteSource> file_source(const std::filesystem::path& path) {
    const std::shared_ptr<std::FILE> file(std::fopen(path.c_str(), "rb"), [](std::FILE* f) {
        if (f != nullptr) std::fclose(f);
    });
    if (!file) return refused(path);
    std::error_code unused;
    if (std::filesystem::is_directory(path, unused))
        return fail(Errc::io, "cannot read " + path.string() + ": it is a folder");
    return [file, path](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
        const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get());
        if (size == 0 && std::ferror(file.get()) != 0) return refused(path);
        return size;
    };
}

Result<std::size_t> read_full(const ByteSource& source, std::span<std::uint8_t> buffer) {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        STRATA_TRY(const std::size_t size, source(buffer.subspan(filled)));
        if (size == 0) break;
        filled += size;
    }
    return filled;
}

}  // namespace strata
