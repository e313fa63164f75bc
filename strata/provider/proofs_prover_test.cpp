// The whole life of one 2 KiB sector with real SNARKs: the test makes the keys, and our verifier accepts every proof.
#include <strata/provider/proofs_prover.hpp>

#include <gtest/gtest.h>

#include <strata/chain/proof_verifier.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::provider {
namespace {

TEST(ProofsProverSlow, a_sector_is_sealed_and_proven) {
    const strata::testing::TempFolder folder;
    crypto::SeededRandom random(as_bytes("proofs"));
    proofs::ParameterStore parameters(folder / "keys");
    for (const auto kind :
         {proofs::CircuitKind::porep, proofs::CircuitKind::winning_post, proofs::CircuitKind::window_post})
        ASSERT_TRUE(parameters.make(kind, 2048, random));
    chain::KeyedProofVerifier verifier(folder / "keys");
    const auto prover = prover_with(parameters, {}, {&verifier, &verifier});

    SealWork work;
    work.proof = static_cast<RegisteredSealProof>(5);
    work.miner = 1000;
    work.number = 3;
    work.ticket.fill(7);
    work.comm_d = proofs::zero_commitment(2048);
    work.files = sector_files(folder.path(), work.miner, work.number);
    const std::atomic<bool> stop = false;
    ASSERT_TRUE(prover->pre_commit_1(work, stop));
    const auto comm_r = prover->pre_commit_2(work, stop);
    ASSERT_TRUE(comm_r);
    Hash256 seed;
    seed.fill(9);
    const auto proof = prover->commit(work, *comm_r, seed, random, stop);
    ASSERT_TRUE(proof) << proof.error().message();
    EXPECT_EQ(proof->size(), 192U);
    ASSERT_TRUE(prover->finalize(work));

    const ProvingSector sector{work.proof, work.number, *comm_r, work.files};
    const auto window =
        prover->prove_window({static_cast<RegisteredPoStProof>(10), work.miner, seed, {sector}}, random, stop);
    ASSERT_TRUE(window) << window.error().message();
    EXPECT_EQ(window->proof.size(), 192U);
    const auto winning = prover->prove_winning(RegisteredPoStProof{}, work.miner, seed, sector, random);
    ASSERT_TRUE(winning) << winning.error().message();
    EXPECT_EQ(winning->size(), 192U);
}

}  // namespace
}  // namespace strata::provider
