#pragma once
// A PoSt before it becomes a SNARK: challenged leaves of replicas with their paths (docs/protocol/proofs.md §9).
#include <strata/proofs/merkle/path.hpp>

namespace strata::proofs {

struct PostShape {
    PathShape tree;
    std::size_t sectors = 0;
    std::size_t challenges = 0;  // of each sector
};

/// The values that a prover knows about one sector; empty in a blank circuit.
struct PostSectorValues {
    crypto::Fr comm_r_last, comm_c, comm_r;
    std::vector<crypto::Fr> leaves;  // one for each challenge
    std::vector<PathValues> paths;
};

}  // namespace strata::proofs
