#pragma once
// Outside vectors: values that somebody else computed. A suite recognises files of its format by content, runs every
// case in them and reports each by name. `strata vectors PATH...` runs all suites over files and folders.
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <strata/base/result.hpp>

namespace strata::conformance {

/// One file of a vector folder; its text is unpacked (.zst, .gz) when first asked for.
class VectorFile {
  public:
    explicit VectorFile(std::filesystem::path path) : path_(std::move(path)) {}
    const std::filesystem::path& path() const { return path_; }
    /// Whole content, empty where it cannot be read or unpacked.
    const std::string& text() const;
    /// Why it cannot; empty if it can.
    std::string problem() const;

  private:
    const Result<std::string>& content() const;
    std::filesystem::path path_;
    mutable std::optional<Result<std::string>> content_;
};

struct Outcome {
    enum class Verdict { passed, failed, skipped };
    std::string name;
    Verdict verdict;
    std::string why;  // empty for passed
};

class Report {
  public:
    /// `slow`: cases of more than a minute are run too (strata vectors --slow).
    explicit Report(bool slow = false) : slow_(slow) {}
    bool slow() const { return slow_; }
    void pass(std::string name) { outcomes_.push_back({std::move(name), Outcome::Verdict::passed, {}}); }
    void fail(std::string name, std::string why) {
        outcomes_.push_back({std::move(name), Outcome::Verdict::failed, std::move(why)});
    }
    /// For what does not apply or is in docs/known_gaps.md; `why` says which.
    void skip(std::string name, std::string why) {
        outcomes_.push_back({std::move(name), Outcome::Verdict::skipped, std::move(why)});
    }
    /// pass if `ok`, else fail with `why`.
    void expect(bool ok, std::string name, std::string why = "differs") {
        ok ? pass(std::move(name)) : fail(std::move(name), std::move(why));
    }
    const std::vector<Outcome>& outcomes() const { return outcomes_; }

  private:
    std::vector<Outcome> outcomes_;
    bool slow_;
};

class Suite {
  public:
    virtual ~Suite() = default;
    virtual std::string_view name() const = 0;
    virtual bool recognises(const VectorFile& file) const = 0;
    virtual void run(const VectorFile& file, Report& report) const = 0;
};

/// All suites, in the order they are asked; the first that recognises a file runs it. Add one line in suites.cpp.
std::span<const Suite* const> suites();
/// Runs the suite that recognises the file and returns it; nullptr if none does. A damaged file is a failed case,
/// recognised or not.
const Suite* run_file(const VectorFile& file, Report& report);

}  // namespace strata::conformance
