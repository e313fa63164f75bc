// Tests the sealing of 2 KiB sectors as far as the suites of `strata vectors` do not cover it; those suites check the
// digests.
#include <strata/proofs/porep/seal.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <strata/base/mapped_file.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/piece/fr32.hpp>
#include <strata/proofs/piece/staging.hpp>
#include <strata/proofs/porep/sealed_sector.hpp>
#include <strata/proofs/post/post.hpp>

namespace strata::proofs {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k2KiB = 2048;

class Seal : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("strata-seal-test-" + std::to_string(::getpid()));
        fs::create_directories(folder_ / "cache");
        subject_.config = *SealConfig::of(static_cast<RegisteredSealProof>(5));
        subject_.prover_id = prover_id_of(1000);
        subject_.number = 7;
        subject_.ticket.fill(3);
        paths_ = {folder_ / "cache", folder_ / "staged", folder_ / "sealed", {}};
        data_.resize(raw_size(k2KiB));
        for (std::size_t i = 0; i < data_.size(); ++i) data_[i] = static_cast<std::uint8_t>(i * i + 1);
        bool read = false;
        const auto reader = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
            if (std::exchange(read, true)) return std::size_t{0};
            std::ranges::copy(data_, out.begin());
            return data_.size();
        };
        piece_ = *stage_piece(reader, k2KiB, paths_.staged, 0);
    }
    void TearDown() override { fs::remove_all(folder_); }

    SealCommitments pre_commit() {
        const std::array pieces{PieceInfo{k2KiB, piece_cid(piece_.commitment)}};
        const auto phase1 = seal_pre_commit_phase1(subject_, paths_, pieces);
        EXPECT_TRUE(phase1) << phase1.error().message();
        const auto phase2 = seal_pre_commit_phase2(subject_, paths_, *phase1);
        EXPECT_TRUE(phase2) << phase2.error().message();
        return *phase2;
    }
    HeldSector held(const SealCommitments& commitments) const {
        return {{subject_.number, commitments.comm_r}, paths_.cache, paths_.sealed};
    }
    static void flip_byte(const fs::path& file, std::size_t at) {
        auto mapped = MappedFile::open_writable(file);
        mapped->writable()[at] ^= 1;
    }

    fs::path folder_;
    SealSubject subject_;
    SealPaths paths_;
    Bytes data_;
    PieceCommitment piece_;
};

TEST_F(Seal, data_comes_back) {
    const auto commitments = pre_commit();
    EXPECT_EQ(commitments.comm_d, piece_.commitment);
    fs::create_directories(folder_ / "work");
    ASSERT_TRUE(unseal(subject_, commitments.comm_d, paths_.sealed, folder_ / "work", {}, folder_ / "unsealed"));
    const auto unsealed = MappedFile::open(folder_ / "unsealed");
    Bytes raw(data_.size());
    fr32_unpad(unsealed->bytes(), raw);
    EXPECT_EQ(raw, data_);
}

TEST_F(Seal, pieces_must_be_the_data) {
    const std::array pieces{PieceInfo{k2KiB, piece_cid(zero_commitment(k2KiB))}};
    const auto phase1 = seal_pre_commit_phase1(subject_, paths_, pieces);
    ASSERT_FALSE(phase1);
    EXPECT_EQ(phase1.error().code(), Errc::verification);
}

TEST_F(Seal, goes_on_after_a_stop) {
    std::atomic<bool> stop = false;
    const Watch watch{[&](std::string_view step, double) { stop = stop || step == "parents"; }, &stop};
    const auto stopped = seal_pre_commit_phase1(subject_, paths_, {}, watch);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
    EXPECT_TRUE(fs::exists(paths_.cache / kDataTreeFile));
    pre_commit();
    // A lost layer is made again from the one below it, with the same labels.
    const auto path = paths_.cache / layer_file_name(2);
    const auto before = crypto::sha256(MappedFile::open(path)->bytes());
    fs::remove(path);
    pre_commit();
    EXPECT_EQ(crypto::sha256(MappedFile::open(path)->bytes()), before);
}

TEST_F(Seal, changed_vanilla_proofs_are_refused) {
    const auto commitments = pre_commit();
    const Hash256 seed{9};
    const auto good = seal_commit_phase1(subject_, paths_, commitments, seed);
    ASSERT_TRUE(good) << good.error().message();
    using Change = void (*)(VanillaSealProof&);
    const Change changes[] = {
        [](VanillaSealProof& p) { p.partitions[0][0].challenge ^= 1; },
        [](VanillaSealProof& p) { p.partitions[0][0].data_leaf += crypto::Fr::one(); },
        [](VanillaSealProof& p) { p.partitions[0][0].data_path.siblings[2] += crypto::Fr::one(); },
        [](VanillaSealProof& p) { p.partitions[0][0].data_path.siblings.pop_back(); },
        [](VanillaSealProof& p) { p.partitions[0][1].replica_path.siblings[1] += crypto::Fr::one(); },
        [](VanillaSealProof& p) { p.partitions[0][1].column_path.index ^= 1; },
        [](VanillaSealProof& p) { p.partitions[0][1].drg_parents[3].rows[0] += crypto::Fr::one(); },
        [](VanillaSealProof& p) { p.partitions[0][1].expander_parents[7].rows.pop_back(); },
        [](VanillaSealProof& p) { p.partitions[0][1].expander_parents[7].path.siblings[0] += crypto::Fr::one(); },
        [](VanillaSealProof& p) { std::swap(p.partitions[0][0], p.partitions[0][1]); },
        [](VanillaSealProof& p) { p.partitions[0].pop_back(); },
        [](VanillaSealProof& p) { p.partitions.pop_back(); },
        [](VanillaSealProof& p) { p.commitments.comm_c += crypto::Fr::one(); },
        [](VanillaSealProof& p) { p.commitments.replica_id += crypto::Fr::one(); },
    };
    for (std::size_t i = 0; i < std::size(changes); ++i) {
        auto changed = *good;
        changes[i](changed);
        EXPECT_FALSE(check_vanilla_seal_proof(subject_.config, changed, seed)) << "change " << i;
    }
    EXPECT_FALSE(check_vanilla_seal_proof(subject_.config, *good, Hash256{10}));
}

TEST_F(Seal, faulty_sectors_are_found) {
    const auto commitments = pre_commit();
    ASSERT_TRUE(clear_cache(subject_.config, paths_.cache));  // PoSt needs none of the removed files
    const auto config = *PostConfig::of(static_cast<RegisteredPoStProof>(10));
    const auto randomness = post_randomness(Hash256{5});
    ASSERT_TRUE(check_sector(config, randomness, held(commitments)));
    const auto whole = window_post_vanilla(config, randomness, std::array{held(commitments)});
    ASSERT_TRUE(whole);
    EXPECT_TRUE(whole->faulty.empty());
    ASSERT_EQ(whole->partitions.size(), 1U);
    EXPECT_EQ(whole->partitions[0].size(), 2U);  // one is a copy that fills the partition

    auto other = held(commitments);
    other.sector.comm_r[0] ^= 1;
    EXPECT_FALSE(check_sector(config, randomness, other));
    const auto leaf = post_leaves(config, randomness, subject_.number, 0)[0];
    flip_byte(paths_.sealed, leaf * kNodeSize);
    const auto broken = window_post_vanilla(config, randomness, std::array{held(commitments)});
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->faulty, std::vector<SectorNumber>{7});
    EXPECT_TRUE(broken->partitions.empty());
    fs::resize_file(paths_.sealed, k2KiB - 32);
    EXPECT_EQ(check_sector(config, randomness, held(commitments)).error().code(), Errc::malformed);
    fs::remove(paths_.sealed);
    EXPECT_EQ(check_sector(config, randomness, held(commitments)).error().code(), Errc::not_found);
}

}  // namespace
}  // namespace strata::proofs
