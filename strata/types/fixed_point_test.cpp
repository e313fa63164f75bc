#include <strata/types/fixed_point.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {

TEST(FixedPoint, expneg_of_one_in_q256) {
    // The value is that of docs/protocol/node.md §5, which was verified against lotus chain/types/testdata.
    EXPECT_EQ(to_hex(expneg(BigInt::pow2(256), 256).magnitude_be()),
              "5e2d58d8b3bcdf1abadec78249a02492d2cd3d2ab78c4407fd56d315c6e896a8");
}

}  // namespace strata
