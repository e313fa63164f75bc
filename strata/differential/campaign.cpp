#include <strata/differential/campaign.hpp>

#include <atomic>
#include <thread>

#include <strata/base/mutex.hpp>

namespace strata::differential {

Result<SeedResult> run_seed(const Start& start, const Implementations& both, std::uint64_t seed, std::size_t steps,
                            const GeneratorOptions& options, const Watch& watch, const Each& each) {
    SeedResult out;
    out.seed = seed;
    out.sequence = {seed, start.root, {}};
    Pair pair(start, both.first, both.first_name, both.second, both.second_name);
    Generator generator(start, seed, options);
    for (; out.steps < steps && !out.difference; ++out.steps) {
        if (watch.stopped()) {
            out.stopped = true;
            break;
        }
        if (watch.progress)
            watch.progress("seed " + std::to_string(seed), static_cast<double>(out.steps) / static_cast<double>(steps));
        STRATA_TRY(auto step, generator.next(pair.store(), pair.root()));
        out.sequence.steps.push_back(std::move(step));
        auto difference = pair.apply(out.sequence.steps.back());
        if (!difference)
            return std::move(difference)
                .error()
                .with_context("seed " + std::to_string(seed) + ", step " + std::to_string(out.steps) + ", " +
                              describe(out.sequence.steps.back()));
        if (each) each(out.sequence.steps.back(), pair.last());
        out.difference = std::move(*difference);
        if (out.difference) break;
    }
    out.coverage = pair.coverage();
    out.work = pair.work();
    if (!out.difference) out.sequence.steps.clear();
    return out;
}

Result<std::vector<SeedResult>> run_seeds(const Start& start, const Implementations& both, std::uint64_t first_seed,
                                          std::size_t count, std::size_t steps, std::size_t jobs,
                                          const GeneratorOptions& options, const Watch& watch,
                                          const std::function<void(const SeedResult&)>& done) {
    std::vector<std::optional<Result<SeedResult>>> results(count);
    std::atomic<std::size_t> next{0};
    Mutex told;
    const auto work = [&] {
        for (;;) {
            const std::size_t index = next++;
            if (index >= count || watch.stopped()) return;
            auto result = run_seed(start, both, first_seed + index, steps, options, watch);
            const Lock lock(told);
            if (result && done) done(*result);
            results[index] = std::move(result);
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < std::min(jobs, count); ++i) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
    std::vector<SeedResult> out;
    for (auto& result : results) {
        if (!result) continue;  // the watch stopped first
        if (!*result) return std::move(*result).error();
        out.push_back(std::move(**result));
    }
    return out;
}

Result<std::optional<FoundAt>> run_steps(const Start& start, const Implementations& both,
                                         const std::vector<Step>& steps) {
    Pair pair(start, both.first, both.first_name, both.second, both.second_name);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        STRATA_TRY(auto difference, pair.apply(steps[i]));
        if (difference) return std::optional(FoundAt{i, std::move(*difference)});
    }
    return std::optional<FoundAt>{};
}

}  // namespace strata::differential
