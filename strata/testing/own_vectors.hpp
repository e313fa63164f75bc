#pragma once
// Finds the vectors that were made for this repository and that no whole set has to have.
#include <filesystem>
#include <string_view>

namespace strata::testing {

/// Returns the file or folder `name` of tests/vectors, whatever STRATA_VECTORS says. A file that is missing there fails
/// the test that reads it.
std::filesystem::path own_vectors(std::string_view name);

}  // namespace strata::testing
