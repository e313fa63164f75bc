#pragma once
// The verbs below `vectors` share these functions, which find files and print the results of their cases.
#include <strata/conformance/suite.hpp>

namespace strata::cli {

struct VectorResult {
    std::filesystem::path path;
    std::string suite;  // empty: no suite recognises the file
    std::vector<conformance::Outcome> outcomes;
};

/// Returns the given files and all files below the given folders, sorted. Errors: io with the path; invalid_argument
/// for a path that is neither a file nor a folder, and if there are no files.
Result<std::vector<std::filesystem::path>> vector_files(const std::vector<std::string>& paths);

struct VectorOutput {
    bool json = false;
    bool verbose = false;
};

/// Collects the results of files, prints them and gives the exit code.
class VectorSummary {
  public:
    explicit VectorSummary(const VectorOutput& output);
    ~VectorSummary();
    /// Counts the result of a file; as text it is printed at once.
    void add(const VectorResult& result);
    /// Prints the sums, or everything as JSON. Returns the exit code of the program.
    int finish();

  private:
    struct Json;
    VectorOutput output_;
    std::unique_ptr<Json> json_;
    std::size_t passed_ = 0;
    std::size_t failed_ = 0;
    std::size_t skipped_ = 0;
};

}  // namespace strata::cli
