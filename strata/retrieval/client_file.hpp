#pragma once
// A file as a client stores it: a UnixFS DAG, its blocks in CARs, each CAR a piece that fits a sector.
// Source: storage.md §16.
#include <filesystem>

#include <strata/ipld/unixfs.hpp>
#include <strata/types/sector.hpp>

namespace strata::retrieval {

struct CarPiece {
    PieceInfo info;
    std::uint64_t car_size = 0;  // bytes before padding
    std::filesystem::path car;
};

struct ClientFile {
    UnixFsFile dag;
    std::vector<CarPiece> pieces;
};

/// Imports `file` into `blocks` and writes its DAG, depth first, into CARs in `folder`; each has the file's root and as
/// many blocks as fit a piece of `max_padded` bytes. Errors: io; too_large where one block alone does not fit.
Result<ClientFile> prepare_file(const std::filesystem::path& file, Blockstore& blocks,
                                const std::filesystem::path& folder, std::uint64_t max_padded);

/// Smallest padded piece that holds `raw` bytes: a power of two, 128 at least.
std::uint64_t padded_piece_size(std::uint64_t raw);
/// Bytes that a padded piece holds.
constexpr std::uint64_t piece_capacity(std::uint64_t padded) {
    return padded / 128 * 127;
}

}  // namespace strata::retrieval
