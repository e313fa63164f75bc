// Compares Lotus' answers with ours. The counts are pinned, so that no case is lost unnoticed.
#include <gtest/gtest.h>

#include <strata/conformance/api_samples.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

constexpr const char* kLong = "lotus-devnet/long/api_samples.json";
constexpr const char* kReal = "lotus-devnet/real/api_samples.json";

struct Counts {
    std::size_t passed = 0;
    std::map<std::string, std::size_t> skipped;  // by method
};

class ApiSamples : public ::testing::Test {
  protected:
    static std::optional<Counts> run(const char* name) {
        const auto path = testing::find_vectors(name);
        if (!path) return std::nullopt;
        Report report;
        EXPECT_EQ(run_file(VectorFile(*path), report), &api_samples());
        Counts out;
        for (const auto& [sample, verdict, why] : report.outcomes()) {
            if (verdict == Outcome::Verdict::failed) ADD_FAILURE() << sample << ": " << why;
            if (verdict == Outcome::Verdict::passed) ++out.passed;
            if (verdict == Outcome::Verdict::skipped) ++out.skipped[sample.substr(4, sample.find(' ', 4) - 4)];
        }
        return out;
    }
};

// One answer is about a later head.
const std::map<std::string, std::size_t> kSkipped = {{"MsigGetVested", 1}};

TEST_F(ApiSamples, LongChain) {
    const auto counts = run(kLong);
    if (!counts) GTEST_SKIP() << testing::skip_reason(kLong);
    EXPECT_EQ(counts->passed, 192U);  // one case more than samples: the head is the sampled one
    EXPECT_EQ(counts->skipped, kSkipped);
}

TEST_F(ApiSamples, ChainWithRealProofs) {
    const auto counts = run(kReal);
    if (!counts) GTEST_SKIP() << testing::skip_reason(kReal);
    EXPECT_EQ(counts->passed, 187U);
    EXPECT_EQ(counts->skipped, kSkipped);
}

}  // namespace
}  // namespace strata::conformance
