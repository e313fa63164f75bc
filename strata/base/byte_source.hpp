#pragma once
// Defines streams of bytes that are read once: from memory, a file or a socket.
#include <filesystem>
#include <functional>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

/// A function that fills the front of the buffer and returns the number of bytes; 0 means the end.
using ByteSource = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
/// A function that takes the next bytes of a stream.
using ByteSink = std::function<Status(BytesView)>;

/// Returns a source of the bytes, which must outlive the source.
ByteSource memory_source(BytesView bytes);
/// Opens a regular file. Errors: io with the path and the cause, here and at each read; also for anything but a regular
/// file.
Result<ByteSource> file_source(const std::filesystem::path& path);
/// Reads until `buffer` is full or the source ends; returns the number of bytes.
Result<std::size_t> read_full(const ByteSource& source, std::span<std::uint8_t> buffer);

}  // namespace strata
