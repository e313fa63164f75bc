#include <strata/base/mapped_file.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace strata {
namespace {

Error io_error(const std::filesystem::path& path) {
    return fail(Errc::io, path.string() + ": " + std::strerror(errno));
}

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

  private:
    int fd_;
};

}  // namespace

Result<MappedFile> MappedFile::map(const std::filesystem::path& path, int flags, std::uint64_t new_size) {
    const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0644));
    if (file.get() < 0)
        return errno == ENOENT ? fail(Errc::not_found, path.string() + " is not there") : io_error(path);
    const bool writable = (flags & O_RDWR) != 0;
    if ((flags & O_CREAT) != 0 && ::ftruncate(file.get(), static_cast<off_t>(new_size)) != 0) return io_error(path);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return io_error(path);

    MappedFile out;
    out.writable_ = writable;
    out.size_ = static_cast<std::size_t>(info.st_size);
    if (out.size_ == 0) return out;
    const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    void* const data = ::mmap(nullptr, out.size_, protection, MAP_SHARED, file.get(), 0);
    if (data == MAP_FAILED) {
        out.size_ = 0;
        return io_error(path);
    }
    out.data_ = static_cast<std::uint8_t*>(data);
    return out;
}

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    return map(path, O_RDONLY, 0);
}
Result<MappedFile> MappedFile::open_writable(const std::filesystem::path& path) {
    return map(path, O_RDWR, 0);
}
Result<MappedFile> MappedFile::create(const std::filesystem::path& path, std::uint64_t size) {
    return map(path, O_RDWR | O_CREAT | O_TRUNC, size);
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(data_, size_);
}

std::span<std::uint8_t> MappedFile::writable() {
    STRATA_CHECK(writable_);
    return {data_, size_};
}

Status MappedFile::sync() {
    if (data_ != nullptr && ::msync(data_, size_, MS_SYNC) != 0) return io_error("sync of a mapped file");
    return {};
}

}  // namespace strata
