#pragma once
// Sector update (EmptySectorUpdate, "snap deals"; FIP-0019): circuit of one partition (proofs.md §16).
#include <strata/proofs/circuit/merkle_path.hpp>

namespace strata::proofs {

struct UpdateShape {
    unsigned log2_nodes = 0;
    unsigned log2_partitions = 0;
    unsigned log2_apex_leaves = 0;
    std::size_t challenges = 0;           // of a partition
    std::array<unsigned, 6> high_bits{};  // the allowed h
    PathShape replica_tree;
};

/// What a prover knows about one challenge; empty in a blank circuit. Sibling lists as in PathValues.
struct UpdateChallengeValues {
    crypto::Fr old_leaf, data_leaf;
    std::vector<crypto::Fr> old_siblings, new_siblings;
    std::vector<crypto::Fr> data_siblings;  // of TreeD, at least up to the apex leaf
};

struct UpdateValues {
    std::uint64_t partition = 0;
    std::uint64_t h_select = 0;  // one bit of six
    crypto::Fr comm_r_old, comm_d_new, comm_r_new, comm_c, root_r_old, root_r_new;
    std::vector<crypto::Fr> apex_leaves;
    std::vector<crypto::Fr> partition_siblings;  // from the apex root to CommD
    std::vector<UpdateChallengeValues> challenges;
};

/// The variables that all challenges share.
struct UpdateHead {
    Variable phi, root_r_old, root_r_new;
    Numbers apex_leaves;
    Bits partition, h_select;
    std::vector<Bits> challenges;  // without the partition bits
};

template <class Cs>
UpdateHead update_head(Cs& cs, const UpdateShape& shape, const UpdateValues& values);
/// Challenge i of the partition.
template <class Cs>
void update_challenge(Cs& cs, const UpdateShape& shape, const UpdateHead& head, std::size_t i,
                      const UpdateChallengeValues& values);

extern template UpdateHead update_head(ShapeSystem&, const UpdateShape&, const UpdateValues&);
extern template UpdateHead update_head(WitnessSystem&, const UpdateShape&, const UpdateValues&);
extern template void update_challenge(ShapeSystem&, const UpdateShape&, const UpdateHead&, std::size_t,
                                      const UpdateChallengeValues&);
extern template void update_challenge(WitnessSystem&, const UpdateShape&, const UpdateHead&, std::size_t,
                                      const UpdateChallengeValues&);

}  // namespace strata::proofs
