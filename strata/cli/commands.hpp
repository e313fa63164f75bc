#pragma once
// One function for each verb. It adds the subcommand and its options to `app`; if the person chooses the verb, `run` is
// set to what the verb does.
#include <functional>

#include <strata/base/log.hpp>

namespace CLI {
class App;
}

namespace strata::cli {

/// Runs the chosen verb; returns the exit code of the program (exit_codes.hpp).
using Run = std::function<int()>;

void add_demo(CLI::App& app, Run& run);
/// `log` holds the program's options for the log; it is read when the verb runs.
void add_devnet(CLI::App& app, Run& run, const LogOptions& log);
void add_devnet_join(CLI::App& app, CLI::App& devnet, Run& run);
void add_node(CLI::App& app, Run& run);
void add_config(CLI::App& app, Run& run);
void add_vectors(CLI::App& app, Run& run);
// The verb below `vectors`.
void add_vectors_fvm(CLI::App& vectors, Run& run);
void add_proofs(CLI::App& app, Run& run);
// The verbs below `proofs`.
void add_proofs_setup(CLI::App& proofs, Run& run);
void add_proofs_seal(CLI::App& proofs, Run& run);
void add_proofs_post(CLI::App& proofs, Run& run);
void add_proofs_verify(CLI::App& proofs, Run& run);
void add_chain(CLI::App& app, Run& run);
void add_actors(CLI::App& app, Run& run);
void add_bundle(CLI::App& app, Run& run);
void add_evm(CLI::App& app, Run& run);
void add_sim(CLI::App& app, Run& run);
// Verbs that ask a running node (node_verb.hpp).
void add_chain_queries(CLI::App& chain, Run& run);
void add_chain_objects(CLI::App& chain, Run& run);
void add_node_state(CLI::App& node, Run& run);
void add_wallet(CLI::App& app, Run& run);
void add_send(CLI::App& app, Run& run);
void add_msg(CLI::App& app, Run& run);
void add_mpool(CLI::App& app, Run& run);
void add_state(CLI::App& app, Run& run);
void add_msig(CLI::App& app, Run& run);
void add_net(CLI::App& app, Run& run);
void add_sync(CLI::App& app, Run& run);
void add_auth(CLI::App& app, Run& run);
void add_sp(CLI::App& app, Run& run);
void add_deals(CLI::App& app, Run& run);
void add_paych(CLI::App& app, Run& run);
void add_doctor(CLI::App& app, Run& run);
// Made from the tree of verbs, so they are added last.
void add_completion(CLI::App& app, Run& run);
void add_man(CLI::App& app, Run& run);

}  // namespace strata::cli
