#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& proofs_circuits();
}  // namespace strata::conformance
