#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& serialization();
}  // namespace strata::conformance
