#pragma once
// Compares the gas that both implementations use, and finds what a native actor has to charge for its code
// (actors/code_costs.hpp). The first side must be the native actors, the second the official ones.
#include <strata/actors/code_costs.hpp>
#include <strata/base/watch.hpp>
#include <strata/differential/campaign.hpp>

namespace strata::differential {

/// The gas of a message or an epoch of cron, on both sides.
struct MessageGas {
    bool is_cron = false;
    std::uint32_t exit_code = 0;
    MethodOf method;  // of the outermost call
    std::uint64_t native = 0;
    std::uint64_t official = 0;
};

/// What one call did and paid, without the calls that it made. Amounts are in milligas.
struct CallGas {
    MethodOf method;
    std::uint64_t host_calls = 0;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
    std::uint64_t official_code = 0;  // what the official actor paid for its instructions and its memory
    std::uint64_t official_start = 0;  // the part of it for the memory and the table with which the instance starts
    std::uint64_t native_code = 0;     // what the native actor paid by the table
    std::uint64_t native_loops = 0;    // what the native actor charges by itself (charge_round, the EVM's meter)
    std::uint64_t official_rest = 0;  // the VM's own charges
    std::uint64_t native_rest = 0;
};

struct GasSamples {
    std::vector<MessageGas> messages;
    std::vector<CallGas> calls;           // successful ones
    std::size_t unlike = 0;               // messages with different calls on both sides, whose calls are left out
    std::optional<Difference> difference;  // which ended the run
};

/// Runs a seed as run_seed() does and adds what it used to `samples`. Errors: those of run_seed().
Status sample_gas(const Start& start, const Implementations& both, std::uint64_t seed, std::size_t steps,
                  const GeneratorOptions& options, const Watch& watch, GasSamples& samples);

/// A row of the table for each method that was called, and a first row for the other methods, by actor.
std::map<vm::ActorType, std::vector<actors::CodeCost>> fit_costs(const std::vector<CallGas>& calls);
/// Writes the rows as the body of actors/code_costs.inc.
std::string costs_text(const std::map<vm::ActorType, std::vector<actors::CodeCost>>& costs);

/// Sums of the calls of each method whose native gas is more than a tenth from the official gas, for people.
std::vector<std::string> methods_apart(const std::vector<CallGas>& calls);

/// How far the native gas of successful messages is from the official gas.
struct GasDistribution {
    std::size_t count = 0;
    std::size_t within_fifth = 0;            // of the official gas
    std::array<double, 7> quantiles{};       // of native / official, see kQuantiles
    std::vector<std::pair<double, MessageGas>> farthest;  // native / official, the worst of each method
};
inline constexpr std::array<double, 7> kQuantiles = {0, 0.01, 0.1, 0.5, 0.9, 0.99, 1};
GasDistribution distribution_of(const std::vector<MessageGas>& messages);

}  // namespace strata::differential
