#pragma once
// Checks a complete recorded chain (a CAR with headers, messages, receipts and states, as Lotus exports it): every
// header by all rules; each tipset is executed from its recorded parent state, and must lead to the recorded roots.
// Native actors take the gas from the record; the official WASM actors must use the same gas.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <strata/base/result.hpp>

namespace strata::conformance {

struct ChainCheck {
    std::size_t tipsets = 0;
    std::size_t blocks = 0;
    std::size_t messages = 0;
    std::size_t valid_blocks = 0;                // blocks valid by all rules; genesis is not counted
    std::string winning_proofs;                  // how they were checked
    std::size_t refused_changes = 0;             // headers with one field changed that were refused
    std::size_t executed = 0;                    // tipsets with equal state and receipts
    std::map<std::string, std::size_t> skipped;  // tipsets that cannot be executed natively, by reason
    std::vector<std::string> errors;

    /// Returns the share of the tipsets below the head whose execution gave the recorded result, in percent.
    double share() const;
};

struct ChainCheckOptions {
    std::filesystem::path car;             // CAR of version 1 or 2, unpacked or packed with zstd or gzip
    std::filesystem::path network;         // network.json
    std::filesystem::path verifying_keys;  // a folder; if empty, winning proofs are not verified
    std::filesystem::path bundle;          // of the official actors (wasm/bundle.hpp); if empty, native actors run
    std::filesystem::path wasm_cache;      // for compiled code (wasm/engine.hpp); may be empty
    std::size_t max_errors = 20;           // stop after this many; at least 1
    std::size_t tamper = 0;                // change every field of every n-th header and expect refusal; 0 changes none
};

/// Checks a chain; the result has the errors of the chain. Errors, with the name of the file: those of read_unpacked()
/// and of load_car(); invalid_argument for a chain that belongs to a different network, and for max_errors 0.
Result<ChainCheck> check_chain(const ChainCheckOptions& options);

}  // namespace strata::conformance
