#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& cars();
}  // namespace strata::conformance
