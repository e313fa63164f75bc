#pragma once
// One function for each verb: adds the subcommand and its options to `app`; when chosen, it sets `run`.
#include <functional>

#include <strata/base/log.hpp>

namespace CLI {
class App;
}

namespace strata::cli {

/// Runs the chosen verb; returns the exit code of the program (exit_codes.hpp).
using Run = std::function<int()>;

void add_demo(CLI::App& app, Run& run);
/// `log`: what the program's options say of the log; read when the verb runs.
void add_devnet(CLI::App& app, Run& run, const LogOptions& log);
void add_vectors(CLI::App& app, Run& run);
void add_proofs(CLI::App& app, Run& run);
// Verbs of add_proofs.
void add_proofs_setup(CLI::App& proofs, Run& run);
void add_proofs_seal(CLI::App& proofs, Run& run);
void add_proofs_post(CLI::App& proofs, Run& run);
void add_proofs_verify(CLI::App& proofs, Run& run);
void add_chain(CLI::App& app, Run& run);

}  // namespace strata::cli
