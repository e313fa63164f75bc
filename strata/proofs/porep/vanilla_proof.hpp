#pragma once
// A PoRep before it becomes a SNARK: the prover's evidence about challenged nodes (docs/protocol/proofs.md §8). It does
// not contain the labels of a challenge's own column, which follow from the parents.
#include <array>

#include <strata/proofs/merkle/path.hpp>

namespace strata::proofs {

inline constexpr std::size_t kDrgParents = 6;
inline constexpr std::size_t kExpanderParents = 8;

struct PorepShape {
    PathShape data_tree;     // TreeD
    PathShape replica_tree;  // TreeC and TreeRLast
    std::size_t layers = 0;
    std::size_t challenges = 0;  // of a partition
};

struct ColumnValues {
    std::vector<crypto::Fr> rows;  // layer 1 first
    PathValues path;               // in TreeC
};

/// The values that a prover knows about one challenge; empty in a blank circuit.
struct PorepChallengeValues {
    std::uint64_t challenge = 0;
    crypto::Fr data_leaf;
    PathValues data_path, replica_path, column_path;
    std::array<ColumnValues, kDrgParents> drg_parents;
    std::array<ColumnValues, kExpanderParents> expander_parents;
};

struct PorepPublicValues {
    crypto::Fr replica_id, comm_d, comm_r, comm_r_last, comm_c;
};

/// The vanilla proofs of all partitions of a sealed sector.
struct VanillaSealProof {
    PorepPublicValues commitments;
    std::vector<std::vector<PorepChallengeValues>> partitions;
};

}  // namespace strata::proofs
