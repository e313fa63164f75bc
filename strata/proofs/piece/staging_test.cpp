// Protects how pieces get into a sector's file: padded, at their place, and refused if they do not fit. Sources:
// FRC-0069 (piece CID of 4 times 127 bytes); tests/vectors/proofs/commp.json, computed with filecoin-proofs 19.1.0;
// docs/protocol/proofs.md §2 (alignment).
#include <strata/proofs/piece/staging.hpp>

#include <gtest/gtest.h>

#include <strata/base/mapped_file.hpp>
#include <strata/proofs/piece/fr32.hpp>
#include <strata/proofs/test_vectors.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::proofs {
namespace {

ReadBytes reader_of(Bytes data, std::size_t at_once = SIZE_MAX) {
    auto rest = std::make_shared<Bytes>(std::move(data));
    return [rest, at_once](std::span<std::uint8_t> out) -> Result<std::size_t> {
        const auto n = std::min({out.size(), rest->size(), at_once});
        std::copy_n(rest->begin(), n, out.begin());
        rest->erase(rest->begin(), rest->begin() + static_cast<std::ptrdiff_t>(n));
        return n;
    };
}
Bytes frc_0069() {
    Bytes out;
    for (std::uint8_t value = 0; value < 4; ++value) out.insert(out.end(), 127, value);
    return out;
}
constexpr const char* kFrcPiece = "baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi";

TEST(Staging, the_published_piece_has_its_cid_and_its_padded_bytes) {
    const strata::testing::TempFolder folder;
    const auto staged = stage_piece(reader_of(frc_0069()), 512, folder / "unsealed", 512);
    ASSERT_TRUE(staged) << staged.error().message();
    EXPECT_EQ(piece_cid(staged->commitment).to_string(), kFrcPiece);
    EXPECT_EQ(staged->padded_size, 512U);
    const auto file = MappedFile::open(folder / "unsealed");
    ASSERT_TRUE(file);
    ASSERT_EQ(file->bytes().size(), 1024U);
    EXPECT_EQ(to_bytes(file->bytes().first(512)), Bytes(512)) << "the gap before the piece reads as zeros";
    Bytes raw(508);
    fr32_unpad(file->bytes().subspan(512), raw);
    EXPECT_EQ(raw, frc_0069());
}

TEST(Staging, commitments_are_the_references_whatever_the_data_comes_in) {
    for (const auto& one : testing::cases_of("commp.json")) {
        const auto size = one["payload_size"].get<std::size_t>();
        if (size > 70'000) continue;  // the conformance suite has the larger ones
        const auto data = testing::pattern(one["pattern"], size);
        PieceCommitter committer;
        for (std::size_t at = 0, part = 1; at < size; at += part, part = part * 3 % 1021)
            committer.update(BytesView(data).subspan(at, std::min(part, size - at)));
        const auto committed = committer.finish();
        ASSERT_TRUE(committed);
        EXPECT_EQ(to_hex(committed->commitment), one["commitment"].get<std::string>()) << one["command"];
        EXPECT_EQ(committed->padded_size, one["piece_size"].get<std::uint64_t>()) << one["command"];
    }
}

TEST(Staging, data_is_filled_up_with_zeros_to_the_size_that_was_asked_for) {
    const strata::testing::TempFolder folder;
    auto filled = frc_0069();
    filled.resize(raw_size(2048));
    const auto small = stage_piece(reader_of(frc_0069()), 2048, folder / "a", 0);
    const auto whole = stage_piece(reader_of(filled), 2048, folder / "b", 0);
    ASSERT_TRUE(small && whole);
    EXPECT_EQ(small->commitment, whole->commitment);
}

TEST(Staging, a_piece_that_does_not_fit_is_refused) {
    const strata::testing::TempFolder folder;
    const auto refused = [&](std::size_t data, std::uint64_t size, std::uint64_t at) {
        const auto staged = stage_piece(reader_of(Bytes(data, 1)), size, folder / "unsealed", at);
        return staged ? Errc::internal : staged.error().code();
    };
    EXPECT_EQ(refused(128, 128, 0), Errc::invalid_argument) << "127 bytes fit";
    EXPECT_EQ(refused(100, 256, 128), Errc::invalid_argument) << "a piece starts at a multiple of its size";
    EXPECT_EQ(refused(100, 384, 0), Errc::invalid_argument) << "a size is a power of two";
    EXPECT_EQ(refused(10, 64, 0), Errc::invalid_argument) << "the smallest piece has 128 bytes";
}

TEST(Staging, a_source_or_a_disk_that_fails_is_an_error) {
    const strata::testing::TempFolder folder;
    const ReadBytes broken = [](std::span<std::uint8_t>) -> Result<std::size_t> { return fail(Errc::io, "torn"); };
    EXPECT_EQ(stage_piece(broken, 512, folder / "unsealed", 0).error().code(), Errc::io);
    EXPECT_FALSE(stage_piece(reader_of(frc_0069()), 512, folder / "missing" / "unsealed", 0));
}

// The stream writer of the reference puts a piece at a multiple of its own size (rust-filecoin-proofs
// filecoin-proofs/src/pieces.rs, get_piece_alignment and its tests).
TEST(PieceAlignment, pieces_start_at_multiples_of_their_size) {
    const auto at = [](std::uint64_t written, std::uint64_t piece) { return piece_alignment(written, piece); };
    EXPECT_EQ(at(0, 127), (PieceAlignment{0, 0}));
    EXPECT_EQ(at(0, 254), (PieceAlignment{0, 0}));
    EXPECT_EQ(at(0, 508), (PieceAlignment{0, 0}));
    EXPECT_EQ(at(127, 127), (PieceAlignment{0, 0}));
    EXPECT_EQ(at(127, 254), (PieceAlignment{127, 0}));
    EXPECT_EQ(at(127, 508), (PieceAlignment{381, 0}));
    EXPECT_EQ(at(100, 300), (PieceAlignment{408, 208}));
    EXPECT_EQ(at(200, 300), (PieceAlignment{308, 208}));
    EXPECT_EQ(at(500, 300), (PieceAlignment{8, 208}));
}

}  // namespace
}  // namespace strata::proofs
