// Protects which nodes a seal must prove. A prover that proves different ones has no valid proof; a verifier that asks
// for different ones refuses the network's proofs. Source: tests/vectors/proofs/porep_challenges.json, computed with
// storage-proofs-porep 19.1.0.
#include <strata/proofs/porep/challenges.hpp>

#include <gtest/gtest.h>

#include <set>

#include <strata/proofs/test_vectors.hpp>

namespace strata::proofs {
namespace {

std::int64_t registered_of(const nlohmann::json& one) {
    const auto command = one["command"].get<std::string>();
    const auto at = command.find("--registered ");
    return std::stoll(command.substr(at + 13));
}

TEST(PorepChallenges, are_the_references) {
    int compared = 0;
    for (const auto& one : testing::cases_of("porep_challenges.json")) {
        const auto config = SealConfig::of(RegisteredSealProof{registered_of(one)});
        if (!config) continue;
        ChallengeSeeds seeds{testing::hash_of(one["replica_id"]), testing::hash_of(one["comm_r"]), {}};
        if (one.contains("seed") && one["seed"].is_string()) seeds.seed = testing::hash_of(one["seed"]);
        const auto& expected = one["challenges"];
        // The vectors also combine numbers with features that the numbers do not name; the reference offers that as an
        // option.
        const bool same_feature = one["features"].empty() == (config->feature == SealFeature::interactive);
        if (!same_feature) continue;
        ASSERT_EQ(config->partitions, expected.size()) << one["command"];
        for (std::size_t k = 0; k < expected.size(); ++k)
            EXPECT_EQ(porep_challenges(*config, seeds, k), expected[k].get<std::vector<std::uint64_t>>())
                << one["command"] << " partition " << k;
        ++compared;
    }
    EXPECT_GE(compared, 5);
}

// Node 0 has no parents and is never asked for, and a synthetic set is asked for its own members only (FIP-0059).
TEST(SyntheticChallenges, are_nodes_of_the_sector_but_the_first) {
    Hash256 id{}, comm_r{}, seed{};
    id[0] = 1;
    comm_r[0] = 2;
    const SyntheticChallenges set(64, id, comm_r, 1000);
    for (std::uint64_t i = 0; i < set.count(); ++i) {
        EXPECT_GE(set[i], 1U);
        EXPECT_LT(set[i], 64U);
    }
    std::set<std::uint64_t> chosen;
    for (std::uint64_t j = 0; j < 100; ++j) {
        const auto which = set.selected(seed, j);
        EXPECT_LT(which, set.count());
        chosen.insert(which);
    }
    EXPECT_GT(chosen.size(), 1U);
}

}  // namespace
}  // namespace strata::proofs
