// Lotus' own answers, compared with ours. Counts are pinned, so that nothing is left out in silence.
#include <gtest/gtest.h>

#include <cstdio>

#include <strata/conformance/api_samples.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

struct Counts {
    std::size_t passed = 0;
    std::map<std::string, std::size_t> skipped;  // by method
};

class ApiSamples : public ::testing::Test {
  protected:
    static std::optional<Counts> run(const char* name) {
        const auto vectors = testing::vectors_dir();
        if (!vectors) {
            std::puts("skipped: STRATA_VECTORS is not set");
            return std::nullopt;
        }
        const VectorFile file(*vectors / "lotus-devnet" / name / "api_samples.json.zst");
        EXPECT_TRUE(api_samples().recognises(file));
        Report report;
        api_samples().run(file, report);
        Counts out;
        for (const auto& [sample, verdict, why] : report.outcomes()) {
            if (verdict == Outcome::Verdict::failed) ADD_FAILURE() << sample << ": " << why;
            if (verdict == Outcome::Verdict::passed) ++out.passed;
            if (verdict == Outcome::Verdict::skipped) ++out.skipped[sample.substr(4, sample.find(' ', 4) - 4)];
        }
        return out;
    }
};

// Blocks, fees, storage and logs of the Ethereum side are not offered; one answer is about a later head.
const std::map<std::string, std::size_t> kSkipped = {
    {"MsigGetVested", 1},  {"eth_getBlockByNumber", 1}, {"eth_getStorageAt", 1},
    {"eth_feeHistory", 1}, {"eth_getLogs", 1},
};

TEST_F(ApiSamples, LongChain) {
    const auto counts = run("long");
    if (!counts) GTEST_SKIP();
    EXPECT_EQ(counts->passed, 188U);  // and that the head is the sampled one
    EXPECT_EQ(counts->skipped, kSkipped);
}

TEST_F(ApiSamples, ChainWithRealProofs) {
    const auto counts = run("real");
    if (!counts) GTEST_SKIP();
    EXPECT_EQ(counts->passed, 183U);
    EXPECT_EQ(counts->skipped, kSkipped);
}

}  // namespace
}  // namespace strata::conformance
