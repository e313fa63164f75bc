#pragma once
#include <map>
#include <string>

namespace strata::conformance {

/// Files of a tar archive (POSIX ustar) by name. What is no such archive has none.
std::map<std::string, std::string> files_of_tar(const std::string& tar);

}  // namespace strata::conformance
