#pragma once
// Writes a snapshot of a chain: all headers, and the messages and states of recent epochs. Sources:
// docs/protocol/node.md §23; lotus chain/store/snapshot.go; forest src/chain/mod.rs.
#include <memory>

#include <strata/base/watch.hpp>
#include <strata/chain/snapshot/metadata.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

enum class SnapshotFormat : std::uint8_t {
    v1,       // a plain CAR whose roots are the head
    v2,       // a plain CAR with metadata and, if given, F3 data
    indexed,  // the same blocks as v2, packed, with an index: `.forest.car.zst`
};

struct SnapshotOptions {
    SnapshotFormat format = SnapshotFormat::v2;
    /// The states of the epochs above the head's less this are written, with their messages.
    ChainEpoch recent_states = 2000;
    /// F3 data, for v2 and indexed; null for none.
    std::shared_ptr<const RandomFile> f3{};
    /// The path of the file that is written: the index has its temporary file beside it.
    std::filesystem::path beside{};
    /// The most memory of the set of visited blocks, in bytes. 3 GiB are enough for 107 million blocks
    /// (ipld/cid_set.hpp).
    std::uint64_t max_memory = std::uint64_t{6} << 30;
    Watch watch{};
};

struct SnapshotExport {
    std::uint64_t tipsets = 0;
    std::uint64_t blocks = 0;    // of the chain, without metadata
    std::uint64_t bytes = 0;     // of these blocks
    std::uint64_t left_out = 0;  // code of actors that this node does not have
};

/// Writes the snapshot of the chain that ends in `head`; each block is checked against its CID. The store may be that
/// of a running node: what a snapshot has is never changed. Memory: the set of visited blocks. Errors: missing_block
/// (also if a state within `recent_states` is not kept), verification, too_large (memory), invalid_argument (F3 data
/// in v1), cancelled, those of `write`.
Result<SnapshotExport> export_snapshot(ChainStore& chain, const TipsetPtr& head, const ByteSink& write,
                                       const SnapshotOptions& options);

}  // namespace strata::chain
