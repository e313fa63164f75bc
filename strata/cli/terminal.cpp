#include <strata/cli/terminal.hpp>

#include <fmt/core.h>
#include <unistd.h>

#include <strata/cli/home.hpp>

namespace strata::cli {
namespace {

bool seen() {
    return isatty(STDERR_FILENO) == 1;
}

}  // namespace

proofs::Watch terminal_watch(std::string name) {
    proofs::Watch out;
    out.stop = &stop_signal();
    if (!seen()) return out;
    out.progress = [name = std::move(name)](std::string_view step, double done) {
        constexpr int kWidth = 40;
        const auto full = static_cast<int>(done * kWidth);
        fmt::print(stderr, "\r{:8} [{:#<{}}{:<{}}] {:3.0f} % {:12}", name, "", full, "", kWidth - full, done * 100,
                   step);
    };
    return out;
}

void clear_progress() {
    if (seen()) fmt::print(stderr, "\r{:90}\r", "");
}

int finished(const Status& status) {
    clear_progress();
    if (status) return 0;
    fmt::print(stderr, "{}\n", status.error().message());
    return status.error().code() == Errc::invalid_argument ? 2 : 1;
}

}  // namespace strata::cli
