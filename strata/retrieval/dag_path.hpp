#pragma once
// Content paths: which blocks lead from a root along names. Source: specs.ipfs.tech/http-gateways/path-gateway
// ("Content resolution"), specs.ipfs.tech/unixfs (paths through directories and shards).
#include <strata/ipld/dag.hpp>

namespace strata::retrieval {

/// The most names in a path. Each costs at least one block that is read.
inline constexpr std::size_t kMaxPathNames = 256;

struct DagPath {
    std::vector<Cid> blocks;  // every block that leads to the target, in order, shards too; the target last
    std::vector<Cid> roots;   // the root, and where each link of the path leads (X-Ipfs-Roots)
    const Cid& target() const { return blocks.back(); }
};

/// Follows `names` through UnixFS directories, sharded or not, through links of plain DAG-PB nodes, and through the
/// fields of DAG-CBOR and DAG-JSON blocks. The target's own block is not read.
/// Errors: not_found, which says which name is missing; unsupported for a path that ends within a block, at a value
/// that is not a link; too_large for too many names; missing_block; malformed for a block on the way that cannot be
/// read.
Result<DagPath> resolve_path(Blockstore& blocks, const Cid& root, std::span<const std::string> names);

}  // namespace strata::retrieval
