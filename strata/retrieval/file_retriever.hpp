#pragma once
// Gets a file back from its providers, who are not trusted: every block is checked against its CID before it counts.
// Source: FRC-0066; specs.ipfs.tech/http-gateways/trustless-gateway.
#include <chrono>
#include <filesystem>
#include <span>
#include <string>

#include <strata/base/watch.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/dag.hpp>

namespace strata::retrieval {

/// A provider from which the file may come.
struct FileSource {
    std::string url;          // http://HOST:PORT
    std::vector<Cid> pieces;  // pieces that the source is known to have; without any, it is asked for the root
};

struct RetrievalLimits {
    /// The most bytes of one answer, and of all blocks together.
    std::uint64_t bytes = std::uint64_t{64} << 30;
    std::chrono::seconds timeout{120};  // a source that is silent for this long is given up
    DagLimits dag;
    /// A folder for this file alone, in which unfinished pieces are kept, so that a later call with the same blocks
    /// goes on where this one stopped. Empty: nothing is kept.
    std::filesystem::path parts;
};

struct RetrievedFile {
    std::uint64_t size = 0;        // bytes of the file
    std::uint64_t blocks = 0;      // blocks that came from sources, each counted once
    std::uint64_t downloaded = 0;  // bytes of all answers
    std::uint64_t single = 0;      // blocks that were asked for one by one
    /// Why requests to sources failed, as "URL: reason". The file is right nevertheless.
    std::vector<std::string> complaints;
};

/// Gets the DAG below `root` into `blocks`, which may have parts of it already, and writes the file to `path`,
/// completely or not at all. Asks for complete pieces first (/piece, each once), then for CARs by root
/// (/ipfs?format=car) from sources without pieces, then for single blocks from every source. A source that sent wrong
/// bytes is not asked again. Downloads are kept next to `path` meanwhile. `watch` is told how many bytes came. Errors:
/// missing_block, with all complaints, if no source has a block; too_large; unsupported if the root is not a file;
/// cancelled; no_space, io and others of this machine's disk and of `blocks`.
Result<RetrievedFile> retrieve_file(const Cid& root, std::span<const FileSource> sources, Blockstore& blocks,
                                    const std::filesystem::path& path, const RetrievalLimits& limits = {},
                                    const Watch& watch = {});

}  // namespace strata::retrieval
