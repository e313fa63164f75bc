// Both recorded networks (vectors/lotus-devnet) begin with a genesis that we make again from its template.
#include <gtest/gtest.h>

#include <strata/base/tar.hpp>
#include <strata/conformance/lotus_genesis.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

class LotusGenesis : public ::testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        const auto chain = std::string("lotus-devnet/") + GetParam();
        const auto folder = testing::find_vectors(chain);
        if (!folder) GTEST_SKIP() << testing::skip_reason(chain);
        files_ = files_of_tar(testing::read_file(*folder / "sectors.tar"));
        for (const auto& [name, content] : files_)
            if (name.ends_with("genesis-template.json")) template_ = content;
        network_ = testing::read_file(*folder / "network.json");
        car_ = testing::read_file(*folder / "genesis.car");
    }
    std::map<std::string, std::string> files_;
    std::string template_, network_, car_;
};

TEST_P(LotusGenesis, IsMadeAgainToTheByte) {
    ASSERT_FALSE(template_.empty());
    const auto made = reproduce_genesis(template_, network_, as_bytes(car_));
    EXPECT_TRUE(made) << made.error().message();
}

// The comparison notices a change of the template.
TEST_P(LotusGenesis, WrongBalanceMakesDifferentGenesis) {
    const auto at = template_.find("\"50000000000000000000000\"");
    ASSERT_NE(at, std::string::npos);
    template_[at + 1] = '4';
    const auto made = reproduce_genesis(template_, network_, as_bytes(car_));
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().message().find("f0100: balance"), std::string::npos) << made.error().message();
}

INSTANTIATE_TEST_SUITE_P(Chains, LotusGenesis, ::testing::Values("real", "long"));

}  // namespace
}  // namespace strata::conformance
