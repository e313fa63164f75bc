#pragma once
// Walking any DAG of known codecs: which blocks a block names, and all blocks below a root in depth-first order.
#include <functional>

#include <strata/ipld/blockstore.hpp>

namespace strata {

/// The CIDs that a block names, in its order, repeats included: DAG-PB links, DAG-CBOR tags 42; none for raw.
/// Errors: malformed, unsupported for another codec.
Result<std::vector<Cid>> links_of(Codec codec, BytesView block);

struct DagLimits {
    unsigned depth = 64;
    std::uint64_t blocks = 1 << 20;
    std::uint64_t bytes = std::uint64_t{64} << 30;
    /// Links that are not followed, besides sector commitments; nothing: all are.
    std::function<bool(const Cid&)> leave_out{};
};

/// Every block below `root`, each once, a parent before its children; each is checked against its CID before it is
/// visited. Identity CIDs carry their block and are visited too; sector commitments are passed over.
/// Errors: missing_block, verification, too_large (`limits`), and those of `visit`.
Status walk_dag(Blockstore& store, const Cid& root, const std::function<Status(const Cid&, BytesView)>& visit,
                const DagLimits& limits = {});

/// The block of `cid`, checked against it. Errors: missing_block, verification.
Result<Bytes> verified_block(Blockstore& store, const Cid& cid);

}  // namespace strata
