#pragma once
// Makes a sequence that ends in a difference shorter, while the difference stays.
#include <functional>

#include <strata/base/watch.hpp>
#include <strata/differential/difference.hpp>

namespace strata::differential {

/// Runs a sequence from the start and returns the first difference, with the number of its step.
struct FoundAt {
    std::size_t step = 0;
    Difference difference;
};
using RunSequence = std::function<Result<std::optional<FoundAt>>(const std::vector<Step>&)>;

/// Removes chunks of steps, then single ones (delta debugging; Zeller and Hildebrandt, "Simplifying and Isolating
/// Failure-Inducing Input", 2002), and shortens ranges of cron, as long as `run` finds a difference with the same
/// `sort`. `steps` ends with the step that differs. Stops early when the watch stops; the result is then a sequence
/// that differs, too. Errors: those of `run` for `steps` themselves.
Result<std::vector<Step>> shrink(std::vector<Step> steps, const std::string& sort, const RunSequence& run,
                                 const Watch& watch);

}  // namespace strata::differential
