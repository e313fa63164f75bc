#pragma once
#include <chrono>

#include <strata/conformance/suite.hpp>
#include <strata/conformance/wasm_vectors.hpp>

namespace strata::conformance {

/// Returns the suite of class "sequence" (vectors/fvm-nv28): messages run through the native actors, and the state root
/// is compared after each message.
const Suite& sequences();

/// How long the execution of a step took, without what opens the state before and writes it after.
struct StepTime {
    std::string label;
    bool is_cron = false;
    std::size_t runs = 1;  // epochs of cron
    std::chrono::nanoseconds took{};
    std::uint64_t gas_used = 0;  // by all runs
};

struct SequenceOptions {
    /// Each step then runs again up to this many times, with a failure of the first read of the state, of the second,
    /// and so on while there is such a read. If that read fails, the step must end with the error of the read; if there
    /// is no such read, the receipt and the state root must be the same as before.
    std::size_t faults_each = 0;
    /// Runs the official WASM actors instead of the native ones, and compares the gas used too. If the file has traces,
    /// each charge is compared. May be null.
    WasmVectors* wasm = nullptr;
    /// If it is not null, the time of each step that ran is appended to it.
    std::vector<StepTime>* times = nullptr;
};

/// Runs one file of the suite.
void run_sequence(const VectorFile& file, Report& report, const SequenceOptions& options = {});

}  // namespace strata::conformance
