#pragma once

namespace strata::cli {

/// Runs the program: parses the command line, runs the chosen verb, and returns the exit code.
int run(int argc, char** argv);

}  // namespace strata::cli
