#pragma once
// Poseidon as rows: the reference's older ("legacy") circuit, which the keys were made with (docs/protocol/proofs.md
// §10). Its rows are the same for every hash of a width, so they are derived once with numbered slots and then copied.
#include <strata/proofs/circuit/number.hpp>

namespace strata::proofs {

class PoseidonRows;

/// Returns the rows of the hash of Merkle trees and columns, for arity 2, 4, 8 or 11 (checked).
const PoseidonRows& merkle_poseidon(unsigned arity);
/// Returns the rows of the hash of sector update: arity 2 with tag 2^40 (docs/protocol/proofs.md §16).
const PoseidonRows& update_poseidon();

template <class Cs>
Variable poseidon(Cs& cs, const PoseidonRows& rows, std::span<const Variable> inputs);

template <>
Variable poseidon(ShapeSystem&, const PoseidonRows&, std::span<const Variable>);
template <>
Variable poseidon(WitnessSystem&, const PoseidonRows&, std::span<const Variable>);

}  // namespace strata::proofs
