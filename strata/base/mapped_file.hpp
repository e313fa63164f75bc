#pragma once
// Files mapped into memory: large files that are read at many places, or written by several threads.
// Disk space is reserved before a mapping can be written, so that a full disk is an error here (no_space) and not a
// signal at some store later. All errors name the file.
#include <strata/base/files.hpp>

namespace strata {

class MappedFile {
  public:
    /// Errors: not_found; io, also for what is not a plain file.
    static Result<MappedFile> open(const std::filesystem::path& path);
    /// For files whose length is known. Errors: also malformed, with both lengths.
    static Result<MappedFile> open_sized(const std::filesystem::path& path, std::uint64_t expected);
    /// For working files that are changed in place. A missing file is created, a shorter one is made `size` bytes long
    /// with zeros at its end; a longer one keeps its length.
    static Result<MappedFile> open_writable(const std::filesystem::path& path, std::uint64_t size = 0);
    /// A working file of zeros; an old one is replaced.
    static Result<MappedFile> create(const std::filesystem::path& path, std::uint64_t size);

    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept { swap(other); }
    MappedFile& operator=(MappedFile&& other) noexcept {
        MappedFile old(std::move(*this));
        swap(other);
        return *this;
    }
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    BytesView bytes() const { return {data_, size_}; }
    /// Only for files opened for writing (checked).
    std::span<std::uint8_t> writable();
    /// Waits until what was written is on the disk.
    Status sync();

  private:
    friend class MappedWriter;
    /// `path` is what errors name.
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

/// A mapped file that appears whole or not at all (files.hpp). It begins as zeros.
class MappedWriter {
  public:
    static Result<MappedWriter> create(const std::filesystem::path& path, std::uint64_t size);
    std::span<std::uint8_t> writable() { return mapped_.writable(); }
    /// In place and durable when it returns; the mapping stays valid. Without it nothing stays.
    Status commit();

  private:
    MappedWriter(UnfinishedFile file, MappedFile mapped) : file_(std::move(file)), mapped_(std::move(mapped)) {}

    UnfinishedFile file_;
    MappedFile mapped_;
};

}  // namespace strata
