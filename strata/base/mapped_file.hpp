#pragma once
// A file mapped into memory: for large files that are read at many places, or written by several threads. Disk space is
// reserved before a mapping can be written, so that a full disk is an error here (no_space) and not a signal at some
// later store. All errors name the file.
#include <strata/base/files.hpp>

namespace strata {

class MappedFile {
  public:
    /// Opens a file for reading. Errors: not_found; io, also for anything but a regular file.
    static Result<MappedFile> open(const std::filesystem::path& path);
    /// Opens a file whose length is known. Errors: also malformed, with both lengths.
    static Result<MappedFile> open_sized(const std::filesystem::path& path, std::uint64_t expected);
    /// Opens a working file that is changed in place. A missing file is created; a shorter one is made `size` bytes
    /// long with zeros at its end; a longer one keeps its length.
    static Result<MappedFile> open_writable(const std::filesystem::path& path, std::uint64_t size = 0);
    /// Creates a working file of zeros and replaces an old one.
    static Result<MappedFile> create(const std::filesystem::path& path, std::uint64_t size);

    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept { swap(other); }
    MappedFile& operator=(MappedFile&& other) noexcept {
        const MappedFile old(std::move(*this));
        swap(other);
        return *this;
    }
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    BytesView bytes() const { return {data_, size_}; }
    /// Returns the bytes of a file that was opened for writing (checked).
    std::span<std::uint8_t> writable();
    /// Waits until all written bytes are on the disk.
    Status sync();

  private:
    friend class MappedWriter;
    /// Maps an open file. `path` is named in errors.
    static Result<MappedFile> map(const std::filesystem::path& path, int file, bool writable);
    static Result<MappedFile> open_for_writing(const std::filesystem::path& path, int flags, std::uint64_t size);
    void swap(MappedFile& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(writable_, other.writable_);
        std::swap(path_, other.path_);
    }

    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    bool writable_ = false;
    std::filesystem::path path_;
};

/// A mapped file that appears complete or not at all (files.hpp). It begins as zeros.
class MappedWriter {
  public:
    static Result<MappedWriter> create(const std::filesystem::path& path, std::uint64_t size);
    std::span<std::uint8_t> writable() { return mapped_.writable(); }
    /// Moves the file to its path; the file is durable when this returns, and the mapping stays valid. If this is not
    /// called, no file remains.
    Status commit();

  private:
    MappedWriter(UnfinishedFile file, MappedFile mapped) : file_(std::move(file)), mapped_(std::move(mapped)) {}

    UnfinishedFile file_;
    MappedFile mapped_;
};

}  // namespace strata
