// Runs sequences of messages at network version 28 (vectors/fvm-nv28), computed by the reference VM: every file that
// needs no foreign code must be equal in every step.
#include <gtest/gtest.h>

#include <cstdlib>

#include <strata/base/files.hpp>
#include <strata/conformance/messages.hpp>
#include <strata/conformance/sequences.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

struct Sequence {
    const char* name;
    std::ptrdiff_t steps;
};

// The class genesis has only one seed. The class limits waits for its engine.
constexpr Sequence kSequences[] = {
    {"genesis-1", 10},     {"transfers-1", 147}, {"transfers-2", 147}, {"multisig-1", 73}, {"multisig-2", 73},
    {"paych-1", 65},       {"paych-2", 65},      {"reward-1", 31},     {"reward-2", 31},   {"miner-1", 348},
    {"miner-2", 346},      {"devnet-1", 297},    {"devnet-2", 298},    {"market-1", 138},  {"market-2", 138},
    {"verified-1", 123},   {"verified-2", 123},  {"evm-1", 187},       {"evm-2", 187},     {"precompiles-1", 60},
    {"precompiles-2", 60},
};

class Sequences : public ::testing::TestWithParam<Sequence> {};

TEST_P(Sequences, EveryStepIsEqual) {
    const auto name = "fvm-nv28/" + std::string(GetParam().name) + ".json";
    const auto path = testing::find_vectors(name);
    if (!path) GTEST_SKIP() << testing::skip_reason(name);
    Report report;
    EXPECT_EQ(run_file(VectorFile(*path), report), &sequences());
    for (const auto& [step, verdict, why] : report.outcomes())
        EXPECT_EQ(verdict, Outcome::Verdict::passed) << step << ": " << why;
    EXPECT_EQ(std::ssize(report.outcomes()), GetParam().steps);
}

INSTANTIATE_TEST_SUITE_P(Native, Sequences, ::testing::ValuesIn(kSequences), [](const auto& info) {
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

// A lost block or an I/O error is reported as that error or changes nothing: in messages, rewards, events and cron.
TEST_P(SequenceFaults, NeverBecomeAReceiptOrAState) {
    const auto name = "fvm-nv28/" + std::string(GetParam().name) + ".json";
    const auto path = testing::find_vectors(name);
    if (!path) GTEST_SKIP() << testing::skip_reason(name);
    Report report;
    run_sequence(VectorFile(*path), report, {.faults_each = GetParam().faults_each, .wasm = nullptr});
    for (const auto& [step, verdict, why] : report.outcomes())
        EXPECT_EQ(verdict, Outcome::Verdict::passed) << step << ": " << why;
    EXPECT_EQ(std::ssize(report.outcomes()), GetParam().steps);
}

INSTANTIATE_TEST_SUITE_P(Native, SequenceFaults,
                         ::testing::Values(FaultySequence{"reward-1", 31, 1000}, FaultySequence{"multisig-1", 73, 1000},
                                           FaultySequence{"paych-1", 65, 1000}, FaultySequence{"verified-1", 123, 1000},
                                           FaultySequence{"market-1", 138, 1000}, FaultySequence{"miner-1", 348, 10},
                                           FaultySequence{"evm-1", 187, 100}),
                         [](const auto& info) {
                             std::string name = info.param.name;
                             std::erase(name, '-');
                             return name;
                         });

// All of vectors/fvm-nv28 with the official WASM actors: gas, state and everything else must be equal. Where a file
// with the charges exists, each charge must be.
constexpr Sequence kWasmSequences[] = {
    {"transfers-2", 147},     {"multisig-2", 73},       {"paych-2", 65},
    {"reward-2", 31},         {"evm-2", 187},           {"limits-2", 115},
    {"precompiles-1", 60},    {"precompiles-2", 60},    {"traces/evm-1", 187},
    {"traces/genesis-1", 10}, {"traces/limits-1", 115}, {"traces/multisig-1", 73},
    {"traces/paych-1", 65},   {"traces/reward-1", 31},  {"traces/transfers-1", 147},
};
// These run cron for thousands of epochs.
constexpr Sequence kLongWasmSequences[] = {
    {"miner-1", 348},  {"miner-2", 346},  {"devnet-1", 297},   {"devnet-2", 298},
    {"market-1", 138}, {"market-2", 138}, {"verified-1", 123}, {"verified-2", 123},
};

// Returns the bundles for the tests of this file; null if STRATA_BUNDLES is not set.
WasmVectors* official_bundles() {
    static const auto opened = [] {
        const char* folder = std::getenv("STRATA_BUNDLES");
        return folder == nullptr ? nullptr : WasmVectors::open(folder, {}).value();
    }();
    return opened.get();
}

constexpr const char* kNoBundles =
    "STRATA_BUNDLES names no folder with the bundles of the official actors (v18/builtin-actors-mainnet.car, "
    "v18/builtin-actors-devnet.car, v10/builtin-actors-mainnet.car)";

class WasmSequences : public ::testing::TestWithParam<Sequence> {
  protected:
    static void run() {
        const auto name = "fvm-nv28/" + std::string(GetParam().name) + ".json";
        const auto path = testing::find_vectors(name);
        if (!path) GTEST_SKIP() << testing::skip_reason(name);
        if (official_bundles() == nullptr) GTEST_SKIP() << kNoBundles;
        Report report;
        run_sequence(VectorFile(*path), report, {.faults_each = 0, .wasm = official_bundles()});
        for (const auto& [step, verdict, why] : report.outcomes())
            EXPECT_EQ(verdict, Outcome::Verdict::passed) << step << ": " << why;
        EXPECT_EQ(std::ssize(report.outcomes()), GetParam().steps);
    }
};
class WasmSequencesSlow : public WasmSequences {};

TEST_P(WasmSequences, EveryStepAndItsGasAreEqual) {
    run();
}
TEST_P(WasmSequencesSlow, EveryStepAndItsGasAreEqual) {
    run();
}

std::string test_name(const ::testing::TestParamInfo<Sequence>& info) {
    std::string name = info.param.name;
    std::erase(name, '-');
    std::ranges::replace(name, '/', '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(Official, WasmSequences, ::testing::ValuesIn(kWasmSequences), test_name);
INSTANTIATE_TEST_SUITE_P(Official, WasmSequencesSlow, ::testing::ValuesIn(kLongWasmSequences), test_name);

// A lost block or an I/O error never becomes a receipt of WASM actors either.
TEST(WasmSequenceFaults, NeverBecomeAReceiptOrAState) {
    const auto path = testing::find_vectors("fvm-nv28/paych-1.json");
    if (!path) GTEST_SKIP() << testing::skip_reason("fvm-nv28/paych-1.json");
    if (official_bundles() == nullptr) GTEST_SKIP() << kNoBundles;
    Report report;
    run_sequence(VectorFile(*path), report, {.faults_each = 3, .wasm = official_bundles()});
    for (const auto& [step, verdict, why] : report.outcomes())
        EXPECT_EQ(verdict, Outcome::Verdict::passed) << step << ": " << why;
}

// Messages of mainnet, which the reference's generations 2 (network version 17) and 3 (18) executed.
struct RecordedMessages {
    const char* folder;
    std::size_t count;
};
// Runs all message vectors of a folder and returns how many passed.
std::size_t passed_in(const std::filesystem::path& folder) {
    std::size_t passed = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        Report report;
        run_message_vector(VectorFile(file.path()), report, *official_bundles());
        for (const auto& [name, verdict, why] : report.outcomes()) {
            EXPECT_EQ(verdict, Outcome::Verdict::passed) << name << ": " << why;
            if (verdict == Outcome::Verdict::passed) ++passed;
        }
    }
    return passed;
}

class WasmMessages : public ::testing::TestWithParam<RecordedMessages> {};

TEST_P(WasmMessages, AreEqual) {
    const auto folder = testing::find_vectors(GetParam().folder);
    if (!folder) GTEST_SKIP() << testing::skip_reason(GetParam().folder);
    if (official_bundles() == nullptr) GTEST_SKIP() << kNoBundles;
    EXPECT_EQ(passed_in(*folder), GetParam().count);
}
INSTANTIATE_TEST_SUITE_P(Official, WasmMessages,
                         ::testing::Values(RecordedMessages{"fvm/nv17", 112}, RecordedMessages{"fvm/nv18", 119}),
                         [](const auto& info) { return std::string(info.param.folder).substr(4); });

// Some thousand messages, random and spoilt ones among them. The reference agrees with every receipt and state root
// (tests/vectors/README.md).
TEST(WasmMadeMessages, OfNetworkVersions17And18AreEqual) {
    if (official_bundles() == nullptr) GTEST_SKIP() << kNoBundles;
    EXPECT_EQ(passed_in(testing::own_vectors("fvm-made")), 10U);
}

// Says why a vector of this network version cannot be run over a folder without bundles.
std::string refusal_of(NetworkVersion version) {
    const testing::TempFolder folder;
    const auto path = folder / "vector.json";
    const std::string text =
        R"({"class": "message", "preconditions": {"variants": [{"epoch": 1, "nv": )" + std::to_string(version) + "}]}}";
    STRATA_CHECK(write_file(path, as_bytes(text)).has_value());
    Report report;
    run_message_vector(VectorFile(path), report, *WasmVectors::open(folder.path(), {}).value());
    return report.outcomes().at(0).verdict == Outcome::Verdict::failed ? report.outcomes().at(0).why : "";
}

TEST(WasmMessageRefusals, AMissingBundleIsNamed) {
    EXPECT_TRUE(refusal_of(17).contains("needs builtin-actors-mainnet.car of v9")) << refusal_of(17);
    EXPECT_TRUE(refusal_of(18).contains("needs builtin-actors-mainnet.car of v10")) << refusal_of(18);
    EXPECT_TRUE(refusal_of(16).contains("no bundle of actors of version 8 is known")) << refusal_of(16);
}

TEST(WasmMessageRefusals, NetworkVersionsWithoutWasmActorsAreRefused) {
    EXPECT_TRUE(refusal_of(15).contains("expected at least 16")) << refusal_of(15);
}

}  // namespace
}  // namespace strata::conformance
