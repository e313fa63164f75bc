// Rows that the reference's decoder was asked about (oracle/fvm `ipld`), small ones of each kind.
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
    // Ones are announced, and none come.
    EXPECT_EQ(decoded("04").error().code(), Errc::non_canonical);
    // A last run of zeros.
    EXPECT_EQ(decoded("0042").error().code(), Errc::non_canonical);
    EXPECT_EQ(decoded("f0").error().code(), Errc::non_canonical);
    // A zero byte at the end.
    EXPECT_EQ(decoded("7071530200").error().code(), Errc::non_canonical);
    EXPECT_EQ(decoded("61").error().code(), Errc::malformed);
}

}  // namespace
}  // namespace strata
