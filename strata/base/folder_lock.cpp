#include <strata/base/folder_lock.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace strata {
namespace {

// The number helps a person who wants to end the process; a disk that is full must not keep the program from starting.
void write_number(int file) {
    const auto text = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder, FileAccess access) {
    STRATA_OK(make_folders(folder, access));
    const auto path = folder / kLockFile;
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return file_error("create a lock file in", folder, errno);
    FolderLock lock(file);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
        write_number(file);
        return lock;
    }
    if (errno == EWOULDBLOCK)
        return fail(Errc::busy,
                    "a different strata process uses " + folder.string() + "; stop it or choose a different folder");
    return file_error("lock", path, errno);
}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}

FolderLock::~FolderLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace strata
