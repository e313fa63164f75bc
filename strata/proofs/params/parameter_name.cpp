#include <strata/proofs/params/parameter_name.hpp>

#include <bit>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/node.hpp>

namespace strata::proofs {
namespace {

/// Returns the arities of base, sub and top tree, such as "8-8-2", with zero for a tree that does not exist.
std::string tree_shape(std::uint64_t sector_size) {
    const auto log2_nodes = static_cast<unsigned>(std::bit_width(sector_size / kNodeSize) - 1);
    auto above = PathShape::above_base_of_replica(log2_nodes);
    above.resize(2, 0);
    return "8-" + std::to_string(above[0]) + "-" + std::to_string(above[1]);
}

std::string post_identifier(std::uint64_t sector_size, const PostShape& shape) {
    return "FallbackPoSt::PublicParams{sector_size: " + std::to_string(sector_size) +
           ", challenge_count: " + std::to_string(shape.challenges) +
           ", sector_count: " + std::to_string(shape.sectors) + "}";
}

}  // namespace

// The strings are the reference's printout of its parameters (docs/protocol/proofs.md §15). Each space counts, since
// the digest of the string is part of the file's name.
Result<std::string> parameter_identifier(CircuitKind kind, std::uint64_t sector_size) {
    const auto nodes = std::to_string(sector_size / kNodeSize);
    switch (kind) {
        case CircuitKind::porep: {
            STRATA_TRY(const auto shape, porep_shape(sector_size));
            return "layered_drgporep::PublicParams{ graph: stacked_graph::StackedGraph{expansion_degree: 8 base_graph: "
                   "drgraph::BucketGraph{size: " +
                   nodes + "; degree: 6; hasher: poseidon_hasher} }, challenges: LayerChallenges { layers: " +
                   std::to_string(shape.layers) + ", max_count: " + std::to_string(shape.challenges) +
                   " }, tree: merkletree-poseidon_hasher-" + tree_shape(sector_size) + " }";
        }
        case CircuitKind::winning_post: {
            STRATA_TRY(const auto shape, winning_post_shape(sector_size));
            return post_identifier(sector_size, shape);
        }
        case CircuitKind::window_post: {
            STRATA_TRY(const auto shape, window_post_shape(sector_size));
            return post_identifier(sector_size, shape);
        }
        case CircuitKind::sector_update: {
            STRATA_OK(update_shape(sector_size));
            return "empty_sector_update::PublicParams{ sector_nodes: " + nodes + " }";
        }
    }
    return fail(Errc::invalid_argument,
                "the circuit kind is " + std::to_string(static_cast<int>(kind)) + ", expected 0 to 3");
}

Result<std::string> parameter_name(CircuitKind kind, std::uint64_t sector_size) {
    STRATA_TRY(const auto identifier, parameter_identifier(kind, sector_size));
    std::string prefix, suffix;
    switch (kind) {
        case CircuitKind::porep:
            prefix = "stacked-proof-of-replication";
            suffix = "-sha256_hasher";
            break;
        case CircuitKind::winning_post:
        case CircuitKind::window_post:
            prefix = "proof-of-spacetime-fallback";
            break;
        case CircuitKind::sector_update:
            prefix = "empty-sector-update";
            break;
    }
    return "v28-" + prefix + "-merkletree-poseidon_hasher-" + tree_shape(sector_size) + suffix + "-" +
           to_hex(crypto::sha256(as_bytes(identifier)));
}

}  // namespace strata::proofs
