#include <strata/proofs/circuit/post_circuit.hpp>

namespace strata::proofs {

template void post_sector(ShapeSystem&, const PostShape&, const PostSectorValues&);
template void post_sector(WitnessSystem&, const PostShape&, const PostSectorValues&);

}  // namespace strata::proofs
