#include <strata/cli/terminal.hpp>

#include <fmt/core.h>
#include <unistd.h>

#include <strata/cli/home.hpp>
#include <strata/terminal/report.hpp>

namespace strata::cli {
namespace {

terminal::Report& standard_error() {
    static terminal::Report report(stderr);
    return report;
}

}  // namespace

Watch terminal_watch(std::string name) {
    Watch out;
    out.stop = &stop_signal();
    if (isatty(STDERR_FILENO) != 1) return out;
    out.progress = [name = std::move(name)](std::string_view step, double done) {
        standard_error().progress(name + ": " + std::string(step), done);
    };
    return out;
}

void clear_progress() {
    standard_error().finish();
}

int finished(const Status& status) {
    clear_progress();
    if (status) return 0;
    fmt::print(stderr, "{}\n", status.error().message());
    return status.error().code() == Errc::invalid_argument ? 2 : 1;
}

}  // namespace strata::cli
