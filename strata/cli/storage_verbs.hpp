#pragma once
// The verbs that store files and get them back; as in commands.hpp.
#include <strata/cli/commands.hpp>

namespace strata::cli {

void add_put(CLI::App& app, Run& run);
void add_get(CLI::App& app, Run& run);
void add_car(CLI::App& app, Run& run);
void add_pieces(CLI::App& app, Run& run);
/// The verb below `deals`.
void add_deals_retry(CLI::App& deals, Run& run);
// The verbs below `sp`.
void add_sp_announce(CLI::App& sp, Run& run);
void add_sp_owner(CLI::App& sp, Run& run);
void add_sp_messages(CLI::App& sp, Run& run);

}  // namespace strata::cli
