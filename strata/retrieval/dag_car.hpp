#pragma once
// Makes a CAR of a part of a DAG while the CAR is read. The trustless gateway streams it.
// Source: specs.ipfs.tech/http-gateways/trustless-gateway (dag-scope, entity-bytes), IPIP-0402.

#include <strata/base/byte_source.hpp>
#include <strata/ipld/unixfs.hpp>

namespace strata::retrieval {

enum class DagScope {
    block,   // only the last block of the path
    entity,  // a complete file, or the blocks that list a directory; for anything else its one block
    all,     // the last block of the path and everything below it
};

/// Bytes of a file, both ends included. Negative ends count from the file's end. An empty `to` means the file's end.
struct EntityBytes {
    std::int64_t from = 0;
    std::optional<std::int64_t> to;
};
/// Reads "from:to" or "from:*". Errors: malformed.
Result<EntityBytes> parse_entity_bytes(std::string_view text);

struct CarRequest {
    std::vector<Cid> path;  // blocks from the root to the one that the path names, both included (DagPath::blocks)
    DagScope scope = DagScope::all;
    std::optional<EntityBytes> bytes;  // for scope entity; ignored if the target is not a file
    bool duplicates = false;           // true: a block is sent as often as it occurs
};

class DagCar {
  public:
    /// Reads the last block of the path, so that its absence is known before anything is sent. `blocks` must outlive
    /// the object. Errors: those of reading that block.
    static Result<DagCar> open(Blockstore& blocks, const CarRequest& request, const DagLimits& limits);
    /// Reads the next bytes of the CAR, as a ByteSource does. A block that cannot be decoded is sent, and its links are
    /// not followed, since they are unknown. Errors: missing_block, verification, too_large.
    Result<std::size_t> read(std::span<std::uint8_t> out);

  private:
    /// Says which blocks below a block are sent.
    enum class Below {
        nothing,
        everything,
        shards,  // the other shards of a sharded directory, but not its entries
        range,   // the blocks of a file that have its bytes `first` to `last`
    };
    /// A block to send, unless it was sent before, and what to send below it.
    struct Step {
        Cid cid;
        Below below = Below::everything;
        std::uint64_t first = 0, last = 0;  // for Below::range
    };
    DagCar(Blockstore& blocks, const CarRequest& request, DagLimits limits)
        : blocks_(&blocks), duplicates_(request.duplicates), limits_(std::move(limits)) {}
    /// Returns the step for the path's last block.
    Result<Step> last_step(const CarRequest& request);
    /// Takes the next step.
    Status next();
    static std::vector<Step> steps_below(const Step& step, BytesView block);

    Blockstore* blocks_;
    bool duplicates_;
    DagLimits limits_;
    std::vector<Step> steps_;  // the next step is at the back
    CidSet seen_;
    std::uint64_t visited_ = 0, bytes_ = 0;
    Bytes ready_;            // the section that is being read
    std::size_t given_ = 0;  // how many bytes of `ready_` were read
};

}  // namespace strata::retrieval
