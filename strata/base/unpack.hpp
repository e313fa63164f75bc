#pragma once
// Reads complete files, unpacked or packed with zstd or gzip. The packing is detected from the first bytes (RFC 8878
// §3.1.1, RFC 1952 §2.3.1), never from the name.
#include <filesystem>
#include <string>

#include <strata/base/byte_source.hpp>

namespace strata {

/// A file may unpack to `kSmallUnpacked` bytes, or to `kMaxUnpackRatio` times its size if that is more, but never to
/// more than `kMaxUnpacked`. So memory and time are bounded by the amount that was really sent or stored.
inline constexpr std::size_t kSmallUnpacked = std::size_t{64} << 20;
inline constexpr std::size_t kMaxUnpackRatio = 100;
inline constexpr std::size_t kMaxUnpacked = std::size_t{2} << 30;

/// Returns `data` without its packing; data that are not packed are returned unchanged. Errors: malformed (damaged),
/// truncated (ends too early), too_large (more than the limits above).
Result<std::string> unpack(std::string data);

/// Returns the content of a regular file (not a folder, device or pipe), unpacked. Errors: io, invalid_argument (not a
/// regular file), and those of unpack(); each names the file.
Result<std::string> read_unpacked(const std::filesystem::path& path);

/// Returns true if the data begin as a zstd frame or a skippable one does. Needs 4 bytes.
bool is_zstd(BytesView front);

/// Returns a source of the bytes that `packed` unpacks to: one zstd frame after the other, without skippable frames; a
/// source that does not begin with either is passed on unchanged. Memory: at most 128 MiB, the largest window that is
/// accepted. The amount that comes out is not bounded. Errors, here and at each read: malformed (damaged, or a window
/// that is larger), truncated; those of `packed`.
Result<ByteSource> unpacking_source(ByteSource packed);

}  // namespace strata
