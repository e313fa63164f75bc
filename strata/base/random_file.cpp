#include <strata/base/random_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace strata {

Result<RandomFile> RandomFile::open(const std::filesystem::path& path) {
    // Opening a pipe must not block; since a pipe is not a regular file, it is refused below.
    const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0)
        return errno == ENOENT ? fail(Errc::not_found, path.string() + " does not exist")
                               : file_error("read", path, errno);
    RandomFile out(path, opened, 0);
    struct stat info{};
    if (::fstat(opened, &info) != 0) return file_error("read", path, errno);
    if (!S_ISREG(info.st_mode)) return fail(Errc::io, path.string() + " is not a regular file");
    out.size_ = static_cast<std::uint64_t>(info.st_size);
    return out;
}

RandomFile::~RandomFile() {
    if (file_ >= 0) ::close(file_);
}

Result<std::size_t> RandomFile::read(std::uint64_t offset, std::span<std::uint8_t> buffer) const {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const auto got =
            ::pread(file_, buffer.data() + filled, buffer.size() - filled, static_cast<off_t>(offset + filled));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_error("read", path_, errno);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

ByteSource source_at(std::shared_ptr<const RandomFile> file, std::shared_ptr<std::uint64_t> position) {
    return [file = std::move(file),
            position = std::move(position)](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
        STRATA_TRY(const auto got, file->read(*position, buffer));
        *position += got;
        return got;
    };
}

}  // namespace strata
