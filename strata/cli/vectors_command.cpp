// strata vectors PATH...: runs test vectors that other implementations computed, and says which passed.
#include <CLI/CLI.hpp>

#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/cli/vectors_report.hpp>

namespace strata::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    VectorOutput output;
    bool slow = false;
};

VectorResult run_file(const std::filesystem::path& path, bool slow) {
    conformance::Report report(slow);
    const auto* suite = conformance::run_file(conformance::VectorFile(path), report);
    return {path, suite == nullptr ? "" : std::string(suite->name()), report.outcomes()};
}

int run_vectors(const Options& options) {
    if (options.paths.empty())
        return exit_code_of(
            fail(Errc::invalid_argument, "PATH is required: name the files or folders that hold vectors"));
    const auto files = vector_files(options.paths);
    if (!files) return exit_code_of(files.error());
    VectorSummary summary(options.output);
    for (const auto& path : *files) summary.add(run_file(path, options.slow));
    return summary.finish();
}

}  // namespace

void add_vectors(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand(
        "vectors", "run test vectors that other implementations computed; the format of each file is recognised");
    verb->add_option("PATH", options->paths, "files or folders");
    verb->add_flag("--json", options->output.json, "print every case as JSON");
    verb->add_flag("--verbose", options->output.verbose, "print passed and skipped cases too");
    verb->add_flag("--slow", options->slow, "also run cases that take more than a minute");
    add_vectors_fvm(*verb, run);
    verb->callback([verb, options, &run] {
        // The callback of a verb runs after that of the verb below it.
        if (verb->get_subcommands().empty()) run = [options] { return run_vectors(*options); };
    });
}

}  // namespace strata::cli
