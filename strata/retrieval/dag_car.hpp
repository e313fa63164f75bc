#pragma once
// A CAR of a part of a DAG, made while it is read: what the trustless gateway streams.
// Source: specs.ipfs.tech/http-gateways/trustless-gateway (dag-scope, entity-bytes), IPIP-0402.

#include <strata/base/byte_source.hpp>
#include <strata/ipld/unixfs.hpp>

namespace strata::retrieval {

enum class DagScope {
    block,   // only the last block of the path
    entity,  // a whole file, or the blocks that list a directory; of anything else its one block
    all,
};

/// Bytes of a file, both ends included. Negative ends count from the file's end. Without `to`: up to the end.
struct EntityBytes {
    std::int64_t from = 0;
    std::optional<std::int64_t> to;
};
/// Reads "from:to" or "from:*". Errors: malformed.
Result<EntityBytes> parse_entity_bytes(std::string_view text);

struct CarRequest {
    std::vector<Cid> path;  // blocks from the root to the one that the path names, both included (DagPath::blocks)
    DagScope scope = DagScope::all;
    std::optional<EntityBytes> bytes;  // for scope entity; ignored for what is not a file
    bool duplicates = false;
};

class DagCar {
  public:
    /// Reads the last block of the path. `blocks` must outlive the object. Errors: those of reading it.
    static Result<DagCar> open(Blockstore& blocks, const CarRequest& request, const DagLimits& limits);
    /// Reads on, as a ByteSource does. A block that cannot be decoded is given and its links are not followed, since
    /// they are unknown.
    /// Errors: missing_block, verification, too_large.
    Result<std::size_t> read(std::span<std::uint8_t> out);

  private:
    enum class Below {
        nothing,
        everything,
        shards,  // of a sharded directory: its other shards, not its entries
        range,   // of a file: the blocks with the bytes `first` to `last`
    };
    struct Step {
        Cid cid;
        Below below = Below::everything;
        std::uint64_t first = 0, last = 0;
    };
    DagCar(Blockstore& blocks, const CarRequest& request, const DagLimits& limits)
        : blocks_(&blocks), duplicates_(request.duplicates), limits_(limits) {}
    Result<Step> last_step(const CarRequest& request);
    Status next();
    std::vector<Step> steps_below(const Step& step, BytesView block) const;

    Blockstore* blocks_;
    bool duplicates_;
    DagLimits limits_;
    std::vector<Step> steps_;  // the next one last
    CidSet seen_;
    std::uint64_t visited_ = 0, bytes_ = 0;
    Bytes ready_;
    std::size_t given_ = 0;  // of `ready_`
};

}  // namespace strata::retrieval
