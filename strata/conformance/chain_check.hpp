#pragma once
// Checks a whole recorded chain (a CAR with headers, messages, receipts and states, as Lotus exports it): each tipset
// is executed from its recorded parent state with the recorded gas, and must lead to the recorded roots.
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
    std::size_t executed = 0;                     // state and receipts equal
    std::map<std::string, std::size_t> skipped;   // tipsets that cannot be executed natively, by reason
    std::vector<std::string> errors;

    /// Share of the tipsets that were executed, in percent.
    double share() const;
};

struct ChainCheckOptions {
    std::filesystem::path car;      // .car or .car.zst
    std::filesystem::path network;  // network.json
    std::size_t max_errors = 20;    // stop after so many
};

/// Errors: io, malformed for files that cannot be read; what is wrong with the chain is in the result.
Result<ChainCheck> check_chain(const ChainCheckOptions& options);

}  // namespace strata::conformance
