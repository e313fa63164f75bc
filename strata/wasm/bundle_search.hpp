#pragma once
// Finds the bundles of given manifests: a state names the data of its manifest, and the code may lie anywhere in a
// folder that a person names.
#include <strata/wasm/bundle.hpp>

namespace strata::wasm {

struct FoundBundles {
    std::map<Cid, std::shared_ptr<const Bundle>> by_manifest;  // by the CID of the manifest's data
    std::size_t bundles = 0;                                   // how many were looked at
    std::vector<std::string> unreadable;                       // files that could not be read as a bundle, and why
};

/// Looks for the bundles whose manifests have these data in `place`: a file as read_bundles() takes it, or a folder
/// with such files (names that end with .car, .car.zst, .car.gz, .tar, .tar.zst, .tar.gz or .tgz) in it or below it.
/// Files with official names come first, and the search ends when all are found. Errors: not_found if there is no such
/// place; io; for a file also those of read_bundles().
Result<FoundBundles> find_bundles(const std::filesystem::path& place, const std::vector<Cid>& manifests);

}  // namespace strata::wasm
