#pragma once
// Sector update (EmptySectorUpdate, "snap deals"; FIP-0019): circuit of one partition (docs/protocol/proofs.md §16).
#include <strata/proofs/circuit/merkle_path.hpp>
#include <strata/proofs/update/vanilla_proof.hpp>

namespace strata::proofs {

/// The variables that all challenges share.
struct UpdateHead {
    Variable phi, root_r_old, root_r_new;
    Numbers apex_leaves;
    Bits partition, h_select;
    std::vector<Bits> challenges;  // without the partition bits
};

template <class Cs>
UpdateHead update_head(Cs& cs, const UpdateShape& shape, const UpdateValues& values);
/// Proves challenge i of the partition: the new leaf encodes the data, and all three leaves are in their trees.
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
