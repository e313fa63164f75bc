#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& wycheproof();
}  // namespace strata::conformance
