#pragma once
// Gets a file back by its CID: finds which providers hold it, by the client's records, by the deals on the chain, and
// by asking the known providers; checks every block; and goes on where an earlier call stopped. One thread at a time.
#include <strata/base/watch.hpp>
#include <strata/client/providers.hpp>
#include <strata/client/put_record.hpp>
#include <strata/retrieval/file_retriever.hpp>

namespace strata::client {

struct GetOptions {
    Cid root;
    std::filesystem::path out;
    std::optional<Address> miner;  // empty: any
    ProviderSearch search;
    bool replace = false;  // true: an existing file is replaced
};

struct GotFile {
    std::vector<std::string> sources;  // URLs of the providers that were asked
    retrieval::RetrievedFile file;
};

/// Returns the providers that may have the file, those first that are known to. Errors: not_found, with what was looked
/// at and what to do; those of the node; cancelled.
Result<std::vector<retrieval::FileSource>> find_sources(NodeCalls& node, const PutFolder& folder,
                                                        const GetOptions& options, const Watch& watch);

/// Gets the file. What came already is kept in a folder beside `out` until the file is complete. Errors:
/// invalid_argument for a CID that is not a file's, or if `out` exists; not_found and missing_block if no provider has
/// it; verification, unsupported, io, cancelled.
Result<GotFile> get_file(NodeCalls& node, const PutFolder& folder, const GetOptions& options, const Watch& watch);

}  // namespace strata::client
