#pragma once
// SHA-256 as rows (FIPS 180-4; the order of rows is docs/protocol/proofs.md §10).
#include <strata/proofs/circuit/word.hpp>

namespace strata::proofs {

/// `message` holds the bits of complete bytes, high bit of each byte first. Returns 256 bits in the same order.
template <class Cs>
std::vector<Boolean> sha256(Cs& cs, std::span<const Boolean> message);

extern template std::vector<Boolean> sha256(ShapeSystem&, std::span<const Boolean>);
extern template std::vector<Boolean> sha256(WitnessSystem&, std::span<const Boolean>);

}  // namespace strata::proofs
