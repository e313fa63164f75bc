#pragma once
// The files of the folder `site`, as they were when the program was built (embed.cmake).
#include <span>
#include <string_view>

#include <strata/base/bytes.hpp>

namespace strata::explorer {

struct SiteFile {
    std::string_view path;  // below the folder, such as "pages/block.js"
    std::string_view etag;  // with its quotes; from a hash of the content
    BytesView content;
};

/// Returns all files, in ascending order of their paths.
std::span<const SiteFile> site();

}  // namespace strata::explorer
