#pragma once
#include <chrono>

#include <strata/conformance/suite.hpp>
#include <strata/conformance/wasm_vectors.hpp>

namespace strata::conformance {

/// Returns true for a vector of class "message" (filecoin-project/fvm-test-vectors).
bool is_message_vector(const VectorFile& file);

/// Runs a vector of class "message" with the official WASM actors of its network version. A network version whose
/// bundle is not known is a failed case, and so is a bundle that is not there. If `took` is not null, the time of the
/// execution is added to it, without what loads the state and writes it. Source: docs/protocol/fvm.md §7.
void run_message_vector(const VectorFile& file, Report& report, WasmVectors& wasm,
                        std::chrono::nanoseconds* took = nullptr);

}  // namespace strata::conformance
