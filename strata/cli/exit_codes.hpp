#pragma once
// The exit codes of the program; documented in docs/operating.md, `strata --help` and the manual pages.

namespace strata::cli {

inline constexpr int kDone = 0;
inline constexpr int kFault = 1;       // something failed, or a verdict is "no"
inline constexpr int kWrongUsage = 2;  // a verb, an option or its value is wrong
inline constexpr int kStopped = 130;   // stopped by Ctrl-C or SIGTERM before the verb was done

struct ExitCode {
    int code;
    const char* meaning;
};
inline constexpr ExitCode kExitCodes[] = {
    {kDone, "The verb did what it says; a check said yes."},
    {kFault, "Something failed, or a check said no. The reason is on the standard error output."},
    {kWrongUsage, "A verb, an option or its value is wrong."},
    {kStopped, "Stopped by Ctrl-C or SIGTERM before the verb was done."},
};

}  // namespace strata::cli
