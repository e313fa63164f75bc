#pragma once
// The exit codes of the program; documented in docs/operating.md and `strata --help`.

namespace strata::cli {

inline constexpr int kDone = 0;
inline constexpr int kFault = 1;       // something failed, or a verdict is "no"
inline constexpr int kWrongUsage = 2;  // a verb, an option or its value is wrong
inline constexpr int kStopped = 130;   // stopped by Ctrl-C or SIGTERM before the verb was done

}  // namespace strata::cli
