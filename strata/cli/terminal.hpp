#pragma once
// How verbs talk to the terminal.
#include <strata/base/watch.hpp>

namespace strata::cli {

/// Progress as one line of standard error that is drawn over itself, nothing where nobody looks; stops with Ctrl-C.
Watch terminal_watch(std::string name);
/// Takes the line away.
void clear_progress();
/// Exit code of a verb; says on standard error what failed. 1 for a verdict or a fault, 2 for wrong arguments.
int finished(const Status& status);

}  // namespace strata::cli
