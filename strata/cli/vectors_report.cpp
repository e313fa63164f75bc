#include <strata/cli/vectors_report.hpp>

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include <strata/cli/exit_codes.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;
using conformance::Outcome;

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

void print_text(const VectorResult& result, bool verbose) {
    std::map<std::string, std::size_t> skips;
    for (const auto& [name, verdict, why] : result.outcomes) {
        if (verdict == Outcome::Verdict::failed) fmt::print("{}: FAILED {}: {}\n", result.path.string(), name, why);
        if (verdict == Outcome::Verdict::skipped) ++skips[why];
        if (verdict != Outcome::Verdict::failed && verbose)
            fmt::print("{}: {} {}\n", result.path.string(), verdict_name(verdict), name);
    }
    for (const auto& [why, count] : skips) fmt::print("{}: {} skipped: {}\n", result.path.string(), count, why);
}

nlohmann::json to_json(const VectorResult& result) {
    nlohmann::json out{{"file", result.path.string()}, {"suite", result.suite}, {"cases", nlohmann::json::array()}};
    for (const auto& [name, verdict, why] : result.outcomes)
        out["cases"].push_back({{"name", name}, {"verdict", verdict_name(verdict)}, {"why", why}});
    return out;
}

}  // namespace

Result<std::vector<fs::path>> vector_files(const std::vector<std::string>& paths) {
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

struct VectorSummary::Json {
    nlohmann::json files = nlohmann::json::array();
};

VectorSummary::VectorSummary(const VectorOutput& output) : output_(output), json_(std::make_unique<Json>()) {}
VectorSummary::~VectorSummary() = default;

void VectorSummary::add(const VectorResult& result) {
    for (const auto& outcome : result.outcomes) {
        passed_ += outcome.verdict == Outcome::Verdict::passed ? 1 : 0;
        failed_ += outcome.verdict == Outcome::Verdict::failed ? 1 : 0;
        skipped_ += outcome.verdict == Outcome::Verdict::skipped ? 1 : 0;
    }
    if (output_.json) {
        json_->files.push_back(to_json(result));
    } else {
        print_text(result, output_.verbose);
    }
    std::fflush(stdout);
}

int VectorSummary::finish() {
    if (output_.json) {
        const nlohmann::json out{
            {"files", json_->files}, {"passed", passed_}, {"failed", failed_}, {"skipped", skipped_}};
        // File names need not be UTF-8, and dump() would throw.
        fmt::print("{}\n", out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
        fmt::print("{} passed, {} failed, {} skipped\n", passed_, failed_, skipped_);
    }
    return failed_ == 0 ? kDone : kFault;
}

}  // namespace strata::cli
