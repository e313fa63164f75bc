#pragma once

namespace strata::cli {

/// The program: parses the verbs, runs one, returns the exit code.
int run(int argc, char** argv);

}  // namespace strata::cli
