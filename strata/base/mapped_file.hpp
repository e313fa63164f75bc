#pragma once
// A file mapped into memory: large files that are read at many places, or written by several threads.
#include <filesystem>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

class MappedFile {
  public:
    static Result<MappedFile> open(const std::filesystem::path& path);
    static Result<MappedFile> open_writable(const std::filesystem::path& path);
    /// A new file of zeros; an old one is replaced.
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
    static Result<MappedFile> map(const std::filesystem::path& path, int flags, std::uint64_t new_size);
    void swap(MappedFile& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(writable_, other.writable_);
    }

    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    bool writable_ = false;
};

}  // namespace strata
