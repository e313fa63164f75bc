// Sectors of 2 KiB are sealed before genesis, with real layers and trees.
#include <strata/provider/preseal.hpp>

#include <gtest/gtest.h>

#include <fstream>

#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/porep/seal.hpp>
#include <strata/proofs/post/post.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::provider {
namespace {

namespace fs = std::filesystem;

class Preseal : public ::testing::Test {
  protected:
    void SetUp() override {
        order = {.miner = 1002,
                 .proof = static_cast<RegisteredSealProof>(5),
                 .first = 7,
                 .sectors = 2,
                 .folder = root / "miner",
                 .parent_cache = {}};
    }

    Result<std::vector<PresealedSector>> run(std::string_view seed = "seed", const Watch& watch = {}) const {
        crypto::SeededRandom random(as_bytes(seed));
        return preseal(order, random, watch);
    }
    static Hash256 some_randomness() {
        Hash256 out{};
        out[3] = 9;
        return out;
    }
    static std::string content(const fs::path& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    strata::testing::TempFolder root;
    PresealOrder order;
};

TEST_F(Preseal, SectorsCanBeProven) {
    const auto sectors = run();
    ASSERT_TRUE(sectors) << sectors.error().message();
    ASSERT_EQ(sectors->size(), 2u);
    const auto config = proofs::PostConfig::of(window_post_proof(order.proof).value()).value();
    std::vector<proofs::HeldSector> held;
    for (const auto& sector : *sectors) held.push_back({{sector.number, sector.comm_r}, sector.cache, sector.sealed});
    const auto window = proofs::window_post_vanilla(config, some_randomness(), held);
    ASSERT_TRUE(window) << window.error().message();
    EXPECT_TRUE(window->faulty.empty());
    EXPECT_FALSE(window->partitions.empty());
    // Every leaf of a replica.
    std::vector<std::uint64_t> leaves;
    for (std::uint64_t i = 0; i < config.nodes(); ++i) leaves.push_back(i);
    EXPECT_TRUE(proofs::read_checked_leaves(config, held[1], leaves));
    // The commitments are those in the cache.
    for (const auto& sector : *sectors)
        EXPECT_EQ(proofs::read_commitments(sector.cache, sector.comm_d).value().comm_r, sector.comm_r);
    // A different replica, complete in itself, is a different sector.
    held[0].sector.comm_r = sectors->at(1).comm_r;
    EXPECT_FALSE(proofs::read_checked_leaves(config, held[0], leaves));
}

TEST_F(Preseal, TheSameSeedMakesTheSame) {
    const auto once = run().value();
    order.folder = root / "again";
    const auto again = run().value();
    order.folder = root / "other";
    const auto other = run("another seed").value();
    for (std::size_t i = 0; i < once.size(); ++i) {
        EXPECT_EQ(once[i].comm_r, again[i].comm_r);
        EXPECT_EQ(content(once[i].sealed), content(again[i].sealed));
        EXPECT_NE(once[i].comm_r, other[i].comm_r);
        EXPECT_NE(once[i].comm_d, other[i].comm_d);
    }
    EXPECT_NE(once[0].comm_d, once[1].comm_d);
}

TEST_F(Preseal, AFinishedFolderIsOnlyRead) {
    const auto once = run().value();
    const auto before = fs::last_write_time(once[0].sealed);
    std::size_t steps = 0;
    const auto again = run("seed", {[&](std::string_view, double) { ++steps; }, nullptr}).value();
    EXPECT_EQ(steps, 0u);
    EXPECT_EQ(again[1].comm_r, once[1].comm_r);
    EXPECT_EQ(fs::last_write_time(again[0].sealed), before);
    EXPECT_EQ(run("another seed").error().code(), Errc::invalid_argument);
}

// Each run is stopped one step later than the last. In the end the folder is complete, and before that it does not
// exist.
TEST_F(Preseal, GoesOnAfterAStop) {
    auto plain = order;
    plain.folder = root / "plain";
    std::swap(order, plain);
    const auto expected = run().value();
    std::swap(order, plain);
    for (int stops = 1; stops < 200; ++stops) {
        std::atomic<bool> stop = false;
        int left = stops;
        const Watch watch{[&](std::string_view, double done) {
                              EXPECT_GE(done, 0.0);
                              EXPECT_LE(done, 1.0);
                              if (--left == 0) stop = true;
                          },
                          &stop};
        const auto result = run("seed", watch);
        if (!result) {
            ASSERT_EQ(result.error().code(), Errc::cancelled) << result.error().message();
            EXPECT_FALSE(fs::exists(order.folder));
            continue;
        }
        EXPECT_GT(stops, 3);
        for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(result->at(i).comm_r, expected[i].comm_r);
        EXPECT_FALSE(fs::exists(order.folder.string() + ".unfinished"));
        return;
    }
    FAIL() << "never finished";
}

// Unfinished work of a different seed is thrown away.
TEST_F(Preseal, BegunWorkOfAnotherOrderIsDropped) {
    const std::atomic<bool> stop = true;
    EXPECT_FALSE(run("another seed", {{}, &stop}));
    EXPECT_TRUE(fs::exists(order.folder.string() + ".unfinished"));
    const auto sectors = run().value();
    order.folder = root / "plain";
    EXPECT_EQ(sectors[0].comm_r, run().value()[0].comm_r);
}

TEST_F(Preseal, OtherKindsOfProofAreRefused) {
    for (const int proof : {0, 10, 15, 99}) {
        order.proof = static_cast<RegisteredSealProof>(proof);
        EXPECT_EQ(run().error().code(), Errc::invalid_argument) << proof;
    }
}

TEST_F(Preseal, TheTemplateNamesThem) {
    const auto sectors = run().value();
    crypto::SeededRandom random(as_bytes("key"));
    const auto key = wallet::generate_key(wallet::KeyType::bls, random);
    const auto entries = genesis_sectors(sectors, Address::id(order.miner), key).value();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[1].number, 8u);
    EXPECT_EQ(entries[1].comm_r, proofs::replica_cid(sectors[1].comm_r));
    EXPECT_EQ(entries[1].deal.piece_cid, entries[1].comm_d);
    EXPECT_EQ(entries[1].deal.piece_size, 2048u);
    EXPECT_EQ(entries[1].deal.client, wallet::address_of(key).value());
    EXPECT_EQ(entries[1].deal.provider, Address::id(1002));
}

using PresealSlow = Preseal;

TEST_F(PresealSlow, EightMebibytes) {
    order.proof = static_cast<RegisteredSealProof>(6);
    order.sectors = 1;
    const auto sectors = run();
    ASSERT_TRUE(sectors) << sectors.error().message();
    const auto& sector = sectors->at(0);
    EXPECT_EQ(fs::file_size(sector.sealed), 8u << 20);
    const auto config = proofs::PostConfig::of(window_post_proof(order.proof).value()).value();
    const proofs::HeldSector held{{sector.number, sector.comm_r}, sector.cache, sector.sealed};
    EXPECT_TRUE(proofs::check_sector(config, some_randomness(), held));
}

}  // namespace
}  // namespace strata::provider
