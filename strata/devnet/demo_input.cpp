#include <strata/devnet/demo_input.hpp>

#include <fmt/format.h>

#include <fstream>
#include <system_error>

#include <strata/types/piece.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;

// The bytes that a CAR adds to a file of one block (header, CIDs, lengths), rounded up.
constexpr std::uint64_t kCarOverhead = 160;
constexpr std::uint64_t kSmallSector = 2048;
constexpr std::uint64_t kLargeSector = std::uint64_t{8} << 20;

// Upper bounds of the disk space: for a network without deals, and, for each byte of a sector, for its layers, trees
// and copies.
constexpr std::uint64_t kNetworkBytes = std::uint64_t{300} << 20;
constexpr std::uint64_t kSealingFactor = 14;

// Returns `folder` or, if it does not exist, the nearest existing folder above, on whose disk `folder` would be made.
fs::path existing_part(fs::path folder) {
    folder = fs::absolute(folder);
    while (!fs::exists(folder) && folder.has_relative_path()) folder = folder.parent_path();
    return folder;
}

}  // namespace

Result<std::uint64_t> readable_file_size(const fs::path& file) {
    std::error_code error;
    const auto status = fs::status(file, error);
    if (!fs::exists(status))
        return fail(Errc::invalid_argument, fmt::format("--file {}: there is no such file", file.string()));
    if (!fs::is_regular_file(status))
        return fail(
            Errc::invalid_argument,
            fmt::format("--file {}: this is not a regular file; pack a folder into one file first", file.string()));
    if (!std::ifstream(file, std::ios::binary))
        return fail(Errc::io, fmt::format("--file {}: the file cannot be read; check its permissions", file.string()));
    const auto size = fs::file_size(file, error);
    if (error)
        return fail(Errc::io, fmt::format("--file {}: its size cannot be read: {}", file.string(), error.message()));
    return size;
}

std::uint64_t smallest_sector(std::uint64_t file_size) {
    return file_size + kCarOverhead <= piece_capacity(kSmallSector) ? kSmallSector : kLargeSector;
}

std::uint64_t demo_disk_bytes(std::uint64_t file_size, std::uint64_t sector_size) {
    // In addition to the sectors of the file: six at genesis (two for each of three providers), and two to spare.
    const std::uint64_t sectors = file_size / sector_size + 8;
    // The file is kept four times: the client's blocks and CARs, the provider's upload, and the retrieved file.
    return kNetworkBytes + 4 * file_size + sectors * sector_size * kSealingFactor;
}

Status check_disk_space(const fs::path& folder, std::uint64_t needed) {
    std::error_code error;
    const auto where = existing_part(folder);
    const auto space = fs::space(where, error);
    if (error)
        return fail(Errc::io,
                    fmt::format("the free disk space of {} cannot be read: {}", where.string(), error.message()));
    if (space.available >= needed) return {};
    constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
    return fail(
        Errc::io,
        fmt::format("the disk of {} has {} MiB free, but {} MiB are needed; free some space, or name a folder on "
                    "a different disk",
                    where.string(), space.available / kMiB, needed / kMiB));
}

Status remove_folder(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) return fail(Errc::io, fmt::format("cannot remove {}: {}", folder.string(), error.message()));
    return {};
}

}  // namespace strata::devnet
