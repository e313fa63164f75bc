#pragma once
// A file that appears whole or not at all: written beside its place, moved there by commit().
#include <cstdio>
#include <filesystem>
#include <memory>

#include <strata/base/byte_source.hpp>

namespace strata {

class FileWriter {
  public:
    /// Errors: io with the path and the cause, here and below.
    static Result<FileWriter> create(const std::filesystem::path& path);
    FileWriter(FileWriter&&) = default;
    FileWriter& operator=(FileWriter&&) = default;
    ~FileWriter();

    Status write(BytesView bytes);
    std::uint64_t size() const { return size_; }
    /// Durable and in place when it returns. Without it nothing stays.
    Status commit();

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    FileWriter(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file) {}
    std::filesystem::path partial() const { return path_.string() + ".partial"; }

    std::filesystem::path path_;
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t size_ = 0;
};

}  // namespace strata
