#pragma once
// A regular file that is read at any place. Unlike a mapping, a disk that fails, or a file that somebody shortens, is
// an error here and not a signal. Any thread may read. Errors name the file: io; not_found from open().
#include <memory>

#include <strata/base/byte_source.hpp>
#include <strata/base/files.hpp>

namespace strata {

class RandomFile {
  public:
    static Result<RandomFile> open(const std::filesystem::path& path);
    RandomFile(RandomFile&& other) noexcept
        : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), size_(other.size_) {}
    RandomFile& operator=(RandomFile&& other) = delete;
    ~RandomFile();

    const std::filesystem::path& path() const { return path_; }
    /// Returns the size that the file had when it was opened.
    std::uint64_t size() const { return size_; }
    /// Fills the buffer from `offset`; returns fewer bytes only if the file ends there.
    Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> buffer) const;

  private:
    RandomFile(std::filesystem::path path, int file, std::uint64_t size)
        : path_(std::move(path)), file_(file), size_(size) {}

    std::filesystem::path path_;
    int file_ = -1;
    std::uint64_t size_ = 0;
};

/// Returns a source of the file's bytes from `*position` on, which moves with every read; the caller may set it.
ByteSource source_at(std::shared_ptr<const RandomFile> file, std::shared_ptr<std::uint64_t> position);

}  // namespace strata
