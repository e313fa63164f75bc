// Protects what the numbers of registered seal proofs mean, and the identifiers that are hashed into every label.
// Sources: docs/protocol/proofs.md §3 (rust-filecoin-proofs-api src/registry.rs); tests/vectors/proofs/seal.json,
// computed with filecoin-proofs 19.1.0.
#include <strata/proofs/porep/seal_config.hpp>

#include <gtest/gtest.h>

#include <strata/proofs/test_vectors.hpp>

namespace strata::proofs {
namespace {

TEST(SealConfig, registered_numbers_name_sizes_rules_and_features) {
    // Five numbers in a row are the five sizes.
    constexpr std::uint64_t kSizes[] = {2048, 8 << 20, 512 << 20, std::uint64_t{32} << 30, std::uint64_t{64} << 30};
    for (std::int64_t number = 0; number < 20; ++number) {
        const auto config = SealConfig::of(RegisteredSealProof{number});
        ASSERT_TRUE(config) << number << ": " << config.error().message();
        const auto index = static_cast<std::size_t>(number % 5);
        EXPECT_EQ(config->sector_size, kSizes[index]) << number;
        EXPECT_EQ(config->rules, number < 5 ? GraphRules::v1_0 : GraphRules::v1_1) << number;
        EXPECT_EQ(config->feature, number < 10   ? SealFeature::interactive
                                   : number < 15 ? SealFeature::synthetic
                                                 : SealFeature::non_interactive)
            << number;
        // LE64 of the number, then zeros.
        Hash256 id{};
        id[0] = static_cast<std::uint8_t>(number);
        EXPECT_EQ(config->porep_id, id) << number;
        // Small sectors have 2 layers, those of 32 and 64 GiB have 11.
        EXPECT_EQ(config->layers, index >= 3 ? 11U : 2U) << number;
        EXPECT_EQ(config->nodes() * 32, config->sector_size);
    }
    for (const std::int64_t number : {std::int64_t{-1}, std::int64_t{20}, std::int64_t{99}, INT64_MAX})
        EXPECT_EQ(SealConfig::of(RegisteredSealProof{number}).error().code(), Errc::invalid_argument) << number;
}

TEST(SealConfig, replica_ids_are_the_references) {
    int compared = 0;
    for (const auto& one : testing::cases_of("seal.json")) {
        SealSubject subject;
        const auto id = testing::hash_of(one["porep_id"]);
        const auto config = SealConfig::of(RegisteredSealProof{id[0]});
        if (!config || config->sector_size != testing::sector_bytes(one)) continue;
        subject.config = *config;
        subject.prover_id = testing::hash_of(one["prover_id"]);
        subject.number = one["sector_number"].get<SectorNumber>();
        subject.ticket = testing::hash_of(one["ticket"]);
        EXPECT_EQ(to_hex(replica_id_of(subject, testing::hash_of(one["comm_d"]))), one["replica_id"].get<std::string>())
            << one["command"];
        ++compared;
    }
    EXPECT_GE(compared, 5);
}

// The vectors' miners: 1, 1000 and larger ones, each the unsigned varint of the actor's number.
TEST(SealConfig, a_prover_is_named_by_the_varint_of_its_number) {
    const auto text = [](ActorId miner) { return to_hex(prover_id_of(miner)).substr(0, 20); };
    EXPECT_EQ(text(0), "00000000000000000000");
    EXPECT_EQ(text(1), "01000000000000000000");
    EXPECT_EQ(text(127), "7f000000000000000000");
    EXPECT_EQ(text(128), "80010000000000000000");
    EXPECT_EQ(text(1000), "e8070000000000000000");
    EXPECT_EQ(text(INT64_MAX), "ffffffffffffffff7f00");
}

}  // namespace
}  // namespace strata::proofs
