#include <strata/differential/generator.hpp>

#include <strata/actors/multisig/state.hpp>

namespace strata::differential {
namespace {

// In percent.
constexpr unsigned kPostDue = 45;    // prove what is due, if anything is
constexpr unsigned kPassTime = 11;   // let epochs pass
constexpr unsigned kSpoilt = 9;      // change a message so that it is wrong
constexpr unsigned kByMultisig = 3;  // let a multisig send the message instead
constexpr unsigned kHalfYear = 2;    // of the times that pass, with long jumps

constexpr int kTries = 60;
constexpr ChainEpoch kWindow = 60;

Step cron_step(ChainEpoch first, ChainEpoch last, Step::Cron runs, std::string label) {
    Step out;
    out.kind = Step::Kind::cron;
    out.epoch = first;
    out.last_epoch = last;
    out.cron = runs;
    out.label = std::move(label);
    return out;
}

// Proposes the message to a multisig, which then sends it.
Result<Step> by_multisig(Scene& scene, Step step) {
    const auto wallet = scene.any(vm::ActorType::multisig);
    if (!wallet || step.kind != Step::Kind::message) return step;
    STRATA_TRY(const auto state, scene.view.state<actors::multisig::State>(*wallet));
    for (const auto& signer : state.signers) {
        const auto* person = scene.view.person_of(signer.as_id().value_or(0));
        if (person == nullptr) continue;
        constexpr MethodNumber propose = 2;
        const actors::multisig::ProposeParams proposal{step.to, step.value, step.method, step.params};
        return scene.send(*person, *wallet, propose, proposal, step.label + ", of a multisig");
    }
    return step;
}

}  // namespace

Generator::Generator(const Start& start, std::uint64_t seed, GeneratorOptions options)
    : start_(start), dice_(seed), options_(options) {
    std::vector<std::span<const Action>> all{
        transfer_actions(), multisig_actions(), channel_actions(),  onboarding_actions(), proving_actions(),
        miner_actions(),    market_actions(),   registry_actions(), datacap_actions(),    power_actions()};
    if (options.contracts) all.push_back(contract_actions());
    for (const auto& some : all)
        for (const auto& action : some) {
            actions_.push_back(action);
            total_weight_ += action.weight;
        }
}

Result<Step> Generator::pass_time(Scene& scene) {
    ChainEpoch last = 0;
    auto runs = Step::Cron::every;
    std::string label = "time passes";
    STRATA_TRY(const auto due, next_due_epoch(scene));
    if (options_.long_jumps && dice_.chance(kHalfYear)) {
        last = epoch_ + kMinSectorLifetime + dice_.between(0, 100'000);
        runs = Step::Cron::due;
        label = "half a year passes";
    } else if (due && dice_.chance(65)) {
        // Into a window in which something must be proven.
        last = *due - 1 + dice_.between(0, kWindow - 1);
        runs = last - epoch_ > 200 || dice_.chance(50) ? Step::Cron::due : Step::Cron::every;
        label = "until a deadline is open";
    } else if (dice_.chance(60)) {
        last = epoch_ + dice_.between(0, 30);
    } else if (dice_.chance(92)) {
        last = epoch_ + dice_.between(100, 3500);
        runs = Step::Cron::due;
    } else {
        // A gap without cron, as no chain has it, but the actors can tell how they catch up.
        last = epoch_ + dice_.between(2, 400);
        runs = Step::Cron::last;
    }
    auto step = cron_step(epoch_, last, runs, std::move(label));
    epoch_ = last + 1;
    return step;
}

Made Generator::draw_action(Scene& scene) {
    auto lot = dice_.below(total_weight_);
    for (const auto& action : actions_) {
        if (lot < action.weight) return action.make(scene);
        lot -= action.weight;
    }
    return nothing();
}

Result<Step> Generator::some_message(Scene& scene) {
    for (int i = 0; i < kTries; ++i) {
        STRATA_TRY(auto step, draw_action(scene));
        if (!step) continue;
        if (dice_.chance(kSpoilt)) return spoil(scene, std::move(*step));
        if (dice_.chance(kByMultisig)) return by_multisig(scene, std::move(*step));
        return std::move(*step);
    }
    return pass_time(scene);
}

Result<Step> Generator::next(Blockstore& blocks, const Cid& root) {
    STRATA_TRY(auto view, View::load(blocks, root, start_));
    Scene scene(dice_, view, start_, memory_, epoch_);
    if (dice_.chance(kPostDue)) {
        STRATA_TRY(auto post, submit_due_post(scene));
        if (post) return dice_.chance(kSpoilt / 3) ? spoil(scene, std::move(*post)) : std::move(*post);
    }
    if (dice_.chance(kPassTime)) return pass_time(scene);
    return some_message(scene);
}

}  // namespace strata::differential
