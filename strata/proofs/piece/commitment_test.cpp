#include <strata/proofs/piece/commitment.hpp>

#include <gtest/gtest.h>

namespace strata::proofs {

TEST(Commitment, zero_pieces_have_the_published_cids) {
    // docs/protocol/storage.md §16.1 (FRC-0069).
    EXPECT_EQ(piece_cid(zero_commitment(std::uint64_t{32} << 30)).to_string(),
              "baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq");
    EXPECT_EQ(piece_cid(zero_commitment(std::uint64_t{64} << 30)).to_string(),
              "baga6ea4seaqomqafu276g53zko4k23xzh4h4uecjwicbmvhsuqi7o4bhthhm4aq");
}

TEST(Commitment, of_zero_pieces_is_that_of_a_zero_sector) {
    const auto piece = [](std::uint64_t size) { return PieceInfo{size, piece_cid(zero_commitment(size))}; };
    const std::vector<PieceInfo> pieces{piece(128), piece(512), piece(256)};
    EXPECT_EQ(*sector_comm_d(2048, pieces), zero_commitment(2048));
    EXPECT_EQ(*sector_comm_d(2048, {}), zero_commitment(2048));
    EXPECT_FALSE(sector_comm_d(512, pieces).has_value());
    EXPECT_FALSE(sector_comm_d(2048, std::vector{PieceInfo{100, piece_cid(zero_commitment(128))}}).has_value());
}

}  // namespace strata::proofs
