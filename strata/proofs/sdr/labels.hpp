#pragma once
// Computes labels, the slow and sequential part of sealing (docs/protocol/proofs.md §5).
#include <strata/proofs/node.hpp>
#include <strata/proofs/sdr/graph.hpp>

namespace strata::proofs {

/// Computes the labels of all nodes of layer `layer` (from 1), in order, on the calling thread. `below` is the layer
/// below and is empty for layer 1. Errors: cancelled.
Status label_layer(const ParentTable& parents, const Hash256& replica_id, std::uint32_t layer,
                   std::span<const Node> below, std::span<Node> labels, const Watch& watch);

/// Computes one label from the labels of its parents: none for node 0, six in layer 1, fourteen in the layers above.
Node label_of(const Hash256& replica_id, std::uint32_t layer, std::uint64_t node, std::span<const Node> parents);

}  // namespace strata::proofs
