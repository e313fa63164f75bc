#pragma once
// Prepares a client's file for storage: a UnixFS DAG whose blocks are in CARs, each of which is a piece that fits into
// a sector.
// Source: specs.ipfs.tech/unixfs; ipld.io/specs/transport/car/carv1; FIP-0003 for pieces.
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

/// Returns how a file is cut for pieces of `max_padded` bytes: by the profile or, where its leaves do not fit into a
/// piece of 1 KiB or more, with leaves that fill one.
UnixFsShape shape_for(std::uint64_t max_padded);

/// Imports `file` into `blocks` and writes its DAG, depth first, into CARs in `folder`. Each CAR names the file's root
/// and has as many blocks as fit into a piece of `max_padded` bytes. An empty file becomes one empty block. Errors: io;
/// invalid_argument for a folder, a device or a pipe; too_large if one block alone does not fit, in pieces below 1 KiB.
Result<ClientFile> prepare_file(const std::filesystem::path& file, Blockstore& blocks,
                                const std::filesystem::path& folder, std::uint64_t max_padded);

}  // namespace strata::retrieval
