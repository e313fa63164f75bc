#pragma once
// A sequence of steps that runs on two implementations of the actors. Steps are plain data, so that a sequence can be
// kept in a file, shortened and run again.
#include <strata/types/basic.hpp>

namespace strata::differential {

struct Step {
    enum class Kind : std::uint8_t {
        message,   // of an account; the nonce is the sender's present one
        implicit,  // of the system, such as a block reward
        cron,      // the end of the epochs from `epoch` to `last_epoch`
    };
    /// In which epochs of the range cron runs. `due`: in those for which the power actor's queue has an event, and in
    /// the last one. `last`: in the last one only, so that the actors meet a gap.
    enum class Cron : std::uint8_t { every, due, last };

    Kind kind = Kind::message;
    ChainEpoch epoch = 0;
    ChainEpoch last_epoch = 0;  // of a cron step
    Cron cron = Cron::every;    // of a cron step
    Address from;               // this and the following fields are of messages
    Address to;
    MethodNumber method = 0;
    TokenAmount value;
    Bytes params;
    std::string label;  // says what the step is for; it has no effect

    friend bool operator==(const Step&, const Step&) = default;
};

struct Sequence {
    std::uint64_t seed = 0;   // of the generator; 0 if a person wrote the sequence
    Cid start;                // the state root before the first step (start.hpp)
    std::vector<Step> steps;  // epochs do not decrease

    friend bool operator==(const Sequence&, const Sequence&) = default;
};

/// The most steps of a file, and the most epochs of one cron step.
inline constexpr std::size_t kMaxSteps = 1'000'000;
inline constexpr ChainEpoch kMaxCronRange = 10'000'000;

/// Writes a sequence as JSON, one line for each step (strata/differential/README.md).
std::string to_json(const Sequence& sequence);
/// Errors: malformed, with the number of the step and the field that is wrong.
Result<Sequence> parse_sequence(std::string_view json);

/// Returns one line for people: the epoch, who calls which method of whom, the value and the label.
std::string describe(const Step& step);

}  // namespace strata::differential
