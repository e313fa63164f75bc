#pragma once
// One run: a network of nodes, what goes wrong in it, and the checks of what must never go wrong. A seed decides
// everything, so the same options give the same run, bit for bit. A run stays on the calling thread's side: several may
// run at the same time on threads of their own.
#include <set>

#include <strata/crypto/bls_substitute.hpp>
#include <strata/simulation/checks.hpp>
#include <strata/simulation/sim_node.hpp>

namespace strata::simulation {

enum class Fault : std::uint8_t { loss, slow, skew, reset, half_open, restart, partition };

struct SimOptions {
    std::uint64_t seed = 1;
    std::size_t nodes = 10;
    std::size_t miners = 10;  // shared out among the honest nodes
    ChainEpoch epochs = 200;
    ChainEpoch settling = 15;  // epochs without faults at the end, in which all heads must become one
    std::set<Fault> faults{};
    std::set<Misdeed> misdeeds{};  // of at most three more nodes, which the seed draws
    Canary canary = Canary::none;
    crypto::bls::Substitute::Kind signatures = crypto::bls::Substitute::Kind::stub;
    std::optional<LinkQuality> links{};  // empty: as the faults say
    std::size_t peers = 4;               // that a node wants to be connected with
    bool measures_blocks = false;        // fills SimResult::to_gossip and to_head
    std::function<bool()> is_stopped{};  // looked at once an epoch; may be empty
};

struct SimResult {
    std::uint64_t seed = 0;
    Hash256 hash{};  // of all events: what arrived where and when, and what was made of it
    ChainEpoch height = 0;
    std::size_t blocks = 0;           // that were made
    std::vector<Misdeed> misdeeds{};  // of the nodes after the honest ones
    std::size_t restarts = 0;
    ChainEpoch longest_revert = 0;
    std::vector<Violation> violations{};
    // For each block and each node but the one that made it: the time from leaving the one to the other, by gossip, and
    // to a head of it.
    std::vector<Instant> to_gossip{}, to_head{};
};

// Each text is "none", "all", or names with commas between them. Errors: invalid_argument, with the names.
Result<std::set<Fault>> parse_faults(std::string_view text);
Result<std::set<Misdeed>> parse_misdeeds(std::string_view text);
std::string_view name_of(Misdeed misdeed);
Result<Canary> parse_canary(std::string_view text);
Result<crypto::bls::Substitute::Kind> parse_signatures(std::string_view text);

/// Runs one seed. Errors: invalid_argument; cancelled; failures to begin. What goes wrong later is a violation.
Result<SimResult> simulate(const SimOptions& options);

}  // namespace strata::simulation
