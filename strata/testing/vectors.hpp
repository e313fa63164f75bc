#pragma once
// Where the outside vectors are, for the tests that need them. The whole set lies in the folder that the environment
// variable STRATA_VECTORS names; a small set lies in the repository (tests/vectors). Both have the same names.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace strata::testing {

/// The file or folder `name` of the vectors, in the whole set where STRATA_VECTORS is set, else in the small one; a
/// file may be packed there (.zst or .gz behind its name). Empty: only the whole set has it, and STRATA_VECTORS is not
/// set; the test then skips with `GTEST_SKIP() << only_in_whole_set(name)`. Where STRATA_VECTORS is set it is never
/// empty: a file that is missing there fails the test that reads it.
std::optional<std::filesystem::path> find_vectors(std::string_view name);
std::string only_in_whole_set(std::string_view name);

/// The content of a file, unpacked; the file may be packed where `path` does not say so. A test program that cannot
/// read it ends with a message that names the file.
std::string read_file(const std::filesystem::path& path);

}  // namespace strata::testing
