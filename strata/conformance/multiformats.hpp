#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& multiformats();
}  // namespace strata::conformance
