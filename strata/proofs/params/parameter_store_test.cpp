// Checks names against the files of vectors/proofs/groth16, and what happens to a damaged key.
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>

#include <strata/base/files.hpp>
#include <strata/proofs/circuit/shapes.hpp>
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

Bytes whole(const fs::path& path) {
    return read_file(path, std::uint64_t{1} << 30).value();
}

/// Holds a key set, which is made once for the tests below, and its three files.
class KeyFiles : public ::testing::Test {
  public:
    ~KeyFiles() override { fs::remove_all(folder_); }

  protected:
    static void SetUpTestSuite() {
        made_ = fs::temp_directory_path() / ("strata-params-made-" + std::to_string(::getpid()));
        crypto::SeededRandom random(as_bytes("keys"));
        ASSERT_TRUE(ParameterStore(made_).make(CircuitKind::window_post, k2KiB, random));
    }
    static void TearDownTestSuite() { fs::remove_all(made_); }
    KeyFiles() : folder_(made_.string() + "-copy") {
        fs::remove_all(folder_);
        fs::copy(made_, folder_);
    }

    static fs::path file(const fs::path& folder, const char* ending) {
        return folder / (*parameter_name(CircuitKind::window_post, k2KiB) + ending);
    }
    Status make_again() const {
        crypto::SeededRandom other(as_bytes("other secrets"));
        return ParameterStore(folder_).make(CircuitKind::window_post, k2KiB, other);
    }
    void expect_same(const char* ending) const {
        EXPECT_EQ(whole(file(folder_, ending)), whole(file(made_, ending))) << ending;
    }

    static fs::path made_;
    fs::path folder_;
};
fs::path KeyFiles::made_;

TEST_F(KeyFiles, WhatIsMissingIsTakenFromTheProvingKey) {
    // These are also all states of the folder that a killed run can leave.
    for (const auto& missing : {std::vector{".vk"}, std::vector{".meta"}, std::vector{".vk", ".meta"}}) {
        for (const auto* ending : missing) fs::remove(file(folder_, ending));
        ASSERT_TRUE(write_file(unfinished_path(file(folder_, ".vk")), Bytes(10)));
        const auto made = make_again();
        ASSERT_TRUE(made) << made.error().message();
        for (const auto* ending : {".params", ".vk", ".meta"}) expect_same(ending);
        EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 3);
    }
}

TEST_F(KeyFiles, AMissingProvingKeyIsNeverMadeAnew) {
    fs::remove(file(folder_, ".params"));
    for (const auto* left : {".vk", ".meta"}) {
        const auto refused = make_again();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Errc::verification);
        EXPECT_TRUE(refused.error().message().contains(file(folder_, left).string())) << refused.error().message();
        expect_same(left);
        fs::remove(file(folder_, left));
    }
    EXPECT_FALSE(fs::exists(file(folder_, ".params")));
}

TEST_F(KeyFiles, FilesThatDoNotBelongTogetherAreRefused) {
    ParameterStore store(folder_);
    // A verifying key from different secrets is valid, but it does not belong to this proving key.
    auto vk = whole(file(folder_, ".vk"));
    std::swap_ranges(vk.begin(), vk.begin() + 96, vk.begin() + 96);
    ASSERT_TRUE(write_file(file(folder_, ".vk"), vk));
    for (const auto& refused : {make_again(), Status(store.verifying_key(CircuitKind::window_post, k2KiB).error()),
                                Status(store.open(CircuitKind::window_post, k2KiB).error())}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Errc::verification);
        EXPECT_TRUE(refused.error().message().contains(".vk")) << refused.error().message();
    }
    fs::remove(file(folder_, ".vk"));
    ASSERT_TRUE(make_again());
    EXPECT_TRUE(store.open(CircuitKind::window_post, k2KiB));
}

TEST_F(KeyFiles, DamagedFilesAreNamed) {
    ParameterStore store(folder_);
    ASSERT_TRUE(write_file(file(folder_, ".meta"), Bytes(5000, '{')));
    EXPECT_EQ(store.insecure_keys().error().code(), Errc::too_large);
    ASSERT_TRUE(write_file(file(folder_, ".meta"), as_bytes("{}")));
    EXPECT_EQ(store.insecure_keys().error().code(), Errc::malformed);
    EXPECT_TRUE(store.insecure_keys().error().message().contains(file(folder_, ".meta").string()));
    fs::resize_file(file(folder_, ".params"), 100'000);
    const auto opened = store.open(CircuitKind::window_post, k2KiB);
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().message().contains(file(folder_, ".params").string())) << opened.error().message();
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

TEST(ParameterStore, AStoppedRunLeavesNothing) {
    const auto folder = fs::temp_directory_path() / ("strata-params-half-" + std::to_string(::getpid()));
    crypto::SeededRandom random(as_bytes("keys"));
    std::atomic<bool> stop = false;
    ParameterStore store(folder);
    const Watch watch{[&](std::string_view step, double) { stop = step == "l"; }, &stop};
    EXPECT_EQ(store.make(CircuitKind::window_post, k2KiB, random, watch).error().code(), Errc::cancelled);
    EXPECT_TRUE(fs::is_empty(folder));
    fs::remove_all(folder);
}

}  // namespace
}  // namespace strata::proofs
