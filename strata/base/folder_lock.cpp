#include <strata/base/folder_lock.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace strata {

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code) return fail(Errc::io, "cannot create the folder " + folder.string() + ": " + code.message());
    const auto path = folder / "in_use.lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        return fail(Errc::io, "cannot write in " + folder.string() + ": " + std::generic_category().message(errno));
    FolderLock lock(file);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK)
        return fail(Errc::busy,
                    "another strata process uses " + folder.string() + "; stop it or choose another folder");
    return fail(Errc::io, "cannot lock " + path.string() + ": " + std::generic_category().message(errno));
}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}

FolderLock::~FolderLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace strata
