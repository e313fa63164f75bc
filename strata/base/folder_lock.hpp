#pragma once
// Lets one process at a time use a folder, by an advisory lock that the kernel releases when its holder ends for any
// reason.
#include <strata/base/files.hpp>

namespace strata {

/// The locked file of a folder. It holds the number of the process that holds the lock (lock_holder.hpp).
inline constexpr const char* kLockFile = "in_use.lock";

class FolderLock {
  public:
    /// Locks the folder and creates it if it is missing; with owner_only it gets the permissions 0700. Errors: busy,
    /// no_space, io.
    static Result<FolderLock> take(const std::filesystem::path& folder, FileAccess access = FileAccess::everybody);
    FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept;
    ~FolderLock();

  private:
    explicit FolderLock(int file) : file_(file) {}
    int file_;
};

}  // namespace strata
