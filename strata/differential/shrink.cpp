#include <strata/differential/shrink.hpp>

namespace strata::differential {
namespace {

class Shrinking {
  public:
    Shrinking(std::vector<Step> steps, const std::string& sort, const RunSequence& run, const Watch& watch)
        : steps_(std::move(steps)), sort_(sort), run_(run), watch_(watch) {}

    std::vector<Step> result() {
        bool shorter = true;
        while (shorter && !watch_.stopped()) {
            const std::size_t before = steps_.size();
            for (std::size_t chunk = std::max<std::size_t>(steps_.size() / 2, 1); chunk > 0 && !watch_.stopped();
                 chunk /= 2)
                remove_chunks(chunk);
            shorter = steps_.size() < before;
        }
        shorten_cron();
        return std::move(steps_);
    }

  private:
    // From the end, because later steps depend on earlier ones. The last step stays: it is the one that differs.
    void remove_chunks(std::size_t chunk) {
        std::size_t end = steps_.size() - 1;
        while (end > 0 && !watch_.stopped()) {
            const std::size_t begin = end > chunk ? end - chunk : 0;
            auto fewer = steps_;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin),
                        fewer.begin() + static_cast<std::ptrdiff_t>(end));
            accept(std::move(fewer));
            end = std::min(begin, steps_.size() - 1);
        }
    }

    // A range of cron in which only the last epoch runs is quicker to repeat and easier to read.
    void shorten_cron() {
        for (std::size_t i = 0; i < steps_.size() && !watch_.stopped(); ++i) {
            if (steps_[i].kind != Step::Kind::cron) continue;
            for (const auto runs : {Step::Cron::last, Step::Cron::due}) {
                auto other = steps_;
                other[i].cron = runs;
                if (steps_[i].cron == runs || accept(std::move(other))) break;
            }
        }
    }

    // Keeps the candidate, cut after the step that differs, if it has the same difference. A sequence that cannot be
    // run is not a candidate.
    bool accept(std::vector<Step> candidate) {
        ++tried_;
        if (watch_.progress)
            watch_.progress("shortening, " + std::to_string(steps_.size()) + " steps left after " +
                                std::to_string(tried_) + " tries",
                            0);
        const auto found = run_(candidate);
        if (!found || !*found || (*found)->difference.sort != sort_) return false;
        candidate.resize((*found)->step + 1);
        steps_ = std::move(candidate);
        return true;
    }

    std::vector<Step> steps_;
    const std::string& sort_;
    const RunSequence& run_;
    const Watch& watch_;
    std::size_t tried_ = 0;
};

}  // namespace

Result<std::vector<Step>> shrink(std::vector<Step> steps, const std::string& sort, const RunSequence& run,
                                 const Watch& watch) {
    STRATA_TRY(const auto found, run(steps));
    if (!found || found->difference.sort != sort)
        return fail(Errc::invalid_argument, "the sequence has no difference of the sort \"" + sort + "\"");
    steps.resize(found->step + 1);
    return Shrinking(std::move(steps), sort, run, watch).result();
}

}  // namespace strata::differential
