#pragma once
// Finds the client's files and the network's providers for the verbs put, get, deals and sp.
#include <strata/cli/node_verb.hpp>
#include <strata/client/providers.hpp>
#include <strata/client/put_record.hpp>

namespace strata::cli {

struct StorageOptions : NodeOptions {
    std::vector<std::string> providers;  // URLs
    std::filesystem::path records;       // empty: files_folder()
    std::string miner;
};
void add_provider_options(CLI::App& verb, StorageOptions& options);
void add_records_option(CLI::App& verb, StorageOptions& options);

/// Returns the folder of the client's records: --records, or "files" in the folder of the node that is asked, or one of
/// the network in ~/.cache/strata/files. Errors: invalid_argument if it is of a different network; those of asking the
/// node.
Result<client::PutFolder> files_folder(const StorageOptions& options, client::NodeCalls& node);
/// Returns where to look for providers: --provider, or the nodes of the local network.
client::ProviderSearch provider_search(const StorageOptions& options);
/// Reads --miner; empty if it was not given. Errors: invalid_argument.
Result<std::optional<Address>> chosen_miner(const StorageOptions& options);

/// Prints a record: what --json shows of a file that was put.
api::Json record_json(const client::PutRecord& record, char prefix);

}  // namespace strata::cli
