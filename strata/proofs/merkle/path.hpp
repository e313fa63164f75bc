#pragma once
// Merkle paths, in trees of SHA-256 (TreeD) and Poseidon (TreeC, TreeRLast; proofs.md §7).
#include <bit>
#include <vector>

#include <strata/base/result.hpp>
#include <strata/crypto/fr.hpp>

namespace strata::proofs {

/// Arity of every level, leaves first: base levels, then sub and top tree if there are any.
struct PathShape {
    enum class Hash : std::uint8_t { sha256, poseidon };
    Hash hash;
    std::vector<unsigned> arities;

    /// TreeD of a sector with 2^height nodes.
    static PathShape binary_sha256(unsigned height);
    /// TreeC and TreeRLast (proofs.md §3, §7).
    static PathShape of_replica(unsigned log2_nodes);
    /// Arities of its sub and top tree, where there are any.
    static std::vector<unsigned> above_base_of_replica(unsigned log2_nodes);
    /// Siblings of a whole path.
    std::size_t siblings() const {
        std::size_t count = 0;
        for (const unsigned arity : arities) count += arity - 1;
        return count;
    }
};

/// What a prover knows about a path; nothing in a blank circuit.
struct PathValues {
    std::uint64_t index = 0;           // of the leaf
    std::vector<crypto::Fr> siblings;  // level by level, leaves first
};

constexpr unsigned log2_of(unsigned arity) {
    return static_cast<unsigned>(std::countr_zero(arity));
}

/// Root of the tree that `leaf` is in by this path. Errors: invalid_argument for another number of siblings or an
/// index outside the tree.
Result<crypto::Fr> root_of_path(const PathShape& shape, const crypto::Fr& leaf, const PathValues& path);

}  // namespace strata::proofs
