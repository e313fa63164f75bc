// A missing or damaged verifying key is never an answer about a proof.
#include <gtest/gtest.h>

#include <fstream>

#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/params/parameter_name.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/verifier.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::proofs {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSize = 2048;

// Returns public values that have a proof, with bytes that are not a proof.
WindowPoStVerifyInfo window_post() {
    Hash256 comm_r{};
    comm_r[0] = 7;
    return {.randomness = Bytes(32, 1),
            .proofs = {{RegisteredPoStProof{5}, Bytes(192, 0xab)}},
            .challenged_sectors = {{RegisteredSealProof{5}, 3, replica_cid(comm_r)}},
            .prover = 1000};
}

class VerifierTest : public ::testing::Test {
  protected:
    fs::path key_file() const { return folder_ / (parameter_name(CircuitKind::window_post, kSize).value() + ".vk"); }

    strata::testing::TempFolder temp_;
    fs::path folder_ = temp_.path();
};

TEST_F(VerifierTest, WithoutItsKeyACheckIsAnErrorOfThisNode) {
    Verifier verifier(folder_);
    EXPECT_EQ(verifier.verify_window_post(window_post()).error().code(), Errc::not_found);
    const auto answer = verdict(verifier.verify_window_post(window_post()));
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is_fatal());
    EXPECT_TRUE(answer.error().message().contains(key_file().filename().string())) << answer.error().message();
    EXPECT_EQ(verifier.load_key(CircuitKind::window_post, kSize).error().code(), Errc::not_found);
}

TEST_F(VerifierTest, ADamagedKeyIsAnErrorOfThisNode) {
    std::ofstream(key_file()) << "not a key";
    Verifier verifier(folder_);
    EXPECT_EQ(verdict(verifier.verify_window_post(window_post())).error().code(), Errc::io);
    EXPECT_EQ(verifier.load_key(CircuitKind::window_post, kSize).error().code(), Errc::io);
}

TEST_F(VerifierTest, ValuesThatNoProofCanBeAboutNeedNoKey) {
    Verifier verifier(folder_);
    auto info = window_post();
    info.randomness.pop_back();
    EXPECT_FALSE(verdict(verifier.verify_window_post(info)).value());
    info = window_post();
    info.proofs.clear();
    EXPECT_FALSE(verdict(verifier.verify_window_post(info)).value());
    info = window_post();
    info.proofs[0].proof = RegisteredPoStProof{77};
    EXPECT_FALSE(verdict(verifier.verify_window_post(info)).value());
    info = window_post();
    info.challenged_sectors[0].sealed_cid = piece_cid(Hash256{1});
    EXPECT_FALSE(verdict(verifier.verify_window_post(info)).value());
    EXPECT_FALSE(verdict(verifier.verify_seal({})).value());
    EXPECT_FALSE(verdict(verifier.verify_replica_update({})).value());
}

TEST_F(VerifierTest, WithTheKeyAWrongProofIsWrong) {
    const auto keys = strata::testing::find_vectors("proofs/groth16");
    if (!keys) GTEST_SKIP() << strata::testing::skip_reason("proofs/groth16");
    Verifier verifier(*keys);
    EXPECT_TRUE(verifier.load_key(CircuitKind::window_post, kSize));
    EXPECT_FALSE(verdict(verifier.verify_window_post(window_post())).value());
}

}  // namespace
}  // namespace strata::proofs
