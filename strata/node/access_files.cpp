#include <strata/node/access_files.hpp>

#include <algorithm>
#include <vector>

#include <strata/base/files.hpp>
#include <strata/http/message.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAddress = "api";
constexpr const char* kToken = "token";
// Lotus' tools take a folder for a node's only if it has this folder, or one of the name "datastore".
constexpr const char* kKeys = "keystore";
constexpr std::uint64_t kLongest = 4096;  // bytes of either file

std::string first_line(const fs::path& file) {
    const auto content = read_file(file, kLongest);
    if (!content) return {};
    const auto text = as_text(*content);
    return std::string(text.substr(0, text.find_first_of("\r\n")));
}

std::vector<std::string_view> parts_of(std::string_view multiaddr) {
    std::vector<std::string_view> out;
    while (multiaddr.starts_with('/')) {
        multiaddr.remove_prefix(1);
        const auto end = std::min(multiaddr.find('/'), multiaddr.size());
        out.push_back(multiaddr.substr(0, end));
        multiaddr.remove_prefix(end);
    }
    return out;
}

}  // namespace

Result<std::string> multiaddr_of(const std::string& url) {
    constexpr std::string_view kScheme = "http://";
    const auto port = url.rfind(':');
    if (!url.starts_with(kScheme) || port == std::string::npos || port < kScheme.size())
        return fail(Errc::invalid_argument, "the URL is " + url + ", expected http://ADDRESS:PORT");
    std::string host = url.substr(kScheme.size(), port - kScheme.size());
    const bool is_v6 = host.starts_with('[') && host.ends_with(']');
    if (is_v6) host = host.substr(1, host.size() - 2);
    return (is_v6 ? "/ip6/" : "/ip4/") + host + "/tcp/" + url.substr(port + 1) + "/http";
}

std::string url_of(std::string_view multiaddr) {
    const auto parts = parts_of(multiaddr);
    if (parts.size() < 4 || parts[2] != "tcp") return std::string(multiaddr);
    const bool is_secure = parts.size() > 4 && (parts[4] == "https" || parts[4] == "wss");
    return (is_secure ? "https://" : "http://") + http::bracketed(parts[1]) + ":" + std::string(parts[3]);
}

Status write_access_files(const fs::path& folder, const std::string& url, const std::string& token) {
    STRATA_TRY(const auto address, multiaddr_of(url));
    STRATA_OK(make_folders(folder / kKeys, FileAccess::owner_only));
    STRATA_OK(write_file(folder / kToken, as_bytes(token), FileAccess::owner_only));
    return write_file(folder / kAddress, as_bytes(address), FileAccess::owner_only);
}

Status remove_access_files(const fs::path& folder) {
    return remove_path(folder / kAddress);
}

ApiAccess read_access_files(const fs::path& folder) {
    return {url_of(first_line(folder / kAddress)), first_line(folder / kToken)};
}

ApiAccess parse_api_info(std::string_view text) {
    // A token of three parts in base64url comes first, if there is one.
    constexpr std::string_view kTokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    const auto colon = text.find(':');
    const bool has_token = colon != std::string_view::npos && std::ranges::count(text.substr(0, colon), '.') == 2 &&
                           text.find_first_not_of(kTokenCharacters) == colon;
    if (!has_token) return {url_of(text), {}};
    return {url_of(text.substr(colon + 1)), std::string(text.substr(0, colon))};
}

}  // namespace strata::node
