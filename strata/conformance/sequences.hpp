#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// Returns the suite of class "sequence" (vectors/fvm-nv28): messages run through the native actors, and the state root
/// is compared after each.
const Suite& sequences();

/// Runs one file of the suite. With faults, each step runs again with one failing read of the state: the first, the
/// second, and so on until no read fails or `faults_each` were tried. The result must be that error, or the same
/// receipt and state root.
void run_sequence(const VectorFile& file, Report& report, std::size_t faults_each = 0);

}  // namespace strata::conformance
