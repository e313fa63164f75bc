#pragma once
// Checks before a demo begins: its file, and the space on the disk.
#include <filesystem>

#include <strata/base/result.hpp>

namespace strata::devnet {

/// 2026-01-01: the demo's epochs lie in the past, and the same seed gives the same timestamps.
inline constexpr std::uint64_t kDemoGenesisTime = 1'767'225'600;

/// Errors: not_found, io; invalid_argument for an empty file and for what is not a plain file. Each says what to do.
Result<std::uint64_t> readable_file_size(const std::filesystem::path& file);
/// 2 KiB if a file of this size fits such a sector as a CAR, else 8 MiB, the largest of a local network.
std::uint64_t smallest_sector(std::uint64_t file_size);
/// An upper bound of the bytes that a demo writes.
std::uint64_t demo_disk_bytes(std::uint64_t file_size, std::uint64_t sector_size);
/// Checks that `needed` bytes are free where `folder` is or would be. Errors: io, with what is free and what is needed.
Status check_disk_space(const std::filesystem::path& folder, std::uint64_t needed);
/// Errors: io.
Status remove_folder(const std::filesystem::path& folder);

}  // namespace strata::devnet
