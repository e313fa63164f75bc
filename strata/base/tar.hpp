#pragma once
#include <map>
#include <string>

namespace strata {

/// Returns the files of a tar archive (POSIX ustar) by name, up to the first damaged header. Names with ".." are left
/// out.
std::map<std::string, std::string> files_of_tar(const std::string& tar);

}  // namespace strata
