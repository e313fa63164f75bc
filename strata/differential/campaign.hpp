#pragma once
// Runs many seeds, sums up what they covered, and reports the first difference of each seed.
#include <strata/base/watch.hpp>
#include <strata/differential/generator.hpp>
#include <strata/differential/pair.hpp>
#include <strata/differential/shrink.hpp>

namespace strata::differential {

/// The two implementations. They are used from several threads at a time.
struct Implementations {
    const vm::ActorTable& first;
    std::string first_name;
    const vm::ActorTable& second;
    std::string second_name;
};

struct SeedResult {
    std::uint64_t seed = 0;
    std::size_t steps = 0;  // that both sides did alike
    Coverage coverage;
    Work work;
    std::optional<Difference> difference;
    Sequence sequence;  // the steps up to the difference; empty without one
    bool stopped = false;
};

/// Is told of each step and of what it did on the first side.
using Each = std::function<void(const Step&, const Outcome&)>;

/// Runs one seed up to its first difference or for `steps` steps. `each` may be empty. Errors: neither side can go on.
Result<SeedResult> run_seed(const Start& start, const Implementations& both, std::uint64_t seed, std::size_t steps,
                            const GeneratorOptions& options, const Watch& watch, const Each& each = {});

/// Runs `count` seeds from `first_seed` on up to `jobs` threads. The results are in the order of the seeds and do not
/// depend on `jobs`. `done` is called from the threads, one call at a time. Errors: those of run_seed().
Result<std::vector<SeedResult>> run_seeds(const Start& start, const Implementations& both, std::uint64_t first_seed,
                                          std::size_t count, std::size_t steps, std::size_t jobs,
                                          const GeneratorOptions& options, const Watch& watch,
                                          const std::function<void(const SeedResult&)>& done);

/// Runs given steps and returns the first difference.
Result<std::optional<FoundAt>> run_steps(const Start& start, const Implementations& both,
                                         const std::vector<Step>& steps);

/// Returns true if the native actors have the method.
bool has_method(const MethodOf& method);
/// Adds counts.
void add_to(Coverage& sum, const Coverage& more);
/// The rows of a table: actor, method, calls, and how they ended. A method that the native actors have and that never
/// succeeded has a row too. The first row is the heading.
std::vector<std::vector<std::string>> coverage_table(const Coverage& coverage);
/// The methods of the native actors that no call of `coverage` succeeded with, as "actor method".
std::vector<std::string> never_successful(const Coverage& coverage);

}  // namespace strata::differential
