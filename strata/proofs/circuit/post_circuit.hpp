#pragma once
// WinningPoSt and WindowPoSt: the fallback PoSt circuit (docs/protocol/proofs.md §11).
#include <strata/proofs/circuit/merkle_path.hpp>
#include <strata/proofs/post/vanilla_proof.hpp>

namespace strata::proofs {

/// Proves that CommR is the hash of CommC and CommRLast, and that each challenged leaf is in the tree below CommRLast.
template <class Cs>
void post_sector(Cs& cs, const PostShape& shape, const PostSectorValues& values) {
    const auto comm_r_last = cs.alloc([&] { return values.comm_r_last; });
    const auto comm_c = cs.alloc([&] { return values.comm_c; });
    const auto comm_r = cs.alloc([&] { return values.comm_r; });
    inputize(cs, comm_r);
    enforce_equal(cs, comm_r, poseidon(cs, merkle_poseidon(2), std::array{comm_c, comm_r_last}));
    for (std::size_t i = 0; i < shape.challenges; ++i) {
        const auto leaf = cs.alloc([&] { return values.leaves[i]; });
        enforce_membership(cs, shape.tree, leaf, value_or_blank<Cs>(values.paths, i), comm_r_last);
    }
}

extern template void post_sector(ShapeSystem&, const PostShape&, const PostSectorValues&);
extern template void post_sector(WitnessSystem&, const PostShape&, const PostSectorValues&);

}  // namespace strata::proofs
