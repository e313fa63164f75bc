// Whole runs. What must hold is in checks.hpp; a canary is a rule that is switched off, so a run that does not find it
// checks nothing.
#include <strata/simulation/world.hpp>

#include <gtest/gtest.h>

#include <cstdlib>

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

/// Returns the number in an environment variable, for runs by hand.
std::int64_t number_of(const char* name, std::int64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
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
    options.nodes = 2;
    options.miners = 6;
    options.faults = {Fault::restart};
    options.misdeeds = {};
    options.epochs = 30;
    options.settling = 2;
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

TEST(Simulation, ABlockReachesAllBeforeTheNextOne) {
    auto options = small(1);
    options.faults = {};
    options.misdeeds = {};
    options.links = LinkQuality{.latency = net::Instant(100)};
    options.measures_blocks = true;
    const auto result = simulate(options).value();
    EXPECT_EQ(text_of(result), "");
    ASSERT_FALSE(result.to_gossip.empty());
    ASSERT_FALSE(result.to_head.empty());
    EXPECT_GE(std::ranges::min(result.to_gossip), net::Instant(100));
    EXPECT_LT(std::ranges::max(result.to_gossip), net::Instant(4'000));
}

// STRATA_SIM_SEED, STRATA_SIM_SEEDS, STRATA_SIM_EPOCHS choose other runs.
TEST(SimulationSlow, TenNodesWithFaults) {
    const auto first = number_of("STRATA_SIM_SEED", 1);
    for (auto seed = first; seed < first + number_of("STRATA_SIM_SEEDS", 4); ++seed) {
        auto options = small(static_cast<std::uint64_t>(seed));
        options.nodes = options.miners = 10;
        options.epochs = number_of("STRATA_SIM_EPOCHS", 100);
        options.settling = 15;
        const auto result = simulate(options).value();
        std::string misdeeds;
        for (const auto misdeed : result.misdeeds) misdeeds += " " + std::string(name_of(misdeed));
        std::printf("seed %ld: epoch %ld, %zu blocks, %zu restarts, at most %ld epochs reverted;%s\n",
                    static_cast<long>(seed), static_cast<long>(result.height), result.blocks, result.restarts,
                    static_cast<long>(result.longest_revert), misdeeds.c_str());
        EXPECT_EQ(text_of(result), "") << "seed " << seed;
    }
}

TEST(SimulationSlow, AThousandMiners) {
    SimOptions options;
    options.nodes = 2;
    options.miners = 1'000;
    options.epochs = number_of("STRATA_SIM_EPOCHS", 100);
    const auto result = simulate(options).value();
    EXPECT_EQ(text_of(result), "");
    EXPECT_GT(result.height, options.epochs * 9 / 10);
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
