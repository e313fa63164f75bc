#pragma once
// Finds the outside vectors for the tests that need them. The whole set is in the folder that the environment variable
// STRATA_VECTORS names; a small set is in the repository (tests/vectors). Both have the same names.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace strata::testing {

/// Returns the file or folder `name` of the vectors, in the whole set if STRATA_VECTORS is set, otherwise in the small
/// one; a file may be packed there (.zst or .gz after its name). Empty if only the whole set has it and STRATA_VECTORS
/// is not set; the test then skips with `GTEST_SKIP() << skip_reason(name)`. If STRATA_VECTORS is set, the result
/// is never empty: a file that is missing there fails the test that reads it.
std::optional<std::filesystem::path> find_vectors(std::string_view name);
/// Returns the reason for skipping a test whose vectors are not in the small set.
std::string skip_reason(std::string_view name);

/// Returns the content of a file, unpacked; the file may be packed even if `path` does not say so. A test program that
/// cannot read it ends with a message that names the file.
std::string read_file(const std::filesystem::path& path);

}  // namespace strata::testing
