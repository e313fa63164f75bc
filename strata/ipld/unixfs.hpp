#pragma once
// Turns files into DAGs and back: UnixFS of the profile `unixfs-v1-2025` (IPIP-0499; docs/protocol/storage.md §16.3):
// CIDv1, sha2-256, raw leaves of 1 MiB, at most 1,024 links in a node, balanced. A file of one chunk is that raw block
// itself.
#include <strata/base/byte_source.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/ipld/dag_pb.hpp>

namespace strata {

inline constexpr std::size_t kUnixFsChunk = std::size_t{1} << 20;
inline constexpr std::size_t kUnixFsLinks = 1024;

/// How a file is cut. The CID of a file depends on it.
struct UnixFsShape {
    std::size_t chunk = kUnixFsChunk;  // bytes of a leaf
    std::size_t links = kUnixFsLinks;  // of a node, at least 2
    bool operator==(const UnixFsShape&) const = default;
};

using BlockSink = std::function<Status(const Cid&, BytesView)>;

struct UnixFsFile {
    Cid root;
    std::uint64_t size = 0;    // bytes of the file
    std::uint64_t blocks = 0;  // blocks of the DAG, repeats counted
};

/// Splits the source into chunks and hands every block to `put`, children before parents. Memory: one chunk, and the
/// links of one unfinished node for each level.
Result<UnixFsFile> import_file(const ByteSource& source, const BlockSink& put, const UnixFsShape& shape = {});
Result<UnixFsFile> import_file(const ByteSource& source, Blockstore& store, const UnixFsShape& shape = {});

/// Writes the file below `root` in order. Every block is checked against its CID, and every size against the one that
/// the parent claims. Reads this profile and older ones (dag-pb leaves, data in inner nodes). Returns the size. Errors:
/// missing_block, verification, malformed, too_large, unsupported for a directory or link.
Result<std::uint64_t> export_file(Blockstore& store, const Cid& root, const ByteSink& write,
                                  const DagLimits& limits = {});

/// A DAG-PB block of UnixFS.
/// Source: specs.ipfs.tech/unixfs.
struct UnixFsNode {
    enum class Type : std::uint64_t { raw = 0, directory = 1, file = 2, metadata = 3, symlink = 4, shard = 5 };
    Type type{};
    Bytes data;                              // bytes of the file in this block itself; for a shard, its bit field
    std::uint64_t file_size = 0;             // bytes of the file below, as the writer claims
    std::vector<std::uint64_t> block_sizes;  // for a file: its bytes below each link
    std::vector<PbLink> links;
    std::uint64_t hash_type = 0;  // for a shard: the multihash code of the function that places names
    std::uint64_t fanout = 0;     // for a shard: the number of its buckets
    bool is_file() const { return type == Type::file || type == Type::raw; }
};
/// Decodes a UnixFS block. Errors: truncated; malformed, also for a file that does not have one size for each link.
Result<UnixFsNode> decode_unixfs(BytesView block);

/// One step of a lookup in a sharded directory.
struct ShardStep {
    Cid hash;
    bool is_entry = false;  // otherwise a shard below, where the lookup continues
};
/// Finds `name` in the shard `node`, which is `level` shards below the directory's root (0: the root itself). Empty
/// if there is no such name. Errors: malformed for a node that is not a shard, a fanout that is not a power of two from
/// 8 to 1,024, or more levels than the hash has bits; unsupported for a hash other than murmur3-x64-64.
Result<std::optional<ShardStep>> find_in_shard(const UnixFsNode& node, std::string_view name, unsigned level);
/// Returns a shard's links to the shards below it, in order; its other links are entries. Errors: malformed.
Result<std::vector<Cid>> shards_below(const UnixFsNode& node);

/// Writes a CAR v1 of the whole DAG, depth first, each block once; this is the data of a deal.
Status write_dag_car(Blockstore& store, const Cid& root, const ByteSink& write, const DagLimits& limits = {});

}  // namespace strata
