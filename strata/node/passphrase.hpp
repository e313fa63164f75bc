#pragma once
// Gets the passphrase of a node's wallet where nobody can be asked: from a file, or from a program such as a password
// manager's.
#include <filesystem>
#include <string>

#include <strata/base/result.hpp>

namespace strata::node {

inline constexpr std::size_t kMaxPassphrase = 4'096;  // bytes

/// Returns the file's first line. Errors: invalid_argument for a file that others may read; those of read_file.
Result<std::string> passphrase_from_file(const std::filesystem::path& file);
/// Runs a command of the shell and returns the first line that it writes; it may ask a person, so there is no limit of
/// time. Errors: io if it fails or writes nothing.
Result<std::string> passphrase_from_command(const std::string& command);

}  // namespace strata::node
