#pragma once
// What the program's exit code says. `strata --help` and docs/commands.md tell the same.

namespace strata::cli {

inline constexpr int kDone = 0;
inline constexpr int kFault = 1;       // something failed, or a verdict is "no"
inline constexpr int kWrongUsage = 2;  // verbs or options
inline constexpr int kStopped = 130;   // by Ctrl-C or SIGTERM, before the verb was done

}  // namespace strata::cli
