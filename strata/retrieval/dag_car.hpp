#pragma once
// A CAR of a part of a DAG, made while it is read: what the trustless gateway streams. Source: ipfs/specs
// trustless-gateway.md (storage.md §13.1), IPIP-0402.
#include <deque>
#include <set>

#include <strata/ipld/byte_source.hpp>
#include <strata/ipld/unixfs.hpp>

namespace strata::retrieval {

enum class DagScope {
    block,   // the last block of the path only
    entity,  // a whole file; of a directory its node
    all,
};

/// Bytes of a file, both ends included; negative: from its end. No `to`: up to the end.
struct EntityBytes {
    std::int64_t from = 0;
    std::optional<std::int64_t> to;
};
/// "from:to" or "from:*". Errors: malformed.
Result<EntityBytes> parse_entity_bytes(std::string_view text);

struct CarRequest {
    std::vector<Cid> path;  // blocks from the root to the one that the path names, both included
    DagScope scope = DagScope::all;
    std::optional<EntityBytes> bytes;  // of a file, scope entity
    bool duplicates = false;
};

/// The blocks that lead from `root` along `names` of UnixFS directories. Errors: not_found if there is no such name;
/// missing_block; unsupported for sharded directories and for blocks that are no directories.
Result<std::vector<Cid>> resolve_path(Blockstore& blocks, const Cid& root, std::span<const std::string> names);

class DagCar {
  public:
    /// Reads the last block of the path. `blocks` must outlive the object. Errors: those of reading; unsupported for an
    /// entity that is a sharded directory.
    static Result<DagCar> open(Blockstore& blocks, const CarRequest& request, const DagLimits& limits);
    /// As a ByteSource. Errors: missing_block, verification, too_large.
    Result<std::size_t> read(std::span<std::uint8_t> out);

  private:
    // Bytes first to last of the file below a block; `last` before `first`: nothing but the block.
    struct Range {
        std::uint64_t first = 0, last = 0;
    };
    struct Step {
        Cid cid;
        unsigned depth = 0;
        bool alone = false;          // without what is below
        std::optional<Range> range;  // of what is below
    };
    DagCar(Blockstore& blocks, const CarRequest& request, const DagLimits& limits)
        : blocks_(&blocks), duplicates_(request.duplicates), limits_(limits) {}
    Result<Step> last_step(const CarRequest& request);
    Status next();
    Status push_below(const Step& step, BytesView block);

    Blockstore* blocks_;
    bool duplicates_;
    DagLimits limits_;
    std::vector<Step> steps_;  // the next one last
    std::set<Cid> seen_;
    std::uint64_t visited_ = 0, bytes_ = 0;
    Bytes ready_;
    std::size_t given_ = 0;  // of `ready_`
};

}  // namespace strata::retrieval
