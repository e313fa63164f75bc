#pragma once
// The official actors as WASM: a bundle is a CAR with one root `[1, manifest data]`, the manifest data `[[name,
// code]...]` and a raw block of code for each actor. Source: docs/protocol/fvm.md §2.5.
#include <filesystem>
#include <map>
#include <memory>

#include <strata/vm/kernel.hpp>

namespace strata::wasm {

/// The code of all built-in actors of one version and network. Immutable.
struct Bundle {
    Cid root;           // the CAR's root
    Cid manifest_data;  // what the system actor's state links to
    Bytes manifest_block;
    vm::Manifest manifest;
    std::map<Cid, Bytes> codes;

    /// Reads a CAR in memory. Every block is checked against its CID. Errors: malformed, unsupported (a manifest that
    /// is not version 1), missing_block (a code is not in the CAR), and those of read_car().
    static Result<Bundle> from_car(BytesView car);
};

/// A bundle as it lies in a file: "builtin-actors-NETWORK.car", plain, packed or inside a tar archive.
struct BundleFile {
    std::string network;  // "mainnet"; the file's name if it does not have the official form
    Bundle bundle;
    std::string car;  // the CAR, unpacked
};

/// Reads all bundles of a CAR or of a tar archive, each packed or not. Errors: those of read_unpacked() and
/// Bundle::from_car(); not_found if the file holds no bundle. Each names the file.
Result<std::vector<BundleFile>> read_bundles(const std::filesystem::path& file);

/// Keeps a bundle in the folder ROOT below `folder`, with its official name, and returns its path. A bundle that is
/// there already is not written again. Errors: io, no_space.
Result<std::filesystem::path> keep_bundle(const BundleFile& file, const std::filesystem::path& folder);

/// A CAR below a folder and its first root.
struct BundlePath {
    std::filesystem::path path;
    Cid root;
};
/// Finds the CARs in a folder and the folders below it, sorted by path. Only their headers are read; files that cannot
/// be read are left out. Errors: not_found if there is no such folder; io.
Result<std::vector<BundlePath>> bundles_below(const std::filesystem::path& folder);

}  // namespace strata::wasm
