// Names against the files of vectors/proofs/groth16; what happens to a damaged key.
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>

#include <strata/proofs/params/parameter_name.hpp>
#include <strata/proofs/params/parameter_store.hpp>

namespace strata::proofs {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t k2KiB = 2048;

// vectors/proofs/groth16/keys.json
TEST(ParameterName, NamesTheCircuit) {
    EXPECT_EQ(*parameter_name(CircuitKind::porep, k2KiB),
              "v28-stacked-proof-of-replication-merkletree-poseidon_hasher-8-0-0-sha256_hasher-"
              "032d3138d22506ec0082ed72b2dcba18df18477904e35bafee82b3793b06832f");
    EXPECT_EQ(*parameter_name(CircuitKind::sector_update, k2KiB),
              "v28-empty-sector-update-merkletree-poseidon_hasher-8-0-0-"
              "fb9e095bebdd77511c0269b967b4d87ba8b8a525edaa0e165de23ba454510194");
    EXPECT_EQ(*parameter_name(CircuitKind::winning_post, std::uint64_t{64} << 30),
              "v28-proof-of-spacetime-fallback-merkletree-poseidon_hasher-8-8-2-"
              "b62098629d07946e9028127e70295ed996fe3ed25b0f9f88eb610a0ab4385a3c");
    EXPECT_EQ(*parameter_name(CircuitKind::window_post, k2KiB),
              "v28-proof-of-spacetime-fallback-merkletree-poseidon_hasher-8-0-0-"
              "0170db1f394b35d995252228ee359194b13199d259380541dc529fb0099096b0");
    EXPECT_FALSE(parameter_name(CircuitKind::porep, 12345));
}

TEST(ParameterStore, MakesOnceAndNoticesDamage) {
    const auto folder = fs::temp_directory_path() / ("strata-params-" + std::to_string(::getpid()));
    crypto::SeededRandom random(as_bytes("keys"));
    {
        ParameterStore store(folder);
        EXPECT_EQ(store.open(CircuitKind::window_post, k2KiB).error().code(), Errc::not_found);
        double last = 0;
        const Watch watch{[&](std::string_view, double done) { last = done; }};
        ASSERT_TRUE(store.make(CircuitKind::window_post, k2KiB, random, watch));
        EXPECT_DOUBLE_EQ(last, 1);
        EXPECT_TRUE(store.has(CircuitKind::window_post, k2KiB));
        last = 0;
        ASSERT_TRUE(store.make(CircuitKind::window_post, k2KiB, random, watch));
        EXPECT_EQ(last, 0);
        const auto keys = *store.open(CircuitKind::window_post, k2KiB);
        EXPECT_TRUE(keys->insecure);
        EXPECT_EQ(keys->digest.size(), 32U);
        const auto insecure = store.insecure_keys();
        ASSERT_TRUE(insecure);
        EXPECT_EQ(*insecure, (std::vector{std::pair(*parameter_name(CircuitKind::window_post, k2KiB), keys->digest)}));
        EXPECT_EQ(store.verifying_key(CircuitKind::window_post, k2KiB)->to_bytes(),
                  keys->prover.verifying_key().to_bytes());
    }
    const auto file = folder / (*parameter_name(CircuitKind::window_post, k2KiB) + ".params");
    std::fstream(file, std::ios::binary | std::ios::in | std::ios::out).seekp(5'000'000).put('x');
    EXPECT_EQ(ParameterStore(folder).open(CircuitKind::window_post, k2KiB).error().code(), Errc::verification);
    fs::remove_all(folder);
}

TEST(ParameterStore, StopsWhenAsked) {
    const auto folder = fs::temp_directory_path() / ("strata-params-stop-" + std::to_string(::getpid()));
    crypto::SeededRandom random(as_bytes("keys"));
    const std::atomic<bool> stop = true;
    ParameterStore store(folder);
    EXPECT_EQ(store.make(CircuitKind::window_post, k2KiB, random, {{}, &stop}).error().code(), Errc::cancelled);
    EXPECT_FALSE(store.has(CircuitKind::window_post, k2KiB));
    fs::remove_all(folder);
}

}  // namespace
}  // namespace strata::proofs
