#pragma once
// Finds the blocks of a content path: those that lead from a root along names.
// Source: specs.ipfs.tech/http-gateways/path-gateway ("Content resolution"), specs.ipfs.tech/unixfs (paths through
// directories and shards).
#include <strata/ipld/dag.hpp>

namespace strata::retrieval {

/// The most names in a path. Each name costs reading at least one block.
inline constexpr std::size_t kMaxPathNames = 256;

struct DagPath {
    std::vector<Cid> blocks;  // every block that leads to the target, in order, shards too; the target last
    std::vector<Cid> roots;   // the root and the target of each link of the path (X-Ipfs-Roots)
    const Cid& target() const { return blocks.back(); }
};

/// Follows `names` through UnixFS directories, sharded or not, through links of plain DAG-PB nodes, and through the
/// fields of DAG-CBOR and DAG-JSON blocks. The target's own block is not read.
/// Errors: not_found, with the name that is missing; unsupported if the path ends inside a block, at a value that is
/// not a link; too_large if there are too many names; missing_block; malformed if a block of the path cannot be
/// decoded.
Result<DagPath> resolve_path(Blockstore& blocks, const Cid& root, std::span<const std::string> names);

}  // namespace strata::retrieval
