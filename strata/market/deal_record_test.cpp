#include <strata/market/deal_record.hpp>

#include <gtest/gtest.h>

namespace strata::market {
namespace {

TEST(Ask, price_is_rounded_up) {
    const Ask ask{TokenAmount(1), 0, 0};
    EXPECT_EQ(least_price(ask, 128), TokenAmount(1)) << "a fraction of an attoFIL is rounded up";
    EXPECT_EQ(least_price(ask, std::uint64_t{1} << 30), TokenAmount(1));
    EXPECT_EQ(least_price(ask, std::uint64_t{32} << 30), TokenAmount(32));
    EXPECT_EQ(least_price({TokenAmount(3), 0, 0}, std::uint64_t{1} << 29), TokenAmount(2));
    EXPECT_EQ(least_price({TokenAmount(0), 0, 0}, 128), TokenAmount(0));
}

TEST(DealStages, have_names) {
    EXPECT_EQ(deal_stage_name(DealStage::accepted), "accepted");
    EXPECT_EQ(deal_stage_name(DealStage::failed), "failed");
    EXPECT_EQ(deal_stage_name(static_cast<DealStage>(99)), "unknown");
}

}  // namespace
}  // namespace strata::market
