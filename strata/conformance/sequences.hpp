#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// Returns the suite of class "sequence" (vectors/fvm-nv28): messages run through the native actors, and the state root
/// is compared after each message.
const Suite& sequences();

/// Runs one file of the suite. Each step then runs again up to `faults_each` times, with a failure of the first read of
/// the state, of the second, and so on while there is such a read. If that read fails, the step must end with the
/// error of the read; if there is no such read, the receipt and the state root must be the same as before.
void run_sequence(const VectorFile& file, Report& report, std::size_t faults_each = 0);

}  // namespace strata::conformance
