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
                                           Sequence{"reward-2", 31}, Sequence{"miner-1", 348},
                                           Sequence{"devnet-1", 297}, Sequence{"market-1", 138},
                                           Sequence{"market-2", 138}, Sequence{"verified-1", 123},
                                           Sequence{"verified-2", 123}, Sequence{"multisig-1", 73},
                                           Sequence{"multisig-2", 73}, Sequence{"paych-1", 65}, Sequence{"paych-2", 65},
                                           Sequence{"transfers-1", 147}, Sequence{"transfers-2", 147}),
                         [](const auto& info) {
                             std::string name = info.param.name;
                             std::erase(name, '-');
                             return name;
                         });

struct FaultySequence {
    const char* name;
    std::ptrdiff_t steps;
    std::size_t faults_each;
};

class SequenceFaults : public ::testing::TestWithParam<FaultySequence> {};

// A lost block or an I/O error is that error, or changes nothing: messages, rewards, events and cron.
TEST_P(SequenceFaults, NeverBecomeAReceiptOrAState) {
    const auto root = strata::testing::vectors_dir();
    if (!root) {
        std::cout << "skipped: STRATA_VECTORS is not set\n";
        GTEST_SKIP();
    }
    Report report;
    const VectorFile file(*root / "fvm-nv28" / (std::string(GetParam().name) + ".json"));
    run_sequence_with_faults(file, report, GetParam().faults_each);
    for (const auto& [name, verdict, why] : report.outcomes())
        EXPECT_EQ(verdict, Outcome::Verdict::passed) << name << ": " << why;
    EXPECT_EQ(std::ssize(report.outcomes()), GetParam().steps);
}

INSTANTIATE_TEST_SUITE_P(Native, SequenceFaults,
                         ::testing::Values(FaultySequence{"reward-1", 31, 1000}, FaultySequence{"multisig-1", 73, 1000},
                                           FaultySequence{"paych-1", 65, 1000}, FaultySequence{"verified-1", 123, 1000},
                                           FaultySequence{"market-1", 138, 1000}, FaultySequence{"miner-1", 348, 40}),
                         [](const auto& info) {
                             std::string name = info.param.name;
                             std::erase(name, '-');
                             return name;
                         });

}  // namespace
}  // namespace strata::conformance
