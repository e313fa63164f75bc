// Protects which leaves and sectors the proofs of spacetime ask for. Source: tests/vectors/proofs/post_challenges.json,
// computed with storage-proofs-post 19.1.0; FIP-0061 for the two sets of rules.
#include <strata/proofs/post/post_config.hpp>

#include <gtest/gtest.h>

#include <strata/proofs/test_vectors.hpp>

namespace strata::proofs {
namespace {

TEST(PostChallenges, leaves_are_the_references) {
    int windows = 0, winnings = 0;
    for (const auto& one : testing::cases_of("post_challenges.json")) {
        const bool window = one["kind"] == "window";
        const auto rules = one["post_rules"] == "1.2.0" ? PostRules::by_sector : PostRules::by_position;
        const auto config =
            PostConfig::of(testing::sector_bytes(one), window ? PostKind::window : PostKind::winning, rules);
        ASSERT_TRUE(config) << config.error().message();
        const auto randomness = testing::hash_of(one["randomness"]);
        for (std::size_t i = 0; i < one["challenges"].size(); ++i) {
            const auto& sector = one["challenges"][i];
            EXPECT_EQ(post_leaves(*config, randomness, sector["sector_number"].get<SectorNumber>(), i),
                      sector["leaves"].get<std::vector<std::uint64_t>>())
                << one["command"] << " sector " << i;
        }
        ++(window ? windows : winnings);
    }
    EXPECT_GE(windows, 4);
    EXPECT_GE(winnings, 2);
}

TEST(PostChallenges, the_winning_sector_is_the_references) {
    int compared = 0;
    for (const auto& one : testing::cases_of("post_challenges.json")) {
        if (!one.contains("winning_sector")) continue;
        for (std::size_t draw = 0; draw < one["winning_sector"].size(); ++draw)
            EXPECT_EQ(winning_sector_index(testing::hash_of(one["prover_id"]), testing::hash_of(one["randomness"]),
                                           one["set_size"].get<std::uint64_t>(), draw),
                      one["winning_sector"][draw].get<std::uint64_t>());
        ++compared;
    }
    EXPECT_GE(compared, 2);
}

// The vectors print the randomness after trimming: the last bytes 6e a0 become 6e 20.
TEST(PostChallenges, the_two_top_bits_of_randomness_are_cleared) {
    Hash256 all;
    all.fill(0xff);
    const auto masked = post_randomness(all);
    EXPECT_EQ(masked[31], 0x3f);
    for (std::size_t i = 0; i < 31; ++i) EXPECT_EQ(masked[i], 0xff);
    all[31] = 0xa0;
    EXPECT_EQ(post_randomness(all)[31], 0x20);
}

TEST(PostInputs, sectors_come_in_order_and_once) {
    const auto config = PostConfig::of(2048, PostKind::window, PostRules::by_sector);
    ASSERT_TRUE(config);
    const auto refused = [&](std::vector<PostSector> sectors) {
        const auto inputs = post_public_inputs(*config, Hash256{}, sectors);
        return inputs ? Errc::internal : inputs.error().code();
    };
    EXPECT_EQ(refused({}), Errc::invalid_argument);
    EXPECT_EQ(refused({{2, {}}, {1, {}}}), Errc::invalid_argument);
    EXPECT_EQ(refused({{1, {}}, {1, {}}}), Errc::invalid_argument);
    Hash256 above;
    above.fill(0xff);
    EXPECT_EQ(refused({{1, above}}), Errc::non_canonical) << "a CommR is a field element";
    const auto winning = PostConfig::of(2048, PostKind::winning, PostRules::by_sector);
    ASSERT_TRUE(winning);
    EXPECT_EQ(post_public_inputs(*winning, Hash256{}, std::vector<PostSector>{{1, {}}, {2, {}}}).error().code(),
              Errc::invalid_argument);
    EXPECT_EQ(PostConfig::of(2049, PostKind::window, PostRules::by_sector).error().code(), Errc::invalid_argument);
}

TEST(PostInputs, a_partition_of_two_sectors_is_filled_up) {
    const auto config = PostConfig::of(2048, PostKind::window, PostRules::by_sector);
    ASSERT_TRUE(config);
    ASSERT_EQ(config->shape.sectors, 2U) << "2 KiB sectors are proven two at a time (docs/protocol/proofs.md §3)";
    const std::vector<PostSector> three{{1, {}}, {2, {}}, {3, {}}};
    const std::vector<PostSector> alone{{3, {}}};
    const auto inputs = post_public_inputs(*config, Hash256{}, three);
    const auto last = post_public_inputs(*config, Hash256{}, alone);
    ASSERT_TRUE(inputs && last);
    ASSERT_EQ(inputs->size(), 2U);
    EXPECT_EQ(config->partitions(3), 2U);
    EXPECT_EQ((*inputs)[1].size(), (*inputs)[0].size());
    EXPECT_EQ(testing::hex_of({(*inputs)[1]}), testing::hex_of(*last));
}

}  // namespace
}  // namespace strata::proofs
