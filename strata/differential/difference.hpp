#pragma once
// Names the first thing that two implementations did differently.
#include <strata/differential/side.hpp>

namespace strata::differential {

struct Difference {
    enum class Kind : std::uint8_t { exit_code, return_value, events, state, failure };
    Kind kind{};
    ChainEpoch epoch = 0;
    /// Two differences with an equal `sort` have the same cause as far as anyone can tell. It names types of actors,
    /// fields and codes, but no IDs and amounts, which change when steps are taken out.
    std::string sort;
    std::string text;                // for people: what each side did
    std::vector<std::string> calls;  // from the first call that differs
};

/// Compares what a message did on both sides, but not the states. Empty if it is the same.
std::optional<Difference> compare_outcomes(const Outcome& first, const Outcome& second, const std::string& first_name,
                                           const std::string& second_name);

/// A place at which two states differ, and both values as DAG-JSON.
struct StateDifference {
    ActorId actor = 0;
    std::string type;  // of the actor
    std::string path;  // from the actor's record: "state.claims[f01000].raw_byte_power"
    std::string sort;  // the path without keys
    std::string first, second;
};
/// Finds the first places at which two states differ, at most one for each actor and at most `limit`. Errors: those of
/// the stores; a state that cannot be decoded is compared as bytes.
Result<std::vector<StateDifference>> compare_states(Blockstore& first, const Cid& first_root, Blockstore& second,
                                                    const Cid& second_root, std::size_t limit);

}  // namespace strata::differential
