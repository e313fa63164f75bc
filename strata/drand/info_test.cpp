// Protects what is read of drand's JSON. The description is that of quicknet as its servers give it
// (https://api.drand.sh, chain 52db9ba7…), and of a beacon that drand's own library ran
// (vectors/lotus-devnet/real/network.json).
#include <strata/drand/info.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/drand/test_drand.hpp>

namespace strata::drand {
namespace {

using testing::kQuicknetInfo;
using testing::kQuicknetRound;

TEST(DrandInfos, the_hash_of_quicknet_vouches_for_its_description) {
    const auto info = decode_info(kQuicknetInfo);
    ASSERT_TRUE(info) << info.error().message();
    EXPECT_EQ(to_hex(chain_hash(*info)), "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971");
    EXPECT_EQ(info->chain.period, 3U);
    EXPECT_EQ(info->chain.genesis_time, 1'692'803'367U);
    EXPECT_EQ(info->id, "quicknet");
    EXPECT_EQ(*decode_info(encode_info(*info)), *info);
    for (const auto& [from, to] : {std::pair{"\"period\":3", "\"period\":4"},
                                   {"1692803367", "1692803368"},
                                   {"83cf0f28", "83cf0f29"},
                                   {"f477d5c8", "f477d5c9"},
                                   {"\"quicknet\"", "\"quicknes\""}}) {
        std::string changed(kQuicknetInfo);
        changed.replace(changed.find(from), std::string_view(from).size(), to);
        EXPECT_EQ(decode_info(changed).error().code(), Errc::verification) << to;
    }
}

TEST(DrandInfos, broken_descriptions_are_refused) {
    const std::string whole(kQuicknetInfo);
    for (const std::string_view text : {"", "[]", "{}", "nonsense", R"({"schemeID":3})"})
        EXPECT_EQ(decode_info(text).error().code(), Errc::malformed) << text;
    EXPECT_EQ(decode_info(R"({"schemeID":"pedersen-bls-chained"})").error().code(), Errc::unsupported);
    for (const std::string name : {"public_key", "period", "genesis_time", "groupHash", "hash"}) {
        std::string without = whole;
        without.replace(without.find(name), name.size(), "x");
        EXPECT_EQ(decode_info(without).error().code(), Errc::malformed) << name;
    }
    std::string never = whole;
    never.replace(never.find("\"period\":3"), 10, "\"period\":0");
    EXPECT_EQ(decode_info(never).error().code(), Errc::malformed);
}

TEST(DrandInfos, rounds_and_their_times) {
    const auto chain = decode_info(kQuicknetInfo)->chain;
    EXPECT_EQ(round_at(chain, 1'692'803'366), 0U);
    EXPECT_EQ(round_at(chain, 1'692'803'367), 1U);
    EXPECT_EQ(round_at(chain, 1'692'803'369), 1U);
    EXPECT_EQ(round_at(chain, 1'692'803'370), 2U);
    EXPECT_EQ(time_of(chain, 1), 1'692'803'367U);
    EXPECT_EQ(time_of(chain, 1'000), 1'692'806'364U);
    EXPECT_EQ(time_of(chain, UINT64_MAX), UINT64_MAX);
    const auto round = decode_round(kQuicknetRound);
    ASSERT_TRUE(round);
    EXPECT_EQ(round->round, 1'000U);
    EXPECT_EQ(decode_round(encode_round(*round))->data, round->data);
    EXPECT_TRUE(encode_round(*round).contains("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"))
        << "the randomness is the SHA-256 of the signature";
    EXPECT_EQ(decode_round(R"({"round":1,"signature":"00"})").error().code(), Errc::malformed);
    EXPECT_EQ(decode_round(R"({"round":-1,"signature":"00"})").error().code(), Errc::malformed);
}

}  // namespace
}  // namespace strata::drand
