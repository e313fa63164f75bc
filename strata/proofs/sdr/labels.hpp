#pragma once
// Labels: the slow, sequential part of sealing (proofs.md §5).
#include <strata/proofs/node.hpp>
#include <strata/proofs/sdr/graph.hpp>

namespace strata::proofs {

/// Labels of layer `layer` (from 1) of all nodes, in order. `below` is the layer below, empty for layer 1. One thread.
/// Errors: cancelled.
Status label_layer(const ParentTable& parents, const Hash256& replica_id, std::uint32_t layer,
                   std::span<const Node> below, std::span<Node> labels, const Watch& watch);

/// One label, from the labels of its parents: none (node 0), six (layer 1) or fourteen.
Node label_of(const Hash256& replica_id, std::uint32_t layer, std::uint64_t node, std::span<const Node> parents);

}  // namespace strata::proofs
