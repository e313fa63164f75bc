#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
/// Class "sequence" (vectors/fvm-nv28): messages through the native actors, state root after each.
const Suite& sequences();
}  // namespace strata::conformance
