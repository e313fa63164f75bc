#pragma once
// PoRep of a sealed sector: the stacked DRG circuit (proofs.md §11).
#include <strata/proofs/circuit/merkle_path.hpp>

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

/// What a prover knows about one challenge; empty in a blank circuit.
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
