// strata vectors PATH...: runs test vectors that other implementations computed, and says which passed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/conformance/suite.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;
using conformance::Outcome;

struct Options {
    std::vector<std::string> paths;
    bool json = false;
    bool verbose = false;
    bool slow = false;
};

struct FileResult {
    fs::path path;
    std::string suite;  // empty: no suite recognises the file
    std::vector<Outcome> outcomes;
};

/// Returns the given files and all files below the given folders, sorted. Errors: io with the path; invalid_argument
/// for a path that is neither a file nor a folder.
Result<std::vector<fs::path>> files_below(const std::vector<std::string>& paths) {
    std::vector<fs::path> files;
    for (const auto& path : paths) {
        std::error_code error;
        const auto status = fs::status(path, error);
        if (!fs::exists(status)) return fail(Errc::invalid_argument, path + ": there is no such file or folder");
        if (fs::is_regular_file(status)) {
            files.emplace_back(path);
            continue;
        }
        if (!fs::is_directory(status))
            return fail(Errc::invalid_argument, path + ": this is not a regular file or folder");
        fs::recursive_directory_iterator it(path, error);
        for (; !error && it != fs::recursive_directory_iterator(); it.increment(error))
            if (it->is_regular_file(error) && !conformance::is_description(it->path())) files.push_back(it->path());
        if (error) return fail(Errc::io, "cannot read the folder " + path + ": " + error.message());
    }
    if (files.empty())
        return fail(Errc::invalid_argument, fmt::format("there are no vector files below {}", fmt::join(paths, ", ")));
    std::ranges::sort(files);
    return files;
}

FileResult run_file(const fs::path& path, bool slow) {
    conformance::Report report(slow);
    const auto* suite = conformance::run_file(conformance::VectorFile(path), report);
    return {path, suite == nullptr ? "" : std::string(suite->name()), report.outcomes()};
}

std::string_view verdict_name(Outcome::Verdict verdict) {
    switch (verdict) {
        case Outcome::Verdict::passed:
            return "passed";
        case Outcome::Verdict::failed:
            return "failed";
        case Outcome::Verdict::skipped:
            return "skipped";
    }
    return "";
}

void print_text(const FileResult& result, bool verbose) {
    std::map<std::string, std::size_t> skips;
    for (const auto& [name, verdict, why] : result.outcomes) {
        if (verdict == Outcome::Verdict::failed) fmt::print("{}: FAILED {}: {}\n", result.path.string(), name, why);
        if (verdict == Outcome::Verdict::skipped) ++skips[why];
        if (verdict != Outcome::Verdict::failed && verbose)
            fmt::print("{}: {} {}\n", result.path.string(), verdict_name(verdict), name);
    }
    for (const auto& [why, count] : skips) fmt::print("{}: {} skipped: {}\n", result.path.string(), count, why);
}

nlohmann::json to_json(const FileResult& result) {
    nlohmann::json out{{"file", result.path.string()}, {"suite", result.suite}, {"cases", nlohmann::json::array()}};
    for (const auto& [name, verdict, why] : result.outcomes)
        out["cases"].push_back({{"name", name}, {"verdict", verdict_name(verdict)}, {"why", why}});
    return out;
}

int run_vectors(const Options& options) {
    const auto files = files_below(options.paths);
    if (!files) return exit_code_of(files.error());
    std::map<Outcome::Verdict, std::size_t> total;
    nlohmann::json all = nlohmann::json::array();
    for (const auto& path : *files) {
        const auto result = run_file(path, options.slow);
        for (const auto& outcome : result.outcomes) ++total[outcome.verdict];
        if (options.json) {
            all.push_back(to_json(result));
        } else {
            print_text(result, options.verbose);
        }
        std::fflush(stdout);
    }
    const auto passed = total[Outcome::Verdict::passed];
    const auto failed = total[Outcome::Verdict::failed];
    const auto skipped = total[Outcome::Verdict::skipped];
    if (options.json) {
        const nlohmann::json out{{"files", all}, {"passed", passed}, {"failed", failed}, {"skipped", skipped}};
        // File names need not be UTF-8, and dump() would throw.
        fmt::print("{}\n", out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
        fmt::print("{} passed, {} failed, {} skipped\n", passed, failed, skipped);
    }
    return failed == 0 ? kDone : kFault;
}

}  // namespace

void add_vectors(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    auto* verb = app.add_subcommand(
        "vectors", "run test vectors that other implementations computed; the format of each file is recognised");
    verb->add_option("PATH", options->paths, "files or folders")->required();
    verb->add_flag("--json", options->json, "print every case as JSON");
    verb->add_flag("--verbose", options->verbose, "print passed and skipped cases too");
    verb->add_flag("--slow", options->slow, "also run cases that take more than a minute");
    verb->callback([options, &run] { run = [options] { return run_vectors(*options); }; });
}

}  // namespace strata::cli
