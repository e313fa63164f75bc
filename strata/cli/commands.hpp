#pragma once
// One function for each verb: adds the subcommand and its options to `app`; when chosen, it sets `run`.
#include <functional>

namespace CLI {
class App;
}

namespace strata::cli {

/// What the chosen verb does; returns the exit code of the program.
using Run = std::function<int()>;

void add_demo(CLI::App& app, Run& run);
void add_devnet(CLI::App& app, Run& run);
void add_vectors(CLI::App& app, Run& run);
void add_proofs(CLI::App& app, Run& run);
// Verbs of add_proofs.
void add_proofs_setup(CLI::App& proofs, Run& run);
void add_proofs_seal(CLI::App& proofs, Run& run);
void add_proofs_post(CLI::App& proofs, Run& run);
void add_proofs_verify(CLI::App& proofs, Run& run);
void add_chain(CLI::App& app, Run& run);

}  // namespace strata::cli
