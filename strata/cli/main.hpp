#pragma once
// The program without main(), so that tests can call it.
#include <strata/cli/commands.hpp>

namespace strata::cli {

/// Parses the command line, runs its verb and returns the exit code.
int run(int argc, char** argv);

/// Adds all verbs to `app`. `log` holds the program's options for the log and must outlive `app`.
void add_verbs(CLI::App& app, Run& run, const LogOptions& log);

}  // namespace strata::cli
