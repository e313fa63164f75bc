#pragma once
// A stream of bytes that is read once: from memory, a file or a socket.
#include <filesystem>
#include <functional>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

/// Fills the front of the buffer and returns how much; 0 is the end.
using ByteSource = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
/// Takes the next bytes of a stream.
using ByteSink = std::function<Status(BytesView)>;

/// `bytes` must outlive the source.
ByteSource memory_source(BytesView bytes);
/// Errors: io with the path and the cause, when opened and at each read; also for what is not a plain file.
Result<ByteSource> file_source(const std::filesystem::path& path);
/// Reads until `buffer` is full or the source ends; returns how much.
Result<std::size_t> read_full(const ByteSource& source, std::span<std::uint8_t> buffer);

}  // namespace strata
