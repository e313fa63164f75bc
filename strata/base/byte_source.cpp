#include <strata/base/byte_source.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include <strata/base/files.hpp>

namespace strata {
ByteSource memory_source(BytesView bytes) {
    return [bytes](std::span<std::uint8_t> buffer) mutable -> Result<std::size_t> {
        const std::size_t size = std::min(buffer.size(), bytes.size());
        std::ranges::copy(bytes.first(size), buffer.begin());
        bytes = bytes.subspan(size);
        return size;
    };
}

Result<ByteSource> file_source(const std::filesystem::path& path) {
    // Opening a pipe must not block; since a pipe is not a regular file, it is refused below.
    const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0) return file_error("read", path, errno);
    const std::shared_ptr<std::FILE> file(::fdopen(opened, "rb"), [](std::FILE* f) {
        if (f != nullptr) std::fclose(f);
    });
    if (!file) {
        const int cause = errno;
        ::close(opened);
        return file_error("read", path, cause);
    }
    struct stat info{};
    if (::fstat(opened, &info) != 0) return file_error("read", path, errno);
    if (S_ISDIR(info.st_mode)) return fail(Errc::io, "cannot read " + path.string() + ": it is a folder");
    if (!S_ISREG(info.st_mode)) return fail(Errc::io, "cannot read " + path.string() + ": it is not a regular file");
    return [file, path](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
        const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get());
        if (size == 0 && std::ferror(file.get()) != 0) return file_error("read", path, errno);
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
