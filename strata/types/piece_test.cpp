#include <strata/types/piece.hpp>

#include <gtest/gtest.h>

namespace strata {
namespace {

// The CIDs are the example of FRC-0069 and that of an empty raw block.
TEST(Piece, OnlyCommitmentsNamePieces) {
    EXPECT_TRUE(is_piece_cid(Cid::constant("baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi")));
    EXPECT_FALSE(is_piece_cid(Cid::constant("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")));
}

// All four parts of the CID count: version, codec, hash and its length (multicodec table: 0xf101, 0x1012).
TEST(Piece, ACommitmentOfADifferentKindIsNoPiece) {
    const Bytes digest(32, 7);
    using enum HashCode;
    EXPECT_TRUE(is_piece_cid(Cid::v1(Codec::commitment_unsealed, sha2_256_trunc254_padded, digest)));
    EXPECT_FALSE(is_piece_cid(Cid::v1(Codec::commitment_sealed, sha2_256_trunc254_padded, digest)));
    EXPECT_FALSE(is_piece_cid(Cid::v1(Codec::commitment_unsealed, sha2_256, digest)));
    EXPECT_FALSE(is_piece_cid(Cid::v1(Codec::commitment_unsealed, sha2_256_trunc254_padded, Bytes(31))));
    EXPECT_FALSE(is_piece_cid(Cid::v1(Codec::commitment_unsealed, sha2_256_trunc254_padded, {})));
    // These are a CommR of a chain that Lotus made, and a CID of version 0.
    EXPECT_FALSE(is_piece_cid(Cid::constant("bagboea4b5abcbwxujtz3ftc36cjab43q3d6pbarbxxlnkde6t2e62ar34jpuovrm")));
    EXPECT_FALSE(is_piece_cid(Cid::constant("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn")));
}

// 127 bytes of data fill a piece of 128 bytes (FIP-0003).
TEST(Piece, Sizes) {
    EXPECT_EQ(piece_capacity(128), 127U);
    EXPECT_EQ(piece_capacity(std::uint64_t{32} << 30), 34'091'302'912U);
    EXPECT_EQ(piece_capacity(2048), 2032U);  // a complete 2 KiB sector
    EXPECT_EQ(piece_capacity(0), 0U);
}

}  // namespace
}  // namespace strata
