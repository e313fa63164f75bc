#pragma once
// One run: a network of nodes, what goes wrong in it, and the checks of what must never go wrong. A seed decides
// everything, so the same options give the same run, bit for bit. One thread for each run.
#include <set>

#include <strata/simulation/sim_node.hpp>

namespace strata::simulation {

enum class Fault : std::uint8_t { loss, slow, skew, reset, half_open, restart, partition };
/// A rule that is switched off on purpose, so that the checks must find it.
enum class Canary : std::uint8_t {
    none,
    slash_filter,  // a miner forgets at a restart what it signed
    fork_choice,   // a node keeps the first head that it sees
};

struct SimOptions {
    std::uint64_t seed = 1;
    std::size_t nodes = 10;
    std::size_t miners = 10;  // shared out among the honest nodes
    ChainEpoch epochs = 200;
    ChainEpoch settling = 15;     // epochs without faults at the end, in which all heads must become one
    ChainEpoch final_after = 60;  // no honest node may revert as many epochs; the rule of the chain itself is 900
    std::set<Fault> faults{};
    std::set<Misdeed> misdeeds{};  // of at most three more nodes, which the seed draws
    Canary canary = Canary::none;
};

struct SimResult {
    std::uint64_t seed = 0;
    Hash256 hash{};
    ChainEpoch height = 0;
    std::size_t blocks = 0;  // that were made
    std::size_t restarts = 0;
    ChainEpoch longest_revert = 0;
    std::vector<std::string> violations{};
};

Result<std::set<Fault>> parse_faults(std::string_view text);
Result<std::set<Misdeed>> parse_misdeeds(std::string_view text);
Result<Canary> parse_canary(std::string_view text);

/// Runs one seed. Errors: failures to begin; what goes wrong later is a violation.
Result<SimResult> simulate(const SimOptions& options);

}  // namespace strata::simulation
