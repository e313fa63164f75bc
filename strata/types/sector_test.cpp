// The numbers are those of ref-fvm shared/src/sector/registered_proof.rs (docs/protocol/fvm.md §1.11); the equalities
// are go-state-types abi/sector_test.go.
#include <strata/types/sector.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

constexpr std::array<SectorSize, 5> kSizes{SectorSize::size_2KiB, SectorSize::size_8MiB, SectorSize::size_512MiB,
                                           SectorSize::size_32GiB, SectorSize::size_64GiB};

RegisteredSealProof seal(std::int64_t number) {
    return RegisteredSealProof{number};
}
RegisteredPoStProof post(std::int64_t number) {
    return RegisteredPoStProof{number};
}

}  // namespace

TEST(RegisteredProofs, sizes_repeat_every_five_numbers) {
    for (std::int64_t i = 0; i < 20; ++i) {
        const auto size = kSizes[static_cast<std::size_t>(i % 5)];
        EXPECT_EQ(sector_size(seal(i)).value(), size) << i;
        if (i < 15) {
            EXPECT_EQ(sector_size(post(i)).value(), size) << i;
        }
        if (i < 5) {
            EXPECT_EQ(sector_size(RegisteredUpdateProof{i}).value(), size) << i;
        }
    }
    EXPECT_EQ(static_cast<std::uint64_t>(sector_size(seal(8)).value()), std::uint64_t{32} << 30);
    EXPECT_EQ(static_cast<std::uint64_t>(sector_size(seal(0)).value()), 2048U);
}

TEST(RegisteredProofs, numbers_that_nobody_registered_are_refused) {
    for (const std::int64_t number : {std::int64_t{-1}, std::int64_t{20}, INT64_MAX, INT64_MIN}) {
        EXPECT_EQ(sector_size(seal(number)).error().code(), Errc::invalid_argument) << number;
        EXPECT_FALSE(window_post_proof(seal(number))) << number;
        EXPECT_FALSE(winning_post_proof(seal(number))) << number;
        EXPECT_FALSE(is_synthetic(seal(number))) << number;
        EXPECT_FALSE(is_non_interactive(seal(number))) << number;
    }
    EXPECT_FALSE(sector_size(post(15)));
    EXPECT_FALSE(sector_size(post(-1)));
    EXPECT_FALSE(window_post_partition_sectors(post(15)));
    EXPECT_FALSE(sector_size(RegisteredUpdateProof{5}));
    EXPECT_EQ(sector_size(seal(20)).error().message(), "the number of a registered proof is 20, expected 0 to 19");
}

TEST(RegisteredProofs, the_kinds_of_seal_proofs) {
    for (std::int64_t i = 0; i < 20; ++i) {
        EXPECT_EQ(is_synthetic(seal(i)), i >= 10 && i <= 14) << i;
        EXPECT_EQ(is_non_interactive(seal(i)), i >= 15) << i;
    }
}

// TestV1_1SealProofEquivalence, extended to all kinds: WindowPoSt is V1P1 since network version 21.
TEST(RegisteredProofs, proofs_of_one_sector_size_belong_together) {
    for (std::int64_t i = 0; i < 20; ++i) {
        const auto winning = winning_post_proof(seal(i)).value();
        const auto window = window_post_proof(seal(i)).value();
        EXPECT_EQ(winning, post(i % 5)) << i;
        EXPECT_EQ(window, post(10 + i % 5)) << i;
        EXPECT_EQ(sector_size(winning).value(), sector_size(seal(i)).value()) << i;
        EXPECT_EQ(sector_size(window).value(), sector_size(seal(i)).value()) << i;
    }
}

// docs/protocol/fvm.md §1.11; go-state-types abi/sector.go PoStProofWindowPoStPartitionSectors.
TEST(RegisteredProofs, sectors_of_a_partition) {
    for (const std::int64_t group : {5, 10}) {
        EXPECT_EQ(window_post_partition_sectors(post(group)).value(), 2U);
        EXPECT_EQ(window_post_partition_sectors(post(group + 1)).value(), 2U);
        EXPECT_EQ(window_post_partition_sectors(post(group + 2)).value(), 2U);
        EXPECT_EQ(window_post_partition_sectors(post(group + 3)).value(), 2349U);
        EXPECT_EQ(window_post_partition_sectors(post(group + 4)).value(), 2300U);
    }
}

// The names are those of go-state-types (SectorSize.ShortString).
TEST(SectorSizes, have_the_names_that_lotus_uses) {
    constexpr std::array<std::string_view, 5> names{"2KiB", "8MiB", "512MiB", "32GiB", "64GiB"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_EQ(sector_size_name(kSizes[i]), names[i]);
        EXPECT_EQ(parse_sector_size(names[i]).value(), kSizes[i]);
    }
    EXPECT_EQ(sector_size_name(SectorSize{1024}), "unknown");
    for (const auto* text : {"", "2kib", "2 KiB", "2048", "1KiB", "32GiB ", "32GB"})
        EXPECT_EQ(parse_sector_size(text).error().code(), Errc::invalid_argument) << text;
}

// docs/protocol/node.md §2.1: [PoStProof int, ProofBytes bytes]; the proof "valid proof" comes from
// serialization-vectors.
TEST(PoStProofs, are_pairs) {
    const PoStProof proof{post(0), to_bytes(as_bytes(std::string_view("valid proof")))};
    EXPECT_EQ(to_hex(to_cbor(proof)), "82004b76616c69642070726f6f66");
    EXPECT_EQ(from_cbor<PoStProof>(to_cbor(proof)).value(), proof);
    // A number that is not registered is read here, and refused where the proof is used.
    EXPECT_EQ(from_cbor<PoStProof>(*from_hex("82392710"
                                             "40"))
                  .value()
                  .proof,
              post(-10'001));
}

}  // namespace strata
