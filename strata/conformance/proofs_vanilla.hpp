#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// vectors/proofs: the parts of proofs below the SNARK.
const Suite& proofs_vanilla();

}  // namespace strata::conformance
