// Tests that every field of network.json is checked. The valid file describes a chain that Lotus made
// (vectors/lotus-devnet/long), cut to the fields that are read.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/actors/policy.hpp>
#include <strata/chain/mock_beacon.hpp>
#include <strata/chain/network.hpp>

namespace strata::chain {
namespace {

using Json = nlohmann::json;

Json good_file() {
    return Json::parse(R"json({
 "network_name": "strata-long",
 "genesis_timestamp": 1795424237,
 "block_delay_s": 4,
 "winning_post": "stub: the eleven bytes 'valid proof' with proof type 0 (debug build)",
 "upgrades": {"genesis_network_version": 28, "xx_nv29_height": 1000000000},
 "eth_chain_id": 31415926,
 "drand": {"chain_info": {
   "genesis_time": 1692803367,
   "period": 3,
   "public_key": "833430dca7a9cbbed1c03f97939570745c0ef04a401c838f20b2005f47b0f8551c3f25dea1f72ff5bdd35e6b477f7cf90d50663b2e38e499809b674b746e50985069a23f95f087af5113320792596b8e10bf41e19315dcea90da6a1de59d6d4b",
   "schemeID": "bls-unchained-g1-rfc9380"}}
})json");
}

std::string refusal(const char* pointer, const Json& value) {
    Json file = good_file();
    file[Json::json_pointer(pointer)] = value;
    const auto network = parse_network(file.dump());
    return network ? "read" : network.error().message();
}

TEST(NetworkFile, is_read) {
    const auto network = parse_network(good_file().dump());
    ASSERT_TRUE(network) << network.error().message();
    EXPECT_EQ(network->name, "strata-long");
    EXPECT_EQ(network->genesis_timestamp, 1795424237U);
    EXPECT_EQ(network->block_delay, 4U);
    EXPECT_EQ(network->chain_id, 31415926U);
    EXPECT_TRUE(network->stub_winning_post);
    EXPECT_EQ(network->beacon.period, 3U);
    EXPECT_EQ(network->beacon.genesis_time, 1692803367U);
    EXPECT_EQ(network->beacon.public_key.size(), 96U);
    EXPECT_EQ(network->version_at(1'000'000'000), 28U);
    EXPECT_EQ(network->version_at(1'000'000'001), 29U);
}

TEST(NetworkFile, the_beacon_may_be_the_mock_of_lotus) {
    Json file = good_file();
    file["drand"] = {{"mock", true}};
    const auto network = parse_network(file.dump());
    ASSERT_TRUE(network) << network.error().message();
    EXPECT_TRUE(is_mock(network->beacon));
    EXPECT_EQ(refusal("/drand/mock", 1), "network description: drand.mock is 1, expected true or false");
    EXPECT_EQ(refusal("/drand/mock", false), "read");
    file["network_name"] = "testnetnet";
    file.erase("winning_post");
    EXPECT_EQ(parse_network(file.dump()).error().message(),
              "network description: drand.mock is true, which the public network testnetnet does not allow");
}

// The heights are those of lotus build/buildconstants/params_mainnet.go, params_calibnet.go and params_butterfly.go.
TEST(NetworkFile, a_published_schedule_is_named) {
    const auto upgrades_of = [](const char* name, unsigned genesis) {
        Json file = good_file();
        file["upgrades"] = {{"schedule", name}, {"genesis_network_version", genesis}};
        const auto network = parse_network(file.dump());
        EXPECT_TRUE(network) << network.error().message();
        return network ? network->upgrades : UpgradeSchedule();
    };
    EXPECT_EQ(upgrades_of("mainnet", 0).height_of("FireHorse"), 6'052'800);
    EXPECT_EQ(upgrades_of("calibnet", 0).height_of("FireHorse"), 3'694'534);
    EXPECT_EQ(upgrades_of("butterflynet", 28).version_at(0), 28U);

    // The reserve: lotus UpgradeTeepInitialFilReserved. The least power: docs/protocol/fvm.md §8.15.
    Json file = good_file();
    file["upgrades"] = {{"schedule", "calibnet"}, {"genesis_network_version", 0}};
    const auto calibnet = parse_network(file.dump()).value();
    EXPECT_EQ(calibnet.initial_reserve, fil(1'200'000'000));
    EXPECT_EQ(calibnet.policy->minimum_consensus_power, BigInt::pow2(35));
    EXPECT_EQ(calibnet.bundle, actors::ActorBundle::calibnet);

    EXPECT_EQ(refusal("/upgrades/schedule", "testnet"),
              "network description: upgrades.schedule is \"testnet\", expected mainnet, calibnet or butterflynet");
    EXPECT_EQ(refusal("/upgrades", {{"schedule", "mainnet"}, {"genesis_network_version", 28}}),
              "network description: upgrades.genesis_network_version is 28, expected 0");
    EXPECT_EQ(
        refusal("/upgrades", {{"schedule", "mainnet"}, {"genesis_network_version", 0}, {"xx_nv29_height", 7'000'000}}),
        "network description: upgrades.xx_nv29_height is set, but the schedule of mainnet is fixed: leave out one of "
        "the two");
}

// A devnet of Lotus begins with an earlier version if LOTUS_GENESIS_NETWORK_VERSION says so (params_2k.go).
TEST(NetworkFile, a_network_may_begin_with_version_27) {
    Json file = good_file();
    file["upgrades"] = {{"genesis_network_version", 27}, {"firehorse_nv28_height", 50}};
    auto network = parse_network(file.dump());
    ASSERT_TRUE(network) << network.error().message();
    EXPECT_EQ(network->version_at(0), 27U);
    EXPECT_EQ(network->version_at(50), 27U);
    EXPECT_EQ(network->version_at(51), 28U);
    file["upgrades"].erase("firehorse_nv28_height");
    network = parse_network(file.dump());
    ASSERT_TRUE(network);
    EXPECT_EQ(network->version_at(999'999'999), 27U);
    EXPECT_EQ(refusal("/upgrades", {{"genesis_network_version", 27}, {"firehorse_nv28_height", -32}}),
              "network description: upgrades.firehorse_nv28_height is -32, expected 0 to 999999999999999");
}

TEST(NetworkFile, fields_that_may_be_left_out) {
    Json file = good_file();
    file.erase("winning_post");
    file["upgrades"].erase("xx_nv29_height");
    const auto network = parse_network(file.dump());
    ASSERT_TRUE(network);
    EXPECT_FALSE(network->stub_winning_post);
}

TEST(NetworkFile, a_number_out_of_range_is_named_with_what_is_allowed) {
    EXPECT_EQ(refusal("/block_delay_s", 0), "network description: block_delay_s is 0, expected 1 to 86400");
    EXPECT_EQ(refusal("/block_delay_s", -4), "network description: block_delay_s is -4, expected 1 to 86400");
    EXPECT_EQ(refusal("/block_delay_s", 4.5), "network description: block_delay_s is 4.5, expected 1 to 86400");
    EXPECT_EQ(refusal("/block_delay_s", "4"), "network description: block_delay_s is \"4\", expected 1 to 86400");
    EXPECT_EQ(refusal("/block_delay_s", 86'401), "network description: block_delay_s is 86401, expected 1 to 86400");
    EXPECT_EQ(refusal("/genesis_timestamp", UINT64_MAX),
              "network description: genesis_timestamp is 18446744073709551615, expected 1 to 253402300799");
    EXPECT_EQ(refusal("/eth_chain_id", 0), "network description: eth_chain_id is 0, expected 1 to 9007199254740991");
    EXPECT_EQ(refusal("/drand/chain_info/period", 0),
              "network description: drand.chain_info.period is 0, expected 1 to 86400");
    EXPECT_EQ(refusal("/upgrades/genesis_network_version", 26),
              "network description: upgrades.genesis_network_version is 26, expected 27 to 28");
    EXPECT_EQ(refusal("/upgrades/xx_nv29_height", -1),
              "network description: upgrades.xx_nv29_height is -1, expected 0 to 999999999999999");
}

TEST(NetworkFile, other_fields_are_checked_for_type_and_sense) {
    EXPECT_EQ(refusal("/network_name", 1),
              "network description: network_name is 1, expected a string of 1 to 255 bytes of UTF-8");
    EXPECT_EQ(refusal("/network_name", ""),
              "network description: network_name is \"\", expected a string of 1 to 255 bytes of UTF-8");
    EXPECT_EQ(refusal("/drand", 1), "network description: drand is 1, expected an object");
    EXPECT_EQ(refusal("/drand", Json::object()), "network description: drand.chain_info is missing");
    EXPECT_EQ(refusal("/drand/chain_info/schemeID", "pedersen-bls-chained"),
              "network description: drand.chain_info.schemeID is \"pedersen-bls-chained\", expected "
              "\"bls-unchained-g1-rfc9380\"");
    EXPECT_NE(refusal("/drand/chain_info/public_key", std::string(192, 'x')).find("not a key on G2"),
              std::string::npos);
    EXPECT_NE(refusal("/drand/chain_info/public_key", "c0" + std::string(190, '0')).find("not a key on G2"),
              std::string::npos);
    EXPECT_EQ(refusal("/winning_post", "none"),
              "network description: winning_post is \"none\", expected a string that begins with stub or real");
    EXPECT_EQ(refusal("/network_name", "testnetnet"),
              "network description: winning_post is a stub, which the public network testnetnet does not allow");
}

TEST(NetworkFile, every_field_is_needed) {
    for (const auto* pointer :
         {"/network_name", "/genesis_timestamp", "/block_delay_s", "/upgrades", "/upgrades/genesis_network_version",
          "/eth_chain_id", "/drand", "/drand/chain_info", "/drand/chain_info/genesis_time", "/drand/chain_info/period",
          "/drand/chain_info/public_key", "/drand/chain_info/schemeID"}) {
        Json file = good_file();
        const Json::json_pointer at(pointer);
        file[at.parent_pointer()].erase(at.back());
        const auto network = parse_network(file.dump());
        ASSERT_FALSE(network) << pointer;
        EXPECT_NE(network.error().message().find("is missing"), std::string::npos) << network.error().message();
    }
    for (const auto* text : {"", "{", "[]", "null"}) EXPECT_FALSE(parse_network(text)) << text;
    EXPECT_EQ(parse_network(std::string(2 << 20, ' ')).error().code(), Errc::too_large);
}

}  // namespace
}  // namespace strata::chain
