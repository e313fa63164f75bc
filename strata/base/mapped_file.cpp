#include <strata/base/mapped_file.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace strata {
namespace {

namespace fs = std::filesystem;

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

/// Returns the file's length. Errors: io if it is not a regular file.
Result<std::uint64_t> regular_size(const fs::path& path, int file) {
    struct stat info{};
    if (::fstat(file, &info) != 0) return file_error("read", path, errno);
    if (!S_ISREG(info.st_mode)) return fail(Errc::io, path.string() + " is not a regular file");
    return static_cast<std::uint64_t>(info.st_size);
}

/// Makes the file at least `size` bytes long, with disk blocks for every byte. A failure leaves the length as it was.
Status reserve(const fs::path& path, int file, std::uint64_t size) {
    STRATA_TRY(const auto before, regular_size(path, file));
    const auto wanted = std::max(size, before);
    if (wanted == 0) return {};
    const int cause = Disk::current().reserve(file, wanted);
    if (cause == 0) return {};
    if (::ftruncate(file, static_cast<off_t>(before)) != 0) return file_error("write", path, errno);
    return file_error("reserve " + std::to_string(wanted) + " bytes for", path, cause);
}

}  // namespace

Result<MappedFile> MappedFile::map(const fs::path& path, int file, bool writable) {
    STRATA_TRY(const auto size, regular_size(path, file));
    MappedFile out;
    out.path_ = path;
    out.writable_ = writable;
    if (size == 0) return out;
    const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    void* const data = ::mmap(nullptr, size, protection, MAP_SHARED, file, 0);
    if (data == MAP_FAILED) return file_error("map", path, errno);
    out.size_ = size;
    out.data_ = static_cast<std::uint8_t*>(data);
    return out;
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
    // Opening a pipe must not block.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0)
        return errno == ENOENT ? fail(Errc::not_found, path.string() + " does not exist")
                               : file_error("read", path, errno);
    return map(path, file.get(), /*writable=*/false);
}

Result<MappedFile> MappedFile::open_sized(const fs::path& path, std::uint64_t expected) {
    STRATA_TRY(auto file, open(path));
    if (file.size_ == expected) return file;
    return fail(Errc::malformed,
                path.string() + " has " + std::to_string(file.size_) + " bytes, expected " + std::to_string(expected));
}

Result<MappedFile> MappedFile::open_for_writing(const fs::path& path, int flags, std::uint64_t size) {
    const Descriptor file(::open(path.c_str(), flags | O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644));
    if (file.get() < 0) return file_error("write", path, errno);
    STRATA_OK(reserve(path, file.get(), size));
    return map(path, file.get(), /*writable=*/true);
}

Result<MappedFile> MappedFile::open_writable(const fs::path& path, std::uint64_t size) {
    return open_for_writing(path, 0, size);
}

Result<MappedFile> MappedFile::create(const fs::path& path, std::uint64_t size) {
    return open_for_writing(path, O_TRUNC, size);
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(data_, size_);
}

std::span<std::uint8_t> MappedFile::writable() {
    STRATA_CHECK(writable_);
    return {data_, size_};
}

Status MappedFile::sync() {
    if (data_ == nullptr) return {};
    if (const int cause = Disk::current().sync_mapping(data_, size_)) return file_error("write", path_, cause);
    return {};
}

Result<MappedWriter> MappedWriter::create(const fs::path& path, std::uint64_t size) {
    STRATA_TRY(auto file, UnfinishedFile::create(path));
    STRATA_OK(reserve(path, file.descriptor(), size));
    STRATA_TRY(auto mapped, MappedFile::map(path, file.descriptor(), /*writable=*/true));
    return MappedWriter(std::move(file), std::move(mapped));
}

Status MappedWriter::commit() {
    STRATA_OK(mapped_.sync());
    return file_.commit();
}

}  // namespace strata
