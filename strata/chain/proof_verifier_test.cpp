#include <gtest/gtest.h>

#include <strata/actors/policy.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::chain {
namespace {

using proofs::CircuitKind;

// The devnet's actors accept sectors of 2 KiB and 8 MiB (builtin-actors runtime/src/runtime/policy.rs).
TEST(KeyedProofVerifier, NamesEveryKeyThatThePolicyNeedsAndTheFolderLacks) {
    KeyedProofVerifier verifier("/nonexistent");
    const auto missing = verifier.missing_keys(actors::devnet_policy());
    std::set<std::pair<CircuitKind, SectorSize>> named;
    for (const auto& [circuit, size, error] : missing) {
        named.insert({circuit, size});
        EXPECT_EQ(error.code(), Errc::not_found);
        EXPECT_TRUE(error.message().contains(".vk")) << error.message();
    }
    std::set<std::pair<CircuitKind, SectorSize>> expected;
    for (const auto circuit :
         {CircuitKind::porep, CircuitKind::winning_post, CircuitKind::window_post, CircuitKind::sector_update})
        for (const auto size : {SectorSize::size_2KiB, SectorSize::size_8MiB}) expected.insert({circuit, size});
    EXPECT_EQ(named, expected);
    EXPECT_EQ(missing.size(), expected.size());
    EXPECT_EQ(verifier.missing_keys(actors::mainnet_policy()).size(), 8U);
}

TEST(KeyedProofVerifier, KeysOfTheFolderAreNotMissing) {
    const auto keys = strata::testing::find_vectors("proofs/groth16");
    if (!keys) GTEST_SKIP() << strata::testing::skip_reason("proofs/groth16");
    KeyedProofVerifier verifier(*keys);
    for (const auto& [circuit, size, error] : verifier.missing_keys(actors::devnet_policy()))
        EXPECT_NE(size, SectorSize::size_2KiB) << error.message();
}

}  // namespace
}  // namespace strata::chain
