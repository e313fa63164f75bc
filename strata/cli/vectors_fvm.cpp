// strata vectors fvm PATH... --bundles DIR: runs recorded messages with the official WASM actors, gas included.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <thread>

#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/cli/vectors_report.hpp>
#include <strata/conformance/messages.hpp>
#include <strata/conformance/sequences.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> paths;
    std::string bundles;
    std::string filter;
    unsigned jobs = 1;
    bool trace = false;
    VectorOutput output;
};

constexpr std::string_view kTraces = "traces";

/// Returns the files to run. The folder `traces` has the same vectors with the charges of each message; it is used only
/// for --trace.
Result<std::vector<fs::path>> chosen_files(const Options& options) {
    STRATA_TRY(auto files, vector_files(options.paths));
    std::erase_if(files, [&](const fs::path& path) {
        return path.parent_path().filename() == kTraces || !path.filename().string().contains(options.filter);
    });
    if (files.empty()) return fail(Errc::invalid_argument, "no vector file has \"" + options.filter + "\" in its name");
    return files;
}

VectorResult run_file(const fs::path& path, const Options& options, conformance::WasmVectors& wasm) {
    conformance::Report report;
    conformance::VectorFile file(path);
    if (options.trace) {
        const conformance::VectorFile traced(path.parent_path() / kTraces / file.name());
        if (fs::exists(traced.path())) {
            file = traced;
        } else {
            report.skip("trace", "there is no file with the charges of this vector");
        }
    }
    if (!file.problem().empty()) {
        report.fail("file", file.problem());
    } else if (conformance::sequences().recognises(file)) {
        conformance::run_sequence(file, report, {.faults_each = 0, .wasm = &wasm});
    } else if (conformance::is_message_vector(file)) {
        conformance::run_message_vector(file, report, wasm);
    } else {
        report.fail("file", "this is neither a message nor a sequence of messages");
    }
    return {path, "fvm", report.outcomes()};
}

int run_fvm(const Options& options) {
    const auto files = chosen_files(options);
    if (!files) return exit_code_of(files.error());
    const auto wasm = conformance::WasmVectors::open(options.bundles, cache_folder() / "wasm");
    if (!wasm) return exit_code_of(wasm.error());
    std::vector<VectorResult> results(files->size());
    std::atomic<std::size_t> next = 0;
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 0; i < options.jobs; ++i)
            workers.emplace_back([&] {
                for (std::size_t at = next++; at < files->size(); at = next++)
                    results[at] = run_file((*files)[at], options, **wasm);
            });
    }
    VectorSummary summary(options.output);
    for (const auto& result : results) summary.add(result);
    return summary.finish();
}

}  // namespace

void add_vectors_fvm(CLI::App& vectors, Run& run) {
    auto options = std::make_shared<Options>();
    auto* verb = vectors.add_subcommand(
        "fvm", "run recorded messages with the official WASM actors; the gas used must be equal too");
    verb->add_option("PATH", options->paths, "files or folders")->required();
    verb->add_option("--bundles", options->bundles, "folder with the bundles of the official actors (CAR files)")
        ->required();
    verb->add_option("--filter", options->filter, "run only files with this text in their names");
    verb->add_option("--jobs", options->jobs, "how many files run at the same time")->check(CLI::Range(1, 256));
    verb->add_flag("--trace", options->trace, "compare each gas charge with the folder `traces` beside the file");
    verb->add_flag("--json", options->output.json, "print every case as JSON");
    verb->add_flag("--verbose", options->output.verbose, "print passed and skipped cases too");
    verb->callback([options, &run] { run = [options] { return run_fvm(*options); }; });
}

}  // namespace strata::cli
