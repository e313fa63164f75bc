#pragma once
// Executes a recorded chain (a CAR with headers, messages and the state of genesis, as Lotus and `strata chain export`
// write it) from genesis and across upgrades: each tipset must lead to the receipts and the state that its children
// name. If the network is described, every header is checked by all rules as well. The official WASM actors must use
// the recorded gas; native actors only come near it, so on a chain of official actors they take it from the record.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <strata/base/watch.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/types/basic.hpp>

namespace strata::conformance {

struct UpgradeHeight {
    NetworkVersion version = 0;
    ChainEpoch height = 0;  // the new version holds above it
};

struct ChainReplay {
    std::string network;
    Cid genesis;
    ChainEpoch height = 0;   // of the head
    bool described = false;  // headers were checked by the rules, since a description was there
    std::string ignored;     // why the description beside the CAR was not used; empty otherwise
    std::size_t tipsets = 0;
    std::size_t blocks = 0;
    std::size_t messages = 0;                    // executed
    std::size_t valid_blocks = 0;                // blocks valid by all rules; genesis is not counted
    std::string winning_proofs;                  // how they were checked
    std::size_t refused_changes = 0;             // headers with one field changed that were refused
    std::size_t due = 0;                         // tipsets to execute: all but the head, and those of the chosen epochs
    std::size_t executed = 0;                    // tipsets with equal state and receipts
    std::string gas;                             // how it was compared
    std::vector<UpgradeHeight> found;            // upgrades whose heights the chain itself showed
    std::vector<UpgradeHeight> upgrades;         // all upgrades on the chain, the found ones included
    std::map<std::string, std::size_t> skipped;  // tipsets that cannot be executed natively, by reason
    std::vector<std::string> errors;

    /// Returns the share of the tipsets to execute whose execution gave the recorded result, in percent.
    double share() const;
};

/// The newest tipsets of a chain whose blocks are in a store, such as a snapshot.
struct NewestTipsets {
    Blockstore* blocks = nullptr;  // is only read
    std::vector<Cid> head;
    Cid genesis;
    std::size_t count = 0;
};

struct ChainReplayOptions {
    std::optional<NewestTipsets> newest = {};  // these are replayed, and `car` says where the description is
    std::filesystem::path car;                 // CAR of version 1 or 2, unpacked or packed with zstd or gzip
    std::filesystem::path network = {};  // empty: the description beside the CAR, if there is one (chain_source.hpp)
    std::filesystem::path verifying_keys = {};  // a folder; if empty, winning proofs are not verified
    std::filesystem::path bundles =
        {};  // of official actors: a file, or a folder that holds them; empty: native actors
    std::filesystem::path wasm_cache = {};     // for compiled code (wasm/engine.hpp); may be empty
    std::vector<UpgradeHeight> upgrades = {};  // replace those of the description
    ChainEpoch from = 0;                       // executes the tipsets of these epochs only
    ChainEpoch to = INT64_MAX;
    std::size_t max_errors = 20;  // stop after this many; at least 1
    std::size_t tamper = 0;       // change every field of every n-th header and expect refusal; 0 changes none
    Watch watch = {};
};

/// Replays a chain; the result has the errors of the chain. Errors: those of ChainSource, describe_network and
/// find_bundles; invalid_argument for a chain that belongs to a different network, and for options out of range;
/// not_found if no bundle has the actors of genesis; cancelled.
Result<ChainReplay> replay_chain(const ChainReplayOptions& options);

}  // namespace strata::conformance
