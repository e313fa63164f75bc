#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// Returns the suite of formats that are known but that no suite can run yet: one skipped case for each file, with the
/// reason.
const Suite& waiting();

}  // namespace strata::conformance
