#include <strata/types/piece.hpp>

#include <gtest/gtest.h>

namespace strata {
namespace {

// The CIDs are the example of FRC-0069 and that of an empty raw block.
TEST(Piece, OnlyCommitmentsNamePieces) {
    EXPECT_TRUE(is_piece_cid(Cid::constant("baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi")));
    EXPECT_FALSE(is_piece_cid(Cid::constant("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")));
}

// Data of 127 bytes fill a piece of 128 bytes (FIP-0003).
TEST(Piece, Sizes) {
    EXPECT_EQ(piece_capacity(128), 127U);
    EXPECT_EQ(piece_capacity(std::uint64_t{32} << 30), 34'091'302'912U);
}

}  // namespace
}  // namespace strata
