#pragma once
// One process at a time in a folder: an advisory lock that the kernel drops when the holder ends, however it ends.
#include <filesystem>

#include <strata/base/result.hpp>

namespace strata {

class FolderLock {
  public:
    /// Creates the folder if needed. Errors: busy, io.
    static Result<FolderLock> take(const std::filesystem::path& folder);
    FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept;
    ~FolderLock();

  private:
    explicit FolderLock(int file) : file_(file) {}
    int file_;
};

}  // namespace strata
