#include <strata/cli/home.hpp>

#include <csignal>
#include <cstdlib>

namespace strata::cli {
namespace {

std::atomic<bool> stopped = false;

void on_signal(int number) {
    stopped = true;
    // The next signal of this kind ends the program at once, in case the verb does not stop.
    std::signal(number, SIG_DFL);
}

std::atomic<bool> wants_reload = false;

}  // namespace

std::filesystem::path cache_folder() {
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : "/tmp") / ".cache" / "strata";
}

const std::atomic<bool>& stop_signal() {
    static const bool installed = [] {
        std::signal(SIGINT, on_signal);
        std::signal(SIGTERM, on_signal);
        return true;
    }();
    static_cast<void>(installed);
    return stopped;
}

std::atomic<bool>& reload_signal() {
    static const bool installed = [] {
        std::signal(SIGHUP, [](int) { wants_reload = true; });
        return true;
    }();
    static_cast<void>(installed);
    return wants_reload;
}

}  // namespace strata::cli
