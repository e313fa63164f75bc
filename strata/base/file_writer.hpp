#pragma once
// Writes a file from front to back; it appears complete or not at all (files.hpp).
#include <strata/base/files.hpp>

namespace strata {

class FileWriter {
  public:
    static Result<FileWriter> create(const std::filesystem::path& path, FileAccess access = FileAccess::everybody);

    Status write(BytesView bytes);
    std::uint64_t size() const { return size_; }
    /// Moves the file to its path; the file is durable when this returns. If this is not called, no file remains.
    Status commit();
    /// Gives up the file, which is complete but not at its path yet; this object is not used any more.
    Result<UnfinishedFile> take();

  private:
    explicit FileWriter(UnfinishedFile file) : file_(std::move(file)) {}
    Status flush();

    UnfinishedFile file_;
    Bytes buffer_;
    std::uint64_t size_ = 0;
};

}  // namespace strata
