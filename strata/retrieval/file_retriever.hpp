#pragma once
// A file back from its providers, who are not trusted: every block is checked against its CID before it counts.
// Source: storage.md §13, §16.
#include <chrono>
#include <filesystem>
#include <span>
#include <string>

#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/dag.hpp>

namespace strata::retrieval {

/// One provider.
struct FileSource {
    std::string url;          // http://HOST:PORT
    std::vector<Cid> pieces;  // with parts of the file that it is known to hold; none: it is asked for the root
};

struct RetrievalLimits {
    /// Of one answer, and of all blocks that are taken over together.
    std::uint64_t bytes = std::uint64_t{64} << 30;
    std::chrono::seconds timeout{120};  // without any byte moving
    DagLimits dag;
};

struct RetrievedFile {
    std::uint64_t size = 0;        // bytes of the file
    std::uint64_t blocks = 0;      // taken over from answers, each once
    std::uint64_t downloaded = 0;  // bytes of all answers
    std::uint64_t single = 0;      // blocks that had to be asked for one by one
    /// What sources did not give or did wrong: "URL: reason". The file is right nevertheless.
    std::vector<std::string> complaints;
};

/// Gets the DAG below `root` into `blocks` (which may have parts of it already) and writes the file to `path`, whole or
/// not at all. Whole pieces come first (/piece, each once), then CARs by root (/ipfs?format=car) of sources without
/// pieces, then single blocks from whoever has them. A source that gave wrong bytes is not asked again. Downloads lie
/// beside `path` meanwhile. Errors: missing_block with all complaints if nobody gave a right block; too_large;
/// unsupported for what is no file; io.
Result<RetrievedFile> retrieve_file(const Cid& root, std::span<const FileSource> sources, Blockstore& blocks,
                                    const std::filesystem::path& path, const RetrievalLimits& limits = {});

}  // namespace strata::retrieval
