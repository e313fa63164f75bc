#include <strata/types/fixed_point.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

struct Row {
    std::string_view x, y;
};

// Some of the 256 rows of lotus chain/types/testdata/TestExpFunction.golden, for x from 0 to 5.
constexpr Row kGolden[] = {
    {"0", "115792089237316195423570985008687907853269984665640564039457584007913129639936"},
    {"2270433122300317557324921274680155055946470287561579687048187921723786855685",
     "113543770489016942962237377411819033281128847358465443152965692667674515268459"},
    {"4540866244600635114649842549360310111892940575123159374096375843447573711370",
     "111339107030360092669625707586928312989271150877369072427721155459215537208890"},
    {"143037286704920006111470040304849768524627628116379520284035839068598571908155",
     "33666461400695355776019567288676251030810566791286359575983902200864972469996"},
    {"288345006532140329780265001884379692105201726520320620255119866058920930671995",
     "9598436017530949774464402361919053565881937627109257874972510208401009770963"},
    {"433652726359360653449059963463909615685775824924261720226203893049243289435835",
     "2736550565445897654615705160581380392035754504074875922703396122219838983601"},
    {"576690013064280659560530003768759384210403453040641240510239732117841861343990",
     "795649984289979771219745127738174910086802387263030261900019674061458963150"},
    {"578960446186580977117854925043439539266349923328202820197287920039565648199675",
     "780200960193843203865524721501305631184795994974723658032277935470179306730"},
};

}  // namespace

TEST(FixedPoint, rows_of_the_golden_file) {
    for (const auto& [x, y] : kGolden) EXPECT_EQ(expneg(BigInt::constant(x), 256).to_string(), y) << x;
}

// docs/protocol/node.md §5, verified there against the golden file.
TEST(FixedPoint, expneg_of_one_in_q256) {
    // The value is that of docs/protocol/node.md §5, which was verified against lotus chain/types/testdata.
    EXPECT_EQ(to_hex(expneg(BigInt::pow2(256), 256).magnitude_be()),
              "5e2d58d8b3bcdf1abadec78249a02492d2cd3d2ab78c4407fd56d315c6e896a8");
}

// The rational function gives the first 24 hexadecimal digits of e^-1, in which both precisions agree.
TEST(FixedPoint, expneg_of_one_in_q128) {
    const auto digits = to_hex(expneg(BigInt::pow2(128), 128).magnitude_be());
    EXPECT_EQ(digits.substr(0, 24), "5e2d58d8b3bcdf1abadec782");
}

TEST(FixedPoint, expneg_of_zero_is_one) {
    EXPECT_EQ(expneg(0, 128), BigInt::pow2(128));
    EXPECT_EQ(expneg(0, 256), BigInt::pow2(256));
}

// Horner's rule by hand, in Q.8: 3x² - 2x + 1 at x = 1/2 is 3/4.
TEST(FixedPoint, a_polynomial_by_hand) {
    const std::vector<BigInt> coefficients{BigInt(3 * 256), BigInt(-2 * 256), BigInt(256)};
    EXPECT_EQ(poly_val(coefficients, 128, 8), BigInt(192));
    EXPECT_EQ(poly_val({}, 128, 8), BigInt(0));
    // A negative product is rounded down, as Go's and Rust's arithmetic shifts do: -1 * 1 >> 8 is -1.
    const std::vector<BigInt> negative{BigInt(-1), BigInt(0)};
    EXPECT_EQ(poly_val(negative, 1, 8), BigInt(-1));
}

}  // namespace strata
