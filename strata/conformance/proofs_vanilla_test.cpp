// Runs the outside vectors of proofs, with the number of cases that each file has, so that none gets lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include <strata/conformance/lotus_sectors.hpp>
#include <strata/conformance/proofs_groth16_prove.hpp>
#include <strata/conformance/proofs_vanilla.hpp>
#include <strata/conformance/proofs_verify.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

void expect_passes(const Suite& suite, const std::string& name, std::ptrdiff_t passed, std::ptrdiff_t skipped = 0) {
    const auto path = testing::find_vectors(name);
    if (!path) GTEST_SKIP() << testing::skip_reason(name);
    Report report;
    EXPECT_EQ(run_file(VectorFile(*path), report), &suite) << name;
    const auto count = [&](Outcome::Verdict verdict) {
        return std::ranges::count(report.outcomes(), verdict, &Outcome::verdict);
    };
    for (const auto& outcome : report.outcomes()) {
        EXPECT_NE(outcome.verdict, Outcome::Verdict::failed) << name << ": " << outcome.name << ": " << outcome.why;
        if (outcome.verdict == Outcome::Verdict::skipped)
            std::cout << "skipped: " << outcome.name << ": " << outcome.why << '\n';
    }
    EXPECT_EQ(count(Outcome::Verdict::passed), passed) << name;
    EXPECT_EQ(count(Outcome::Verdict::skipped), skipped) << name;
}

TEST(ProofsGroth16Prove, KeysAndProofs) {
    expect_passes(proofs_groth16_prove(), "proofs/groth16/tiny.json", 15);
    expect_passes(proofs_groth16_prove(), "proofs/groth16/keys.json", 17, 7);
}

TEST(ProofsVanilla, Parts) {
    expect_passes(proofs_vanilla(), "proofs/commp.json", 39);
    expect_passes(proofs_vanilla(), "proofs/fr32.json", 5);
    expect_passes(proofs_vanilla(), "proofs/poseidon.json", 32);
    expect_passes(proofs_vanilla(), "proofs/parents.json", 20);
    expect_passes(proofs_vanilla(), "proofs/labels.json", 3);
    expect_passes(proofs_vanilla(), "proofs/porep_challenges.json", 13);
    expect_passes(proofs_vanilla(), "proofs/post_challenges.json", 15);
}

TEST(ProofsVanilla, Collected) {
    expect_passes(proofs_vanilla(), "../reference/proofs_vectors.json", 385, 8);
}

TEST(ProofsVerify, ChangedProofsAndInputs) {
    expect_passes(proofs_verify(), "proofs/negative.json", 27);
    expect_passes(proofs_verify(), "proofs/snarkpack.json", 5);
}

TEST(ProofsVanilla, SectorsOfLotus) {
    expect_passes(lotus_sectors(), "lotus-devnet/real/sectors.tar.zst", 5);
    expect_passes(lotus_sectors(), "lotus-devnet/long/sectors.tar.zst", 6);
}

TEST(ProofsVanillaSlow, WholeSealsAndPosts) {
    expect_passes(proofs_vanilla(), "proofs/seal.json", 308, 1);
    expect_passes(proofs_vanilla(), "proofs/post.json", 141, 2);
    expect_passes(proofs_vanilla(), "proofs/update.json", 78);
    expect_passes(proofs_vanilla(), "proofs/groth16/porep_2KiB.json", 26);
    expect_passes(proofs_vanilla(), "proofs/groth16/update_2KiB.json", 15);
}

}  // namespace
}  // namespace strata::conformance
