#include <strata/differential/pair.hpp>

#include <strata/actors/power/state.hpp>
#include <strata/actors/read/state_of.hpp>

namespace strata::differential {
namespace {

constexpr std::uint32_t kOutOfGas = 7;
constexpr std::size_t kStatesShown = 5;
constexpr std::size_t kCallsShown = 12;

// Tells in which epochs the power actor has something to do. It is asked again after each run of cron.
class DueEpochs {
  public:
    static Result<DueEpochs> load(Blockstore& store, const Cid& root) {
        using namespace actors::power;
        STRATA_TRY(auto tree, vm::StateTree::load(store, root));
        STRATA_TRY(const auto state, actors::state_of<State>(tree, kPowerId));
        STRATA_TRY(auto queue, CronQueue::load(store, state.cron_event_queue, kCronQueueHamtWidth));
        return DueEpochs(std::move(queue));
    }
    Result<bool> has(ChainEpoch epoch) const { return queue_.contains(epoch); }

  private:
    explicit DueEpochs(actors::power::CronQueue queue) : queue_(std::move(queue)) {}
    actors::power::CronQueue queue_;
};

std::string failure_text(const std::string& name, const Result<Outcome>& result) {
    return "\n  " + name + ": " +
           (result ? "exit code " + std::to_string(result->exit_code) : "fails: " + result.error().message());
}

}  // namespace

template <class F>
std::vector<std::string> Pair::calls_that_differ(const Cid& before, F run) {
    std::array<std::vector<CallRecord>, 2> traces;
    std::size_t i = 0;
    for (auto* side : {&first_, &second_}) {
        const Cid after = side->root();
        side->go_to(before);
        side->table().trace_into(&traces[i++]);
        (void)run(*side);
        side->table().trace_into(nullptr);
        side->go_to(after);
    }
    const auto text = [&](std::size_t side, std::size_t at, bool with_reason) {
        return at < traces[side].size() ? describe(traces[side][at], with_reason) : std::string("no call");
    };
    std::vector<std::string> out;
    for (std::size_t at = 0; at < std::max(traces[0].size(), traces[1].size()) && out.size() < kCallsShown; ++at) {
        if (text(0, at, false) == text(1, at, false)) continue;
        out.push_back(first_.name() + ": " + text(0, at, true));
        out.push_back(second_.name() + ": " + text(1, at, true));
    }
    return out;
}

template <class F>
Result<std::optional<Difference>> Pair::compare(ChainEpoch epoch, F run) {
    const Cid before = first_.root();
    auto first = run(first_);
    auto second = run(second_);
    if (!first && !second) return std::move(first).error();
    std::optional<Difference> out;
    if (!first || !second) {
        out = Difference{Difference::Kind::failure,
                         epoch,
                         "one side fails",
                         "one side cannot run the message" + failure_text(first_.name(), first) +
                             failure_text(second_.name(), second),
                         {}};
    } else {
        if (first->exit_code == kOutOfGas || second->exit_code == kOutOfGas) ++work_.out_of_gas;
        out = compare_outcomes(*first, *second, first_.name(), second_.name());
        if (!out && first->root != second->root) {
            STRATA_TRY(const auto states,
                       compare_states(first_.store(), first->root, second_.store(), second->root, kStatesShown));
            out = Difference{Difference::Kind::state, epoch, "state", "state", {}};
            for (const auto& state : states)
                out->text += "\n  f0" + std::to_string(state.actor) + " (" + state.type + ") " + state.path + "\n    " +
                             first_.name() + ": " + state.first + "\n    " + second_.name() + ": " + state.second;
            if (!states.empty()) out->sort += " " + states[0].type + " " + states[0].sort;
        }
        if (!out && each_gas_) each_gas_(*first, first_.gas_record(), *second, second_.gas_record());
        last_ = std::move(*first);
    }
    if (out) {
        out->epoch = epoch;
        out->calls = calls_that_differ(before, run);
    }
    return out;
}

Result<std::optional<Difference>> Pair::apply_message(const Step& step) {
    ++work_.messages;
    STRATA_TRY(auto difference, compare(step.epoch, [&](Side& side) { return side.apply_message(step); }));
    if (difference) difference->sort += " of method " + std::to_string(step.method);
    return difference;
}

Result<std::optional<Difference>> Pair::apply_cron(ChainEpoch epoch) {
    ++work_.cron_epochs;
    STRATA_TRY(auto difference, compare(epoch, [&](Side& side) { return side.apply_cron(epoch); }));
    if (difference) difference->sort += " of cron";
    return difference;
}

Result<std::optional<Difference>> Pair::apply(const Step& step) {
    if (step.kind != Step::Kind::cron) return apply_message(step);
    std::optional<DueEpochs> due;
    for (ChainEpoch epoch = step.epoch; epoch <= step.last_epoch; ++epoch) {
        if (step.cron == Step::Cron::last) epoch = step.last_epoch;
        if (step.cron == Step::Cron::due && epoch != step.last_epoch) {
            if (!due) {
                STRATA_TRY(due, DueEpochs::load(store(), root()));
            }
            STRATA_TRY(const bool run, due->has(epoch));
            if (!run) continue;
        }
        due.reset();
        STRATA_TRY(auto difference, apply_cron(epoch));
        if (difference) return std::optional(std::move(difference));
    }
    return std::optional<Difference>{};
}

}  // namespace strata::differential
