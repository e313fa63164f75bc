#pragma once
// Checks the file and the disk space before a demo begins.
#include <filesystem>

#include <strata/base/result.hpp>

namespace strata::devnet {

/// 2026-01-01. The time is fixed, so that the same seed gives the same timestamps.
inline constexpr std::uint64_t kDemoGenesisTime = 1'767'225'600;

/// Returns the file's size. Errors: invalid_argument if it does not exist or is not a regular file; io if it cannot be
/// read.
Result<std::uint64_t> readable_file_size(const std::filesystem::path& file);
/// Returns 2 KiB if a file of this size, as a CAR, fits into such a sector; otherwise 8 MiB, the largest on local
/// networks.
std::uint64_t smallest_sector(std::uint64_t file_size);
/// Returns an upper bound of the bytes that a demo writes.
std::uint64_t demo_disk_bytes(std::uint64_t file_size, std::uint64_t sector_size);
/// Checks that `needed` bytes are free on the disk on which `folder` is or would be made. Errors: io, with the free and
/// the needed space.
Status check_disk_space(const std::filesystem::path& folder, std::uint64_t needed);
/// Removes a folder with everything in it, if it exists. Errors: io.
Status remove_folder(const std::filesystem::path& folder);

}  // namespace strata::devnet
