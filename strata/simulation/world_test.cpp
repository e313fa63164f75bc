// Whole runs. What must hold is in checks.hpp; a canary is a rule that is switched off, so a run that does not find it
// checks nothing.
#include <strata/simulation/world.hpp>

#include <gtest/gtest.h>

namespace strata::simulation {
namespace {

SimOptions small(std::uint64_t seed) {
    SimOptions out;
    out.seed = seed;
    out.nodes = 4;
    out.miners = 4;
    out.epochs = 12;
    out.settling = 8;
    out.faults = parse_faults("all").value();
    out.misdeeds = parse_misdeeds("all").value();
    return out;
}

std::string text_of(const SimResult& result) {
    std::string out;
    for (const auto& [rule, epoch, text] : result.violations)
        out += "epoch " + std::to_string(epoch) + ", " + std::string(name_of(rule)) + ": " + text + "\n";
    return out;
}

/// Returns the number of seeds that were needed until the rule was found broken; 0 if 50 were not enough.
std::uint64_t seeds_until(Rule rule, SimOptions options) {
    for (options.seed = 1; options.seed <= 50; ++options.seed) {
        const auto result = simulate(options).value();
        if (std::ranges::find(result.violations, rule, &Violation::rule) != result.violations.end())
            return options.seed;
    }
    return 0;
}

TEST(Simulation, TheSameSeedGivesTheSameRun) {
    const auto first = simulate(small(1)).value();
    const auto again = simulate(small(1)).value();
    EXPECT_EQ(first.hash, again.hash);
    EXPECT_EQ(first.height, again.height);
    EXPECT_NE(first.hash, simulate(small(2)).value().hash);
}

TEST(Simulation, NoFaultBreaksARule) {
    for (std::uint64_t seed = 10; seed < 13; ++seed) {
        const auto result = simulate(small(seed)).value();
        EXPECT_EQ(text_of(result), "") << "seed " << seed;
        EXPECT_GT(result.height, 5);
    }
}

TEST(Simulation, RealSignaturesServeToo) {
    auto options = small(3);
    options.epochs = 5;
    options.settling = 5;
    options.signatures = crypto::bls::Substitute::Kind::remembered;
    EXPECT_EQ(text_of(simulate(options).value()), "");
}

TEST(SimulationCanary, MinersThatForgetWhatTheySigned) {
    auto options = small(1);
    options.faults = {Fault::restart, Fault::partition};
    options.misdeeds = {};
    options.epochs = 40;
    options.canary = Canary::slash_filter;
    EXPECT_NE(seeds_until(Rule::equivocation, options), 0U);
}

TEST(SimulationCanary, ANodeThatKeepsItsFirstHead) {
    auto options = small(1);
    options.faults = {Fault::partition};
    options.canary = Canary::fork_choice;
    EXPECT_NE(seeds_until(Rule::one_head, options), 0U);
}

TEST(SimulationCanary, ANodeThatChecksNothing) {
    auto options = small(1);
    options.misdeeds = {Misdeed::bad_root, Misdeed::bad_proof, Misdeed::bad_signature};
    options.canary = Canary::validation;
    EXPECT_NE(seeds_until(Rule::bad_block, options), 0U);
}

TEST(SimulationCanary, ANodeThatExecutesSomethingElse) {
    auto options = small(1);
    options.canary = Canary::execution;
    EXPECT_NE(seeds_until(Rule::one_state, options), 0U);
}

TEST(SimulationOptions, AreNames) {
    EXPECT_EQ(parse_faults("none").value().size(), 0U);
    EXPECT_EQ(parse_faults("all").value().size(), 7U);
    EXPECT_EQ(parse_misdeeds("liar,flood").value(), (std::set{Misdeed::liar, Misdeed::flood}));
    EXPECT_EQ(parse_canary("execution").value(), Canary::execution);
    EXPECT_EQ(parse_faults("rain").error().message(),
              "\"rain\" is not one of these: none, all, loss, slow, skew, reset, half-open, restart, partition");
    EXPECT_EQ(parse_canary("all").error().code(), Errc::invalid_argument);
}

}  // namespace
}  // namespace strata::simulation
