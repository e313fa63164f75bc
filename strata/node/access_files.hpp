#pragma once
// The files in a node's folder with which programs of the same user reach its API: "api" holds a multiaddr and "token"
// a token that allows everything, as in a folder of Lotus. So LOTUS_PATH=FOLDER works for Lotus' tools. Source:
// docs/protocol/node.md §26 (lotus node/repo/fsrepo.go, cli/util/api.go).
#include <filesystem>
#include <string>

#include <strata/base/result.hpp>

namespace strata::node {

/// Where an API answers, and the token for it.
struct ApiAccess {
    std::string url;    // http://HOST:PORT, or with a path; empty if it is not known
    std::string token;  // empty: no token
};

/// Writes both files, readable by the user alone. `url` is http://ADDRESS:PORT. Errors: invalid_argument for a
/// different URL; io, no_space.
Status write_access_files(const std::filesystem::path& folder, const std::string& url, const std::string& token);
/// Removes the address; the token stays, as in Lotus.
Status remove_access_files(const std::filesystem::path& folder);
/// Reads what a node wrote into its folder; parts that are not there stay empty.
ApiAccess read_access_files(const std::filesystem::path& folder);
/// Reads the form "TOKEN:ADDRESS" or "ADDRESS", in which FULLNODE_API_INFO names a node; the address is a URL or a
/// multiaddr. Source: lotus cli/util/apiinfo.go.
ApiAccess parse_api_info(std::string_view text);

/// Returns "/ip4/127.0.0.1/tcp/1234/http" for "http://127.0.0.1:1234". Errors: invalid_argument.
Result<std::string> multiaddr_of(const std::string& url);
/// Returns the URL of such a multiaddr, also with dns, https and ws; a text of a different form is returned unchanged.
std::string url_of(std::string_view multiaddr);

}  // namespace strata::node
