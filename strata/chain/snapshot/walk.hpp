#pragma once
// The walk that copies or checks what hangs below a link of a chain: messages or a state. Sources: lotus
// chain/store/snapshot.go (WalkSnapshot), forest src/ipld/util.rs; docs/protocol/node.md §23.
#include <functional>

#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/cid_set.hpp>

namespace strata::chain {

/// Returns true for links that belong to a snapshot: of the codecs raw, CBOR and DAG-CBOR, with a hash that is not the
/// identity. Commitments of sectors look like links and do not belong to it.
bool belongs_to_snapshot(const Cid& cid);

class SnapshotWalk {
  public:
    using Visit = std::function<Status(const Cid&, BytesView)>;
    /// `max_memory` bounds the set of visited CIDs, in bytes.
    SnapshotWalk(Blockstore& blocks, std::uint64_t max_memory, Visit visit)
        : blocks_(blocks), max_memory_(max_memory), visit_(std::move(visit)) {}

    /// Visits `root` and every block below it that was not visited yet, each checked against its CID, a block before
    /// those that it links to. Code of actors (raw blocks) that is not in the store is left out, since native actors do
    /// not need it. Errors: missing_block, verification, too_large (memory), those of the visit.
    Status below(const Cid& root);
    /// Visits one block and does not follow its links; a block that was visited already is left out.
    Status one(const Cid& cid);

    std::uint64_t visited() const { return visited_; }
    std::uint64_t bytes() const { return bytes_; }
    /// The number of raw blocks that were left out because they are not in the store.
    std::uint64_t left_out() const { return left_out_; }

  private:
    Result<bool> enter(const Cid& cid);
    Result<bool> read(const Cid& cid, Bytes& block);

    Blockstore& blocks_;
    const std::uint64_t max_memory_;
    const Visit visit_;
    CidSet seen_;
    std::uint64_t visited_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace strata::chain
