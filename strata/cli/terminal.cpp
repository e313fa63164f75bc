#include <strata/cli/terminal.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/terminal/report.hpp>
#include <strata/terminal/width.hpp>
#include <strata/types/sector.hpp>

namespace strata::cli {
namespace {

// One report for the whole program, so that progress and messages do not overwrite each other's lines.
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
        const auto text = name + ": " + std::string(step);
        // An empty bar would look as if nothing moved, where nobody knows how long it takes.
        done > 0 ? standard_error().progress(text, done) : standard_error().status(text);
    };
    return out;
}

void clear_progress() {
    standard_error().finish();
}

void print_error(std::string_view text) {
    fmt::print(stderr, "{}\n", terminal::folded(text, terminal::columns_of(stderr)));
}

int exit_code_of(const Status& status) {
    clear_progress();
    if (status) return kDone;
    print_error(status.error().message());
    if (status.error().code() == Errc::cancelled) return kStopped;
    return status.error().code() == Errc::invalid_argument ? kWrongUsage : kFault;
}

Status check_regular_file(std::string_view option, const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (std::filesystem::is_regular_file(status)) return {};
    return fail(Errc::invalid_argument,
                fmt::format("{} {}: {}", option, path.string(),
                            std::filesystem::exists(status) ? "this is not a regular file" : "there is no such file"));
}

Result<std::uint64_t> local_sector_size(const std::string& text) {
    const auto size = parse_sector_size(text);
    if (!size || *size > SectorSize::size_8MiB)
        return fail(Errc::invalid_argument,
                    fmt::format("--sector {}: expected 2KiB or 8MiB, the sector sizes of local networks", text));
    return static_cast<std::uint64_t>(*size);
}

}  // namespace strata::cli
