#pragma once
// Where the outside vectors are, for tests that need them.
#include <filesystem>
#include <optional>

namespace strata::testing {

/// The folder that STRATA_VECTORS names (its parent also holds `reference/`), or nothing: the test then prints what it
/// skipped and passes.
std::optional<std::filesystem::path> vectors_dir();

/// Whole file; aborts the test program if it cannot be read. Files ending in .zst or .gz are unpacked.
std::string read_file(const std::filesystem::path& path);

}  // namespace strata::testing
