#include <strata/chain/audit.hpp>

#include <gtest/gtest.h>

namespace strata::chain {
namespace {

TEST(FilText, is_cut_and_grouped) {
    EXPECT_EQ(fil_text(fil(0)), "0 FIL");
    EXPECT_EQ(fil_text(fil(2'000'000'000)), "2,000,000,000 FIL");
    EXPECT_EQ(fil_text(TokenAmount(1), 18), "0.000000000000000001 FIL");
    EXPECT_EQ(fil_text(TokenAmount(1), 6), "0 FIL");
    EXPECT_EQ(fil_text(TokenAmount::constant("-1500000000000000000")), "-1.5 FIL");
    EXPECT_EQ(fil_text(TokenAmount::constant("999999999999999999999")), "999.999999 FIL");
}

}  // namespace
}  // namespace strata::chain
