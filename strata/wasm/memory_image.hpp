#pragma once
// The content with which a memory starts, as a file in memory. Instances map it, so that they share the pages that they
// only read, and nothing is copied. The compiled module has no data of its own then.
#include <memory>
#include <optional>

#include <strata/wasm/module.hpp>

namespace strata::wasm {

class MemoryImage {
  public:
    /// Makes the image of the module's active data segments. Errors: io.
    static Result<std::shared_ptr<const MemoryImage>> make(const Module& module);
    MemoryImage(const MemoryImage&) = delete;
    MemoryImage& operator=(const MemoryImage&) = delete;
    ~MemoryImage();

    /// Maps the image over its place in an instance's memory, which must be as large as the module asks for. Giving
    /// these pages back to the system (MADV_DONTNEED) restores the image. Errors: io.
    Status map_into(std::uint8_t* memory) const;
    /// The place of the image in the memory, in whole pages of the system.
    std::size_t begin() const { return begin_; }
    std::size_t size() const { return size_; }

  private:
    MemoryImage(int file, std::size_t begin, std::size_t size) : file_(file), begin_(begin), size_(size) {}
    int file_;
    std::size_t begin_;
    std::size_t size_;
};

/// Returns true if an image can stand for the active data segments: there are some, their places are constants, and all
/// lie in the module's own memory as it is at the start.
bool has_image(const Module& module);
/// Returns the module with empty active data segments. Their number and places stay, since the code can name them.
Bytes without_data(const Module& module);

}  // namespace strata::wasm
