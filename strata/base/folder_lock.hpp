#pragma once
// One process at a time in a folder: an advisory lock that the kernel drops when its holder ends, however it ends.
#include <strata/base/files.hpp>

namespace strata {

class FolderLock {
  public:
    /// Creates the folder if it is missing; with owner_only it gets the rights 0700. Errors: busy, no_space, io.
    static Result<FolderLock> take(const std::filesystem::path& folder, FileAccess access = FileAccess::everybody);
    FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept;
    ~FolderLock();

  private:
    explicit FolderLock(int file) : file_(file) {}
    int file_;
};

}  // namespace strata
