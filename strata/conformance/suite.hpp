#pragma once
// Runs outside vectors, which are values that independent programs computed. A suite recognises the files of its format
// by their content, runs every case in them and reports each by name. `strata vectors PATH...` runs all suites over
// files and folders. A damaged, empty or unknown file is a failed case: a runner that finds nothing to run must not
// report success.
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <strata/base/result.hpp>

namespace strata::conformance {

/// Returns `path` unchanged, or with .zst or .gz at its end if only a packed file exists.
std::filesystem::path packed_or_plain(const std::filesystem::path& path);

/// One file of a vector folder, packed or not; its content is read and unpacked when it is first asked for.
class VectorFile {
  public:
    /// Opens the file that packed_or_plain(path) finds.
    explicit VectorFile(const std::filesystem::path& path) : path_(packed_or_plain(path)) {}
    const std::filesystem::path& path() const { return path_; }
    /// Returns the file's name without the ending of the packing: "chain.car" for "chain.car.zst".
    std::string name() const;
    /// Returns the ending of name(): ".car".
    std::string extension() const { return std::filesystem::path(name()).extension(); }
    /// Returns the complete content, unpacked; empty if the file cannot be read.
    const std::string& text() const;
    /// Returns the reason why the file cannot be read, with its path; empty if it can.
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
    std::string why;  // empty if it passed
};

class Report {
  public:
    /// Makes a report. `slow` also runs the cases of more than a minute (strata vectors --slow).
    explicit Report(bool slow = false) : slow_(slow) {}
    bool slow() const { return slow_; }
    void pass(std::string name) { outcomes_.push_back({std::move(name), Outcome::Verdict::passed, {}}); }
    void fail(std::string name, std::string why) {
        outcomes_.push_back({std::move(name), Outcome::Verdict::failed, std::move(why)});
    }
    /// Skips a case that does not apply, or that docs/known_gaps.md names; `why` gives the reason.
    void skip(std::string name, std::string why) {
        outcomes_.push_back({std::move(name), Outcome::Verdict::skipped, std::move(why)});
    }
    /// Passes the case if `ok`, otherwise fails it with `why`.
    void expect(bool ok, std::string name, std::string why = "the value differs from the recorded one") {
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

/// Returns all suites in the order in which they are asked; the first one that recognises a file runs it. A new suite
/// is one line in suites.cpp.
std::span<const Suite* const> suites();
/// Returns true for files in the folders of vectors that are not vectors: texts for people (.md, LICENSE files) and
/// files whose names begin with a dot.
bool is_description(const std::filesystem::path& path);
/// Runs the suite that recognises the file and returns that suite. Returns null, with a failed case in the report, if
/// no suite recognises the file. A file that cannot be read, is empty or ends a suite with an exception is a failed
/// case as well.
const Suite* run_file(const VectorFile& file, Report& report);

}  // namespace strata::conformance
