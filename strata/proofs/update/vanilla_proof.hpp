#pragma once
// A sector update before it becomes a SNARK (docs/protocol/proofs.md §16).
#include <array>

#include <strata/proofs/merkle/path.hpp>

namespace strata::proofs {

struct UpdateShape {
    unsigned log2_nodes = 0;
    unsigned log2_partitions = 0;
    unsigned log2_apex_leaves = 0;
    std::size_t challenges = 0;           // of a partition
    std::array<unsigned, 6> high_bits{};  // the allowed h
    PathShape replica_tree;
};

/// The values that a prover knows about one challenge; empty in a blank circuit. Lists of siblings are as in
/// PathValues.
struct UpdateChallengeValues {
    crypto::Fr old_leaf, data_leaf;
    std::vector<crypto::Fr> old_siblings, new_siblings;
    std::vector<crypto::Fr> data_siblings;  // of TreeD, at least up to the apex leaf
};

struct UpdateValues {
    std::uint64_t partition = 0;
    std::uint64_t h_select = 0;  // exactly one of six bits is set
    crypto::Fr comm_r_old, comm_d_new, comm_r_new, comm_c, root_r_old, root_r_new;
    std::vector<crypto::Fr> apex_leaves;
    std::vector<crypto::Fr> partition_siblings;  // from the apex root to CommD
    std::vector<UpdateChallengeValues> challenges;
};

}  // namespace strata::proofs
