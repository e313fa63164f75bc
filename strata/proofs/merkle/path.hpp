#pragma once
// Merkle paths, in trees of SHA-256 (TreeD) and Poseidon (TreeC, TreeRLast; docs/protocol/proofs.md §7).
#include <bit>
#include <vector>

#include <strata/base/result.hpp>
#include <strata/crypto/fr.hpp>

namespace strata::proofs {

/// The arity of every level, leaves first: base levels, then sub and top tree if the sector has them.
struct PathShape {
    enum class Hash : std::uint8_t { sha256, poseidon };
    Hash hash;
    std::vector<unsigned> arities;

    /// The shape of TreeD for a sector with 2^height nodes.
    static PathShape binary_sha256(unsigned height);
    /// The shape of TreeC and TreeRLast (docs/protocol/proofs.md §3, §7).
    static PathShape of_replica(unsigned log2_nodes);
    /// Returns the arities of the sub tree and the top tree above the base trees; empty if there is neither.
    static std::vector<unsigned> above_base_of_replica(unsigned log2_nodes);
    /// The number of siblings in a path from a leaf to the root.
    std::size_t siblings() const {
        std::size_t count = 0;
        for (const unsigned arity : arities) count += arity - 1;
        return count;
    }
};

/// The values that a prover knows about a path; empty in a blank circuit.
struct PathValues {
    std::uint64_t index = 0;           // of the leaf
    std::vector<crypto::Fr> siblings;  // level by level, leaves first
};

constexpr unsigned log2_of(unsigned arity) {
    return static_cast<unsigned>(std::countr_zero(arity));
}

/// Computes the root that this path leads to from `leaf`. Errors: invalid_argument for the wrong number of siblings or
/// an index outside the tree.
Result<crypto::Fr> root_of_path(const PathShape& shape, const crypto::Fr& leaf, const PathValues& path);

}  // namespace strata::proofs
