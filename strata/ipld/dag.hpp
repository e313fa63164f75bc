#pragma once
// Walks any DAG of known codecs: finds the links of a block, and visits all blocks below a root in depth-first
// order. Nothing here recurses along a DAG, since a hostile writer chooses its depth.
#include <functional>

#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/cid_set.hpp>

namespace strata {

/// Returns the links of a DAG-PB, DAG-CBOR or DAG-JSON block in the order of the block, repeats included. Raw, CBOR and
/// JSON blocks do not have links. Memory: proportional to the number of links. Errors: malformed; unsupported for any
/// other codec.
Result<std::vector<Cid>> links_of(Codec codec, BytesView block);

/// The end of a path within one block.
struct PathInBlock {
    std::optional<Cid> link;  // empty if the path ends at a value that is not a link
    std::size_t used = 0;     // the number of names that were followed
};
/// Follows `names` through the fields of a DAG-CBOR or DAG-JSON block up to the first link: keys of maps, decimal
/// indices of lists. Errors: not_found if a name does not exist; malformed; unsupported for any other codec. Source:
/// specs.ipfs.tech/http-gateways/path-gateway, "Traversing through DAG-JSON and DAG-CBOR".
Result<PathInBlock> follow_path(Codec codec, BytesView block, std::span<const std::string> names);

struct DagLimits {
    std::uint64_t blocks = 1 << 20;
    std::uint64_t bytes = std::uint64_t{64} << 30;
    /// The maximum number of links waiting to be followed; this bounds the memory of a walk.
    std::size_t pending = 1 << 18;
    /// Returns true for links that are not followed, in addition to sector commitments. If empty, all others are
    /// followed.
    std::function<bool(const Cid&)> leave_out{};
};

/// Returns true for CommD and CommR: such CIDs look like links, but do not name a block.
bool is_sector_commitment(const Cid& cid);

/// Visits `root` and every block below it, each once, a parent before its children; each is checked against its CID
/// before it is visited. Identity CIDs carry their block and are visited too; sector commitments are skipped. Errors:
/// missing_block, verification, too_large (`limits`), and those of `visit`.
Status walk_dag(Blockstore& store, const Cid& root, const std::function<Status(const Cid&, BytesView)>& visit,
                const DagLimits& limits = {});

/// Returns the block of `cid`, checked against that CID. Errors: missing_block, verification.
Result<Bytes> verified_block(Blockstore& store, const Cid& cid);

}  // namespace strata
