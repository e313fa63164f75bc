#pragma once
// PoRep of a sealed sector: the stacked DRG circuit (docs/protocol/proofs.md §11).
#include <strata/proofs/circuit/merkle_path.hpp>
#include <strata/proofs/porep/vanilla_proof.hpp>

namespace strata::proofs {

/// The variables that all challenges share.
struct PorepHead {
    Bits replica_id;  // as message bits
    Variable comm_d, comm_r_last, comm_c;
};

template <class Cs>
PorepHead porep_head(Cs& cs, const PorepPublicValues& values);
template <class Cs>
void porep_challenge(Cs& cs, const PorepShape& shape, const PorepHead& head, const PorepChallengeValues& values);

extern template PorepHead porep_head(ShapeSystem&, const PorepPublicValues&);
extern template PorepHead porep_head(WitnessSystem&, const PorepPublicValues&);
extern template void porep_challenge(ShapeSystem&, const PorepShape&, const PorepHead&, const PorepChallengeValues&);
extern template void porep_challenge(WitnessSystem&, const PorepShape&, const PorepHead&, const PorepChallengeValues&);

}  // namespace strata::proofs
