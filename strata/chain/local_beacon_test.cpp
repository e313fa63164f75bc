#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/local_beacon.hpp>

namespace strata::chain {
namespace {

// drand's own library ran a beacon with this seed (vectors/lotus-devnet/real/network.json).
constexpr std::string_view kSeed = "strata main";
constexpr std::string_view kPublicKey =
    "ac9149e895c4535199259883a9c49ee0713b9e07b86ffd82b37f9ecf7b49d46e4ce23eaae79845927c0423396c45ca6c0854b0a75d6039b7a8"
    "5b"
    "07f79bb0ef32bf86b1edb2b3bfdbbc5909643909b3935a94584300e674b8fb731a151c03d432";

TEST(LocalBeacon, key_of_a_drand_network_from_its_seed) {
    EXPECT_EQ(to_hex(LocalBeacon(kSeed).chain(0, 3).public_key), kPublicKey);
}

TEST(LocalBeacon, rounds_verify_as_quicknet_rounds_do) {
    LocalBeacon beacon(kSeed);
    const auto chain = beacon.chain(1692803367, 3);
    auto entry = *beacon.entry(34200468);
    EXPECT_TRUE(verify_beacon_entry(chain, entry));
    entry.round += 1;
    EXPECT_FALSE(verify_beacon_entry(chain, entry));
    EXPECT_FALSE(verify_beacon_entry(LocalBeacon("another").chain(0, 3), *beacon.entry(1)));
}

}  // namespace
}  // namespace strata::chain
