// Real layers, trees and vanilla proofs of 2 KiB sectors under the provider, in the small world; only the SNARKs are
// hashes.
#include <strata/provider/disk_sealer.hpp>

#include <fstream>

#include <strata/base/test_disk.hpp>
#include <strata/provider/test_rig.hpp>

namespace strata::provider {
namespace {

namespace fs = std::filesystem;
using testing::Rig, testing::World;

class VanillaProver final : public DiskSealer {
  public:
    VanillaProver() : DiskSealer({}) {}
    Result<Bytes> commit(const SealWork& work, const Hash256& comm_r, const Hash256& seed, crypto::RandomSource&,
                         const Stop& stop) override {
        STRATA_OK(vanilla_seal_proof(work, seed, stop));  // this checks the proofs that it makes
        return to_bytes(testing::fake_seal_proof(comm_r, seed));
    }
    Result<WindowProof> prove_window(const WindowWork& work, crypto::RandomSource&, const Stop&) override {
        STRATA_TRY(const auto config, proofs::PostConfig::of(work.proof));
        std::vector<proofs::HeldSector> sectors;
        std::vector<std::pair<SectorNumber, Hash256>> named;
        for (const auto& sector : work.sectors) {
            sectors.push_back(held(sector));
            named.emplace_back(sector.number, sector.comm_r);
        }
        STRATA_TRY(auto vanilla,
                   proofs::window_post_vanilla(config, proofs::post_randomness(work.randomness), sectors));
        WindowProof out{{}, std::move(vanilla.faulty)};
        if (out.faulty.empty()) out.proof = to_bytes(testing::fake_window_proof(work.randomness, named));
        return out;
    }
    Result<Bytes> prove_winning(RegisteredPoStProof, ActorId, const Hash256&, const ProvingSector&,
                                crypto::RandomSource&) override {
        return Errc::unsupported;
    }
};

class Sealing : public ::testing::TestWithParam<int> {
  protected:
    void SetUp() override {
        rig.config.seal_proof = static_cast<RegisteredSealProof>(GetParam());
        rig.make_prover = [] { return std::make_unique<VanillaProver>(); };
        rig.open();
    }
    Rig rig;
};

TEST_P(Sealing, sectors_are_sealed_and_proven) {
    const auto number = rig.add(std::nullopt);
    const auto empty = rig.provider->pledge_sector(rig.epoch);
    ASSERT_TRUE(empty);
    rig.run_until([&] { return rig.proven(number) && rig.proven(*empty); });
    ASSERT_TRUE(rig.proven(number)) << rig.sector(number).reason;
    ASSERT_TRUE(rig.proven(*empty)) << rig.sector(*empty).reason;
    EXPECT_TRUE(rig.world.faults.empty());
    const auto files = sector_files(rig.config.folder, World::kMiner, number);
    EXPECT_FALSE(fs::exists(files.cache / proofs::kDataTreeFile));
    EXPECT_FALSE(fs::exists(files.cache / proofs::kSyntheticFile));
    // Data, then an RLE+ of one run, then its length.
    EXPECT_GT(fs::file_size(files.unsealed), 2048u + 4u);
    EXPECT_FALSE(fs::exists(sector_files(rig.config.folder, World::kMiner, *empty).unsealed));
    const auto data = rig.unsealed_data(number);
    ASSERT_TRUE(data) << data.error().message();
    EXPECT_EQ(*data, Rig::piece_data());
}

TEST_P(Sealing, a_disk_that_gets_full_at_any_file_makes_it_wait_and_go_on) {
    const auto number = rig.add(std::nullopt);
    // The disk gets full at the first file, at a layer, at a tree or at the replica. In each case the sector continues
    // once there is space.
    for (const int at : {0, 1, 6, 13, 25}) {
        strata::testing::FaultyDisk disk(at, [] { return ENOSPC; });
        {
            const DiskInPlace in_place(disk);
            rig.run_until([&] { return rig.sector(number).reason.find("disk is full") != std::string::npos; }, 200);
            rig.provider.reset();  // ends its jobs, which use the disk
        }
        rig.reopen();
        const auto& sector = rig.sector(number);
        EXPECT_NE(sector.state, SectorState::failed);
        if (at == 0) {
            EXPECT_NE(sector.reason.find(rig.config.folder.string()), std::string::npos) << sector.reason;
        }
    }
    rig.run_until([&] { return rig.proven(number); });
    EXPECT_TRUE(rig.proven(number)) << rig.sector(number).reason;
}

TEST_P(Sealing, kills_and_what_a_killed_piece_left_do_no_harm) {
    // As if a longer piece was being written when the program was killed.
    const auto files = sector_files(rig.config.folder, World::kMiner, 0);
    fs::create_directories(files.unsealed.parent_path());
    std::ofstream(files.unsealed) << std::string(2048, 'x');
    const auto number = rig.add(std::nullopt);
    ASSERT_EQ(number, 0u);
    int round = 0;
    rig.run_until([&] {
        if (rig.kill_after == 0) rig.kill_after = 5 + round++ % 7;
        return rig.proven(number);
    });
    ASSERT_TRUE(rig.proven(number)) << rig.sector(number).reason;
    EXPECT_GT(rig.kills, 2);
    EXPECT_EQ(rig.world.calls.size(), 3u);
}

TEST_P(Sealing, a_damaged_replica_is_found) {
    const auto number = rig.add(std::nullopt);
    rig.run_until([&] { return rig.proven(number); });
    ASSERT_TRUE(rig.proven(number));
    std::ofstream(sector_files(rig.config.folder, World::kMiner, number).sealed) << std::string(2048, 'x');
    rig.run_until([&] { return !rig.world.faults.empty(); });
    EXPECT_EQ(rig.world.count(testing::kFaults, true), 1);
}

// Interactive and synthetic proofs (docs/protocol/storage.md §1.1).
INSTANTIATE_TEST_SUITE_P(Kinds, Sealing, ::testing::Values(5, 10));

}  // namespace
}  // namespace strata::provider
