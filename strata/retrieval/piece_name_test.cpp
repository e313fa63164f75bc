#include <strata/retrieval/piece_name.hpp>

#include <gtest/gtest.h>

namespace strata::retrieval {
namespace {

// FRC-0069's example: 4 times 127 bytes of the values 0, 1, 2, 3.
TEST(PieceName, both_spellings) {
    constexpr std::string_view kV1 = "baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi";
    constexpr std::string_view kV2 = "bafkzcibcaaces3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi";
    const auto v2 = parse_piece_name(kV2);
    ASSERT_TRUE(v2) << v2.error().message();
    EXPECT_EQ(v2->piece.to_string(), kV1);
    EXPECT_EQ(v2->sizes->padded, 512U);
    EXPECT_EQ(v2->sizes->raw, 508U);
    const auto v1 = parse_piece_name(kV1);
    ASSERT_TRUE(v1);
    EXPECT_FALSE(v1->sizes);
    EXPECT_EQ(piece_cid_v2(v1->piece, {512, 508})->to_string(), kV2);
    for (const char* text : {"", "x", "bafkqaaa", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"})
        EXPECT_FALSE(parse_piece_name(text)) << text;
}

TEST(PieceName, impossible_names) {
    const Cid piece = Cid::constant("baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi");
    EXPECT_EQ(piece_cid_v2(piece, {500, 10}).error().code(), Errc::invalid_argument) << "not a power of two";
    EXPECT_EQ(piece_cid_v2(piece, {512, 509}).error().code(), Errc::invalid_argument) << "more data than piece";
    EXPECT_EQ(piece_cid_v2(Cid::constant("bafkqaaa"), {512, 5}).error().code(), Errc::invalid_argument);
    const auto with_digest = [](Bytes digest) {
        return Cid::v1(Codec::raw, static_cast<HashCode>(0x1011), digest).to_string();
    };
    Bytes digest(34);
    digest[1] = 4;
    EXPECT_TRUE(parse_piece_name(with_digest(digest)));
    digest[1] = 59;
    EXPECT_EQ(parse_piece_name(with_digest(digest)).error().code(), Errc::malformed) << "too high";
    digest[1] = 1;
    EXPECT_EQ(parse_piece_name(with_digest(digest)).error().code(), Errc::malformed) << "too low";
    digest.pop_back();
    EXPECT_EQ(parse_piece_name(with_digest(digest)).error().code(), Errc::malformed) << "too short";
    EXPECT_EQ(parse_piece_name(with_digest({})).error().code(), Errc::truncated);
}

}  // namespace
}  // namespace strata::retrieval
