// Expected values: the tests of builtin-actors v18 (actors/evm/src/interpreter/instructions/{arithmetic,bitwise}.rs),
// the tables of EIP-145 and EIP-7939, and GMP for numbers of all sizes.
#include <strata/actors/evm/uint256.hpp>

#include <gtest/gtest.h>

#include <random>

#include <strata/base/hex.hpp>
#include <strata/base/pow_mod.hpp>

namespace strata::actors::evm {
namespace {

U256 word(std::string_view hex) {
    return U256::from_be(from_hex(std::string(64 - hex.size(), '0') + std::string(hex)).value());
}
std::string text(const U256& value) {
    return to_hex(value.to_be());
}
U256 words(std::uint64_t high, std::uint64_t low) {
    return U256({low, 0, high, 0});
}
const U256 kMax = U256::max();
const U256 kMinus1 = U256::max();

TEST(U256, WrapsAround) {
    EXPECT_EQ(kMax + U256(1), U256());
    EXPECT_EQ(kMax + kMax, kMax - U256(1));
    EXPECT_EQ(U256(UINT64_MAX) + U256(32), U256({31, 1, 0, 0}));
    EXPECT_EQ(U256() - U256(1), kMax);
    EXPECT_EQ(U256(UINT64_MAX) * U256(2), U256({UINT64_MAX - 1, 1, 0, 0}));
}

TEST(U256, DivisionByZeroGivesZero) {
    EXPECT_EQ(divide(5, 0), U256());
    EXPECT_EQ(remainder(5, 0), U256());
    EXPECT_EQ(divide_signed(5, 0), U256());
    EXPECT_EQ(remainder_signed(5, 0), U256());
    EXPECT_EQ(add_mod(1, 2, 0), U256());
    EXPECT_EQ(multiply_mod(1, 2, 0), U256());
}

TEST(U256, ModularArithmeticDoesNotWrap) {
    EXPECT_EQ(add_mod(4, 5, 3), U256());
    EXPECT_EQ(add_mod(0, 5, 3), U256(2));
    EXPECT_EQ(add_mod(kMax, kMax, 4), U256(2));
    EXPECT_EQ(multiply_mod(4, 5, 3), U256(2));
    EXPECT_EQ(multiply_mod(kMax, kMax, 2), U256(1));
}

TEST(U256, SignedDivision) {
    const U256 least = U256(1) << 255;
    EXPECT_EQ(divide_signed(U256(7).negated(), 2), U256(3).negated());
    EXPECT_EQ(divide_signed(U256(7).negated(), U256(2).negated()), U256(3));
    EXPECT_EQ(divide_signed(1, U256(2).negated()), U256());
    EXPECT_EQ(divide_signed(least, kMinus1), least);
    EXPECT_EQ(remainder_signed(U256(7).negated(), 2), kMinus1);
    EXPECT_EQ(remainder_signed(7, U256(2).negated()), U256(1));
    EXPECT_EQ(remainder_signed(least, kMinus1), U256());
    EXPECT_TRUE(less_signed(kMinus1, 0));
    EXPECT_TRUE(less_signed(least, kMinus1));
    EXPECT_FALSE(less_signed(1, kMinus1));
}

TEST(U256, SignExtension) {
    EXPECT_EQ(sign_extend(0, 0xff), kMax);
    EXPECT_EQ(sign_extend(1, 0xff), U256(0xff));
    EXPECT_EQ(sign_extend(0, 0xf0), ~U256(0x0f));
    EXPECT_EQ(sign_extend(16, words(0x82, 1)), (~U256() << 136) | words(0x82, 1));
    EXPECT_EQ(sign_extend(15, words(0x82, 1)), U256(1));
    EXPECT_EQ(sign_extend(17, words(0x82, 1)), words(0x82, 1));
    EXPECT_EQ(sign_extend(16, words(0x62, 1)), words(0x62, 1));
    EXPECT_EQ(sign_extend(kMax, 0xff), U256(0xff));
    EXPECT_EQ(sign_extend(31, kMax), kMax);
}

TEST(U256, Powers) {
    EXPECT_EQ(power(0, 0), U256(1));
    EXPECT_EQ(power(0, 1), U256());
    EXPECT_EQ(power(10, 10), U256(10'000'000'000));
    EXPECT_EQ(power(2, 255), U256(1) << 255);
    EXPECT_EQ(power(2, 256), U256());
    EXPECT_EQ(power(kMinus1, kMax), kMinus1);
}

// Source: EIP-145, the tables of SHL, SHR and SAR.
TEST(U256, Shifts) {
    const U256 high = U256(1) << 255;
    EXPECT_EQ(shift_left(1, 1), U256(2));
    EXPECT_EQ(shift_left(0xff, 1), high);
    EXPECT_EQ(shift_left(0x100, 1), U256());
    EXPECT_EQ(shift_left(kMax, kMax), U256());
    EXPECT_EQ(shift_left(0xff, kMax), high);
    EXPECT_EQ(shift_left(1, kMax), kMax - U256(1));
    EXPECT_EQ(shift_right(1, high), U256(1) << 254);
    EXPECT_EQ(shift_right(0xff, high), U256(1));
    EXPECT_EQ(shift_right(0x100, high), U256());
    EXPECT_EQ(shift_right(0xff, kMax), U256(1));
    EXPECT_EQ(shift_right_signed(0, kMax), kMax);
    EXPECT_EQ(shift_right_signed(1, high), U256(3) << 254);
    EXPECT_EQ(shift_right_signed(0xff, high), kMax);
    EXPECT_EQ(shift_right_signed(0x101, high), kMax);
    EXPECT_EQ(shift_right_signed(0xfe, U256(1) << 254), U256(1));
    EXPECT_EQ(shift_right_signed(0xf8, (U256(1) << 255) - U256(1)), U256(0x7f));
    EXPECT_EQ(shift_right_signed(0x100, (U256(1) << 255) - U256(1)), U256());
    EXPECT_EQ(shift_right_signed(2, U256(13).negated()), U256(4).negated());
}

// Source: EIP-7939, test cases.
TEST(U256, LeadingZeros) {
    EXPECT_EQ(U256().leading_zeros(), 256U);
    EXPECT_EQ((U256(1) << 255).leading_zeros(), 0U);
    EXPECT_EQ(kMax.leading_zeros(), 0U);
    EXPECT_EQ((U256(1) << 254).leading_zeros(), 1U);
    EXPECT_EQ((kMax >> 1).leading_zeros(), 1U);
    EXPECT_EQ(U256(1).leading_zeros(), 255U);
}

TEST(U256, Bytes) {
    const U256 value = word("05");
    EXPECT_EQ(byte_at(31, value), U256(5));
    EXPECT_EQ(byte_at(30, value), U256());
    EXPECT_EQ(byte_at(0, word("ab" + std::string(62, '0'))), U256(0xab));
    EXPECT_EQ(byte_at(32, kMax), U256());
    EXPECT_EQ(byte_at(U256(1) << 128, kMax), U256());
    EXPECT_EQ(text(U256::from_be(from_hex("0102").value())), std::string(60, '0') + "0102");
}

// Numbers of every size, with runs of ones and zeros, which reach the rare steps of the long division.
class Numbers {
  public:
    U256 next() {
        U256 out({random_(), random_(), random_(), random_()});
        if (random_() % 4 == 0) out = (random_() % 2 == 0) ? kMax : U256(1) << static_cast<unsigned>(random_() % 256);
        if (random_() % 4 == 0) out = out - U256(random_() % 3);
        return out >> static_cast<unsigned>(random_() % 256);
    }

  private:
    std::mt19937_64 random_{1};
};

TEST(U256, AgreesWithGmp) {
    const BigInt modulus = BigInt::pow2(256);
    Numbers numbers;
    for (int i = 0; i < 20'000; ++i) {
        const U256 a = numbers.next();
        const U256 b = numbers.next();
        const U256 c = numbers.next();
        const BigInt x = a.to_amount();
        const BigInt y = b.to_amount();
        const BigInt z = c.to_amount();
        ASSERT_EQ((a + b).to_amount(), mod_floor(x + y, modulus)) << text(a) << " " << text(b);
        ASSERT_EQ((a - b).to_amount(), mod_floor(x - y, modulus)) << text(a) << " " << text(b);
        ASSERT_EQ((a * b).to_amount(), mod_floor(x * y, modulus)) << text(a) << " " << text(b);
        if (!b.is_zero()) {
            ASSERT_EQ(divide(a, b).to_amount(), div_floor(x, y)) << text(a) << " " << text(b);
            ASSERT_EQ(remainder(a, b).to_amount(), mod_floor(x, y)) << text(a) << " " << text(b);
        }
        if (!c.is_zero()) {
            ASSERT_EQ(add_mod(a, b, c).to_amount(), mod_floor(x + y, z)) << text(a) << text(b) << text(c);
            ASSERT_EQ(multiply_mod(a, b, c).to_amount(), mod_floor(x * y, z)) << text(a) << text(b) << text(c);
        }
        if (i % 20 == 0) {
            ASSERT_EQ(power(a, b).to_amount(), pow_mod(x, y, modulus)) << text(a) << " " << text(b);
        }
        ASSERT_EQ(a < b, x < y);
        ASSERT_EQ(a.bit_length(), x.bit_length());
    }
}

}  // namespace
}  // namespace strata::actors::evm
