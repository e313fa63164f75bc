// The rows were given to the reference's decoder (oracle/fvm `ipld`); these are small ones of each kind.
#include <strata/ipld/bitfield.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

Result<BitField> decoded(std::string_view hex) {
    return BitField::decode(*from_hex(hex));
}

TEST(BitField, OneSpellingOnly) {
    EXPECT_TRUE(decoded("")->empty());
    // Ones are announced, but none come.
    EXPECT_EQ(decoded("04").error().code(), Errc::non_canonical);
    // The last run is of zeros.
    EXPECT_EQ(decoded("0042").error().code(), Errc::non_canonical);
    EXPECT_EQ(decoded("f0").error().code(), Errc::non_canonical);
    // There is a zero byte at the end.
    EXPECT_EQ(decoded("7071530200").error().code(), Errc::non_canonical);
    EXPECT_EQ(decoded("61").error().code(), Errc::malformed);
}

}  // namespace
}  // namespace strata
