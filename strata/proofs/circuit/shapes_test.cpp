// Protects which sector sizes have which circuit. Source: docs/protocol/proofs.md §3, §16 (the sizes of mainnet and of
// the reference's tests); FIP-0019 for sector updates.
#include <strata/proofs/circuit/shapes.hpp>

#include <gtest/gtest.h>

namespace strata::proofs {
namespace {

constexpr std::uint64_t kMainnet[] = {2048, 8 << 20, 512 << 20, std::uint64_t{32} << 30, std::uint64_t{64} << 30};

TEST(CircuitShapes, every_size_of_mainnet_has_every_circuit) {
    for (const auto size : kMainnet) {
        EXPECT_TRUE(porep_shape(size)) << size;
        EXPECT_TRUE(winning_post_shape(size)) << size;
        EXPECT_TRUE(window_post_shape(size)) << size;
        EXPECT_TRUE(update_shape(size)) << size;
    }
}

// WindowPoSt proves 2,349 sectors of 32 GiB or 2,300 of 64 GiB at once, and two of the smaller ones; WinningPoSt proves
// 66 leaves of one sector.
TEST(CircuitShapes, proofs_of_spacetime_take_the_networks_counts) {
    EXPECT_EQ(window_post_shape(std::uint64_t{32} << 30)->sectors, 2349U);
    EXPECT_EQ(window_post_shape(std::uint64_t{64} << 30)->sectors, 2300U);
    EXPECT_EQ(window_post_shape(2048)->sectors, 2U);
    EXPECT_EQ(window_post_shape(2048)->challenges, 10U);
    for (const auto size : kMainnet) EXPECT_EQ(winning_post_shape(size)->sectors, 66U);
}

TEST(CircuitShapes, a_size_without_a_circuit_is_answered_with_those_that_have_one) {
    for (const std::uint64_t size :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3072}, std::uint64_t{1} << 31, UINT64_MAX}) {
        const auto refused = porep_shape(size);
        ASSERT_FALSE(refused) << size;
        EXPECT_EQ(refused.error().code(), Errc::invalid_argument);
        const auto said = refused.error().message();
        EXPECT_NE(said.find(std::to_string(size) + " bytes"), std::string::npos) << said;
        for (const char* allowed : {"2KiB", "8MiB", "512MiB", "32GiB", "64GiB"})
            EXPECT_NE(said.find(allowed), std::string::npos) << said;
    }
}

TEST(CircuitNames, are_read_as_they_are_written) {
    for (const auto kind :
         {CircuitKind::porep, CircuitKind::winning_post, CircuitKind::window_post, CircuitKind::sector_update})
        EXPECT_EQ(*parse_circuit_kind(circuit_kind_name(kind)), kind);
    for (const char* wrong : {"", "Porep", "winning ", "post", "updates"})
        EXPECT_FALSE(parse_circuit_kind(wrong)) << wrong;
}

TEST(SectorBytes, are_a_number_and_a_unit) {
    EXPECT_EQ(*parse_sector_bytes("2KiB"), 2048U);
    EXPECT_EQ(*parse_sector_bytes("8MiB"), std::uint64_t{8} << 20);
    EXPECT_EQ(*parse_sector_bytes("64GiB"), std::uint64_t{64} << 30);
    for (const char* wrong :
         {"", "2", "KiB", "2kib", "2 KiB", "2KB", "-2KiB", "2KiB ", "2.5KiB", "2000000GiB", "18446744073709551617KiB"})
        EXPECT_EQ(parse_sector_bytes(wrong).error().code(), Errc::invalid_argument) << wrong;
}

}  // namespace
}  // namespace strata::proofs
