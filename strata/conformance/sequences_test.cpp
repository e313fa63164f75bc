// Sequences of messages at network version 28 (vectors/fvm-nv28): every step of the native actors' files is equal.
#include <gtest/gtest.h>

#include <iostream>

#include <strata/conformance/sequences.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

struct Sequence {
    const char* name;
    std::ptrdiff_t steps;
};

class Sequences : public ::testing::TestWithParam<Sequence> {};

TEST_P(Sequences, EveryStepIsEqual) {
    const auto root = strata::testing::vectors_dir();
    if (!root) {
        std::cout << "skipped: STRATA_VECTORS is not set\n";
        GTEST_SKIP();
    }
    Report report;
    sequences().run(VectorFile(*root / "fvm-nv28" / (std::string(GetParam().name) + ".json")), report);
    for (const auto& [name, verdict, why] : report.outcomes())
        EXPECT_EQ(verdict, Outcome::Verdict::passed) << name << ": " << why;
    EXPECT_EQ(std::ssize(report.outcomes()), GetParam().steps);
}

INSTANTIATE_TEST_SUITE_P(Native, Sequences,
                         ::testing::Values(Sequence{"genesis-1", 10}, Sequence{"reward-1", 31},
                                           Sequence{"miner-1", 348}, Sequence{"devnet-1", 297},
                                           Sequence{"market-1", 138}, Sequence{"verified-1", 123}),
                         [](const auto& info) {
                             std::string name = info.param.name;
                             std::erase(name, '-');
                             return name;
                         });

}  // namespace
}  // namespace strata::conformance
