#pragma once
// Fetches a large file over HTTP: what came before an interruption is kept, and the next call goes on there. Source:
// RFC 9110 §14 (ranges), §13.1.5 (If-Range), §15.4 (redirections).
#include <filesystem>

#include <strata/base/watch.hpp>
#include <strata/http/client.hpp>

namespace strata::node {

struct DownloadOptions {
    std::chrono::milliseconds pause{2'000};  // after a failure, doubled while nothing comes; ours
    unsigned attempts = 6;                   // that bring nothing, in a row; ours
    std::chrono::seconds silence{60};        // then a connection counts as cut off; ours
    Watch watch{};
};

/// Returns true for http:// and https://.
bool is_url(std::string_view text);

/// Fetches `url` into `folder`, under the last part of its path, and returns the file. Up to 5 redirections are
/// followed. A file of the same URL that is there, or its beginning, is taken as what it is. The content is not
/// checked. Errors: invalid_argument for anything but a URL; no_space before the beginning if the server tells the
/// size; io; cancelled.
Result<std::filesystem::path> download(const std::string& url, const std::filesystem::path& folder,
                                       const DownloadOptions& options);

}  // namespace strata::node
