// Sectors on chain in the small world: they are proven in every period, declared faulty and recovered, and make
// winning proofs.
#include <filesystem>

#include <strata/provider/test_rig.hpp>

namespace strata::provider {
namespace {

namespace fs = std::filesystem;
using testing::kFaults, testing::kPost, testing::kRecovered;
using testing::Rig, testing::World;

class Deadlines : public ::testing::Test {
  protected:
    void SetUp() override {
        a = rig.add(std::nullopt);
        b = *rig.provider->pledge_sector(rig.epoch);
        rig.run_until([&] { return rig.world.sectors.size() == 2; });
        rig.world.sectors[b].deadline = rig.world.sectors[a].deadline;
        rig.run_until([&] { return rig.proven(a) && rig.proven(b); });
        ASSERT_TRUE(rig.proven(a) && rig.proven(b));
    }
    fs::path replica(SectorNumber number) const {
        return sector_files(rig.config.folder, World::kMiner, number).sealed;
    }
    void next_period(std::size_t periods = 1) {
        const auto until = rig.epoch + 2880 * static_cast<ChainEpoch>(periods);
        rig.run_until([&] { return rig.epoch >= until; });
    }
    Rig rig;
    SectorNumber a = 0, b = 0;
};

TEST_F(Deadlines, every_period_is_proven_once) {
    next_period(3);
    EXPECT_EQ(rig.world.count(kPost, true), 4);
    EXPECT_EQ(rig.world.count(kPost, false), 0);
    EXPECT_TRUE(rig.world.faults.empty());
}

TEST_F(Deadlines, lost_sectors_are_declared_and_declared_recovered) {
    const auto aside = replica(a).string() + ".aside";
    fs::rename(replica(a), aside);
    next_period();
    EXPECT_EQ(rig.world.count(kFaults, true), 1);
    EXPECT_EQ(rig.world.faults, BitField{a});
    EXPECT_EQ(rig.world.count(kPost, true), 2) << "the other one is proven";
    next_period();
    EXPECT_EQ(rig.world.count(kFaults, true), 1) << "it is known by now";
    fs::rename(aside, replica(a));
    next_period();
    EXPECT_EQ(rig.world.count(kRecovered, true), 1);
    EXPECT_TRUE(rig.world.faults.empty());
}

TEST_F(Deadlines, sectors_lost_after_the_check_are_skipped) {
    const auto open = rig.world.last_open(rig.world.sectors[a].deadline, rig.epoch) + 2880;
    rig.run_until([&] { return rig.epoch >= open - 60; });
    fs::remove(replica(a));
    rig.run_until([&] { return rig.world.count(kPost, true) == 2; });
    EXPECT_EQ(rig.world.count(kPost, true), 2);
    EXPECT_EQ(rig.world.count(kFaults, true), 0);
    EXPECT_EQ(rig.world.faults, BitField{a});
}

TEST_F(Deadlines, a_kill_at_any_place_does_no_harm) {
    for (int round = 0; round < 60; ++round) {
        rig.kill_after = 1 + round % 20;
        next_period();
    }
    rig.kill_after = 0;
    EXPECT_EQ(rig.world.count(kPost, true), 61);
    EXPECT_EQ(rig.world.count(kPost, false), 0);
    EXPECT_TRUE(rig.world.faults.empty());
}

TEST_F(Deadlines, winning_proofs_are_of_the_sectors_it_has) {
    const auto& on_chain = rig.world.sectors[a].info;
    Hash256 randomness;
    randomness.fill(9);
    const PoStSectorInfo sector{static_cast<RegisteredSealProof>(5), a, on_chain.sealed_cid};
    const auto proof = rig.provider->prove_winning(rig.config.miner, randomness, sector);
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->at(0).bytes, to_bytes(testing::fake_window_proof(randomness, {{a, rig.sector(a).comm_r}})));
    EXPECT_EQ(static_cast<std::int64_t>(proof->at(0).proof), 0);
    EXPECT_FALSE(rig.provider->prove_winning(rig.config.miner, randomness, {sector.proof, 9, sector.sealed_cid}));
}

}  // namespace
}  // namespace strata::provider
