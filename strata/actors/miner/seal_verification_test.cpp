// Bounds: builtin-actors v18 runtime/src/runtime/policy.rs (MIN_AGGREGATED_SECTORS to MAX_AGGREGATED_SECTORS_NI,
// MAX_AGGREGATED_PROOF_SIZE).
#include <strata/actors/miner/seal_verification.hpp>

#include <gtest/gtest.h>

namespace strata::actors::miner {

TEST(SealVerification, aggregates_cover_as_many_sectors_as_the_policy_allows) {
    constexpr bool interactive = true;
    const auto allowed = [](std::size_t sectors, bool is_interactive) {
        return check_aggregate_proof(Bytes{1}, sectors, is_interactive).has_value();
    };
    EXPECT_FALSE(allowed(3, interactive));
    EXPECT_TRUE(allowed(4, interactive));
    EXPECT_TRUE(allowed(819, interactive));
    EXPECT_FALSE(allowed(820, interactive));
    EXPECT_FALSE(allowed(0, !interactive));
    EXPECT_TRUE(allowed(1, !interactive));
    EXPECT_TRUE(allowed(65, !interactive));
    EXPECT_FALSE(allowed(66, !interactive));
}

TEST(SealVerification, an_aggregate_has_at_most_81960_bytes) {
    EXPECT_TRUE(check_aggregate_proof(Bytes(81'960), 4, /*interactive=*/true));
    EXPECT_FALSE(check_aggregate_proof(Bytes(81'961), 4, /*interactive=*/true));
}

}  // namespace strata::actors::miner
