// The expected values come from drand's public network, from lotus chain/beacon/beacon.go (ValidateBlockValues,
// docs/protocol/node.md §4.5) and from a chain that Lotus made with the beacon on.
#include <strata/chain/beacon.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/mock_beacon.hpp>
#include <strata/chain/test_chain.hpp>
#include <strata/chain/test_recorded.hpp>

namespace strata::chain {
namespace {

using testing::RecordedChain;

// docs/protocol/node.md §4.2.
BeaconChain quicknet() {
    return {
        *from_hex("83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1f"
                  "ec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"),
        1'692'803'367, 3};
}

// A mainnet whose beacon is quicknet.
Network mainnet() {
    Network out;
    out.genesis_timestamp = 1598306400;
    out.block_delay = 30;
    out.beacon = quicknet();
    return out;
}

// A network of our own with a beacon of the given period; epochs take 4 seconds.
class LocalNetwork : public ::testing::Test {
  protected:
    LocalNetwork() { network_.genesis_timestamp = 1'700'000'000; }
    void set_period(std::uint64_t period) { network_.beacon = beacon_.chain(1'692'803'367, period); }

    BlockHeader block(ChainEpoch height, const std::vector<std::uint64_t>& rounds) {
        BlockHeader out;
        out.height = height;
        for (const auto round : rounds) out.beacon_entries.push_back(beacon_.entry(round).value());
        return out;
    }
    std::string refusal(const BlockHeader& block, ChainEpoch parent_height, std::uint64_t previous) {
        const auto checked = check_beacon_entries(network_, block, parent_height, {previous, {}});
        if (checked) return "accepted";
        EXPECT_EQ(checked.error().code(), Errc::verification);
        return checked.error().message();
    }

    LocalBeacon beacon_{"seed"};
    Network network_ = devnet_2k();
};

}  // namespace

// https://api.drand.sh, chain 52db9ba7…, round 1000.
TEST(Beacon, a_round_of_quicknet) {
    BeaconEntry entry{
        1'000, *from_hex("b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6"
                         "b63ed5e39")};
    EXPECT_TRUE(verify_beacon_entry(quicknet(), entry));
    entry.round = 1'001;
    EXPECT_FALSE(verify_beacon_entry(quicknet(), entry));
    entry.round = 1'000;
    entry.data[10] ^= 1;
    EXPECT_FALSE(verify_beacon_entry(quicknet(), entry));
    for (const std::size_t size : {0U, 47U, 49U, 96U})
        EXPECT_FALSE(verify_beacon_entry(quicknet(), {1'000, Bytes(size)})) << size;
    auto wrong_key = quicknet();
    wrong_key.public_key[5] ^= 1;
    EXPECT_FALSE(verify_beacon_entry(wrong_key, {1'000, Bytes(48)}));
}

// The digest is the SHA-256 of the round as eight bytes (docs/protocol/node.md §4.3); this is that of eight zero bytes.
TEST(Beacon, the_digest_of_a_round) {
    EXPECT_EQ(to_hex(beacon_digest(0)), "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc");
    EXPECT_NE(beacon_digest(1), beacon_digest(std::uint64_t{1} << 56));
}

// docs/protocol/node.md §4.4, verified there against mainnet.
TEST(Beacon, the_round_of_a_mainnet_epoch) {
    EXPECT_EQ(mainnet().beacon_round(4863283), 17133832U);
    EXPECT_EQ(mainnet().beacon_round(0), 1U) << "the beacon began later than the network";
    // An epoch of 30 seconds has ten rounds.
    EXPECT_EQ(mainnet().beacon_round(4863284), 17133842U);
}

// StateGetBeaconEntry at epochs 200 and 1395, and MinerGetBaseInfo for the epoch after the head (api_samples.json).
TEST(Beacon, rounds_and_entries_that_lotus_answered) {
    auto& real = RecordedChain::real();
    EXPECT_EQ(real.network.beacon_round(200), 34'200'733U);
    EXPECT_EQ(real.network.beacon_round(206), 34'200'741U);
    const auto latest = latest_beacon_entry(real.store, real.head()).value();
    EXPECT_EQ(latest.round, 34'200'740U);
    EXPECT_EQ(to_hex(latest.data),
              "ae3d3466c72707b5d6426f896c4f5d8ce008f76463a8045070dc86ab448f021def71ccb56726c4699cb2d8d3c42351ef");
    EXPECT_TRUE(verify_beacon_entry(
        real.network.beacon,
        {34'200'741,
         *from_hex("b12e33a9dd00e31a879c21a00937d3a4ba67ac891116ce140be79cbef0275f1c283ae0dd9758b582a39fa2b7514"
                   "23929")}));
    EXPECT_EQ(beacon_rounds(real.network, 205, 206, latest.round), std::vector<std::uint64_t>{34'200'741});
    auto& history = RecordedChain::with_long_history();
    EXPECT_EQ(history.network.beacon_round(1'395), 34'208'816U);
    EXPECT_EQ(latest_beacon_entry(history.store, history.head()).value().round, 34'208'823U);
}

// Every block of the recorded chain carries the rounds that it must, and the block after a null round two of them.
TEST(Beacon, a_recorded_chain_is_accepted) {
    auto& real = RecordedChain::real();
    for (std::size_t i = 1; i < real.tipsets.size(); ++i) {
        const auto& parent = real.tipsets[i - 1];
        const auto& block = real.tipsets[i]->min_ticket_block();
        const auto previous = latest_beacon_entry(real.store, parent).value();
        const auto checked = check_beacon_entries(real.network, block, parent->height(), previous);
        EXPECT_TRUE(checked) << block.height << ": " << checked.error().message();
        std::vector<std::uint64_t> rounds;
        for (const auto& entry : block.beacon_entries) rounds.push_back(entry.round);
        EXPECT_EQ(beacon_rounds(real.network, parent->height(), block.height, previous.round), rounds) << block.height;
    }
    EXPECT_EQ(real.at(70)->min_ticket_block().beacon_entries.size(), 2U);
}

// Changed entries of the block at epoch 70, whose parents are of epoch 68.
TEST(Beacon, changed_entries_are_refused) {
    auto& real = RecordedChain::real();
    const auto parent = real.at(68);
    const auto previous = latest_beacon_entry(real.store, parent).value();
    const BlockHeader good = real.at(70)->min_ticket_block();
    const auto refused = [&](const std::function<void(std::vector<BeaconEntry>&)>& change) {
        auto block = good;
        change(block.beacon_entries);
        return !check_beacon_entries(real.network, block, parent->height(), previous);
    };
    EXPECT_FALSE(refused([](auto&) {}));
    EXPECT_TRUE(refused([](auto& entries) { entries.clear(); }));
    EXPECT_TRUE(refused([](auto& entries) { entries.erase(entries.begin()); })) << "the null round's entry is missing";
    EXPECT_TRUE(refused([](auto& entries) { entries.pop_back(); }));
    EXPECT_TRUE(refused([](auto& entries) { std::swap(entries[0], entries[1]); }));
    EXPECT_TRUE(refused([](auto& entries) { entries.insert(entries.begin(), entries[0]); }));
    EXPECT_TRUE(refused([](auto& entries) { entries.push_back(entries[1]); })) << "one entry too many";
    EXPECT_TRUE(refused([](auto& entries) { entries[0].data[20] ^= 1; }));
    EXPECT_TRUE(refused([](auto& entries) { entries[1].data = entries[0].data; }));
    EXPECT_TRUE(refused([](auto& entries) { ++entries[0].round; }));
    EXPECT_TRUE(refused([](auto& entries) { entries[1].data.clear(); }));
}

// Rule 2: where the parents have the newest round already, a block has no entry. A beacon of 30 seconds gives several
// epochs one round.
TEST_F(LocalNetwork, no_entry_is_due_within_a_round) {
    set_period(30);
    ChainEpoch epoch = 1;
    while (network_.beacon_round(epoch) != network_.beacon_round(epoch + 1)) ++epoch;
    const auto round = network_.beacon_round(epoch);
    EXPECT_TRUE(beacon_rounds(network_, epoch, epoch + 1, round).empty());
    EXPECT_EQ(refusal(block(epoch + 1, {}), epoch, round), "accepted");
    EXPECT_EQ(refusal(block(epoch + 1, {round}), epoch, round),
              "beacon: the block has an entry of round " + std::to_string(round) +
                  ", expected none: the parents already have round " + std::to_string(round));
}

// Rule 4: one entry for each epoch since the parents, so that two null rounds within one beacon round repeat it (lotus
// issue 13349).
TEST_F(LocalNetwork, epochs_of_one_round_repeat_it) {
    set_period(30);
    ChainEpoch epoch = 1;
    while (network_.beacon_round(epoch) == network_.beacon_round(epoch + 1)) ++epoch;
    const auto old_round = network_.beacon_round(epoch), round = network_.beacon_round(epoch + 1);
    ASSERT_EQ(round, network_.beacon_round(epoch + 2));
    EXPECT_EQ(beacon_rounds(network_, epoch, epoch + 2, old_round), (std::vector{round, round}));
    EXPECT_EQ(refusal(block(epoch + 2, {round, round}), epoch, old_round), "accepted");
    // The reference does not count the entries, so within one round it accepts one entry less and one more.
    EXPECT_EQ(refusal(block(epoch + 2, {round}), epoch, old_round), "accepted");
    EXPECT_EQ(refusal(block(epoch + 2, {round, round, round}), epoch, old_round), "accepted");
    EXPECT_NE(refusal(block(epoch + 2, {old_round, round}), epoch, old_round), "accepted");
}

// A refusal names what was got and what was expected.
TEST_F(LocalNetwork, refusals_name_the_rounds) {
    set_period(4);
    const auto first = network_.beacon_round(11), second = network_.beacon_round(12);
    ASSERT_EQ(second, first + 1);
    const auto text = [](std::uint64_t number) { return std::to_string(number); };
    EXPECT_EQ(refusal(block(12, {first, second}), 10, first - 1), "accepted");
    EXPECT_EQ(refusal(block(12, {}), 10, first - 1), "beacon: the block has no entry, expected round " + text(second));
    EXPECT_EQ(refusal(block(12, {second, first}), 10, first - 1),
              "beacon: the last round is " + text(first) + ", expected " + text(second));
    EXPECT_EQ(refusal(block(12, {second}), 10, first - 1),
              "beacon: the round for epoch 11 is " + text(second) + ", expected " + text(first));
    auto forged = block(12, {first, second});
    forged.beacon_entries[0].data = LocalBeacon("a different seed").entry(first).value().data;
    EXPECT_EQ(refusal(forged, 10, first - 1), "beacon: the signature of round " + text(first) + " is not the beacon's");
}

// The search for the newest entry ends after 20 tipsets, and at genesis (lotus chain/rand/rand.go
// GetLatestBeaconEntry).
TEST(LatestBeaconEntry, the_search_is_bounded) {
    testing::TestChain chain({});
    const auto genesis = chain.chain.genesis();
    EXPECT_EQ(latest_beacon_entry(chain.chain, genesis).error().code(), Errc::not_found);
    auto header = genesis->min_ticket_block();
    header.height = 1;
    header.parents = genesis->cids();
    header.beacon_entries = {{7, Bytes{7}}, {8, Bytes{8}}};
    ASSERT_TRUE(chain.chain.put_header(header));
    auto tip = chain.chain.tipset(TipsetKey({header.cid()})).value();
    for (int i = 0; i < 20; ++i) {
        const auto found = latest_beacon_entry(chain.chain, tip);
        ASSERT_TRUE(found) << i;
        EXPECT_EQ(found->round, 8U) << "the last entry of the block";
        tip = chain.extend(tip);
    }
    EXPECT_EQ(latest_beacon_entry(chain.chain, tip).error().code(), Errc::not_found);
    // A parent that is not in the store is a failure of this node.
    header.parents = {Cid::hash_of(Codec::dag_cbor, Bytes{1})};
    header.beacon_entries.clear();
    EXPECT_EQ(latest_beacon_entry(chain.chain, Tipset::make({header}).value()).error().code(), Errc::missing_block);
}

// lotus chain/beacon/mock.go; the hashes are those of Python's hashlib.
TEST(Beacon, the_mock_of_lotus) {
    EXPECT_EQ(to_hex(MockBeacon().entry(100)->data),
              "512142f42a91998094dcf07b4bb4e80bfb86ef39361579acd1e1e9b4170ba5f2");
    EXPECT_EQ(to_hex(MockBeacon().entry(101)->data),
              "ae7c4c7d705110eaefdb503901312a77ae785192332484ce74032eb3b08fb35c");
    Network network;
    network.beacon = mock_chain();
    EXPECT_EQ(network.beacon_round(0), 100U);
    EXPECT_EQ(network.beacon_round(1'500), 1'600U);
    auto entry = mock_entry(1'600);
    EXPECT_TRUE(verify_beacon_entry(network.beacon, entry));
    entry.data[0] ^= 1;
    EXPECT_FALSE(verify_beacon_entry(network.beacon, entry));
}

// lotus chain/beacon/beacon.go, ValidateBlockValues, for a chained beacon.
TEST(Beacon, blocks_with_rounds_of_the_mock) {
    Network network;
    network.beacon = mock_chain();
    BlockHeader block;
    block.height = 8;
    const auto is_accepted = [&](std::uint64_t previous, std::vector<BeaconEntry> entries) {
        block.beacon_entries = std::move(entries);
        return check_beacon_entries(network, block, 6, {previous, {}}).has_value();
    };
    EXPECT_EQ(beacon_rounds(network, 6, 8, 106), (std::vector<std::uint64_t>{107, 108}));
    EXPECT_TRUE(is_accepted(106, {mock_entry(107), mock_entry(108)}));
    EXPECT_TRUE(is_accepted(106, {mock_entry(108)})) << "only the last round is fixed";
    EXPECT_FALSE(is_accepted(106, {mock_entry(107)}));
    EXPECT_FALSE(is_accepted(106, {}));
    EXPECT_FALSE(is_accepted(106, {{107, Bytes(32)}, mock_entry(108)}));
    EXPECT_TRUE(is_accepted(108, {}));
    EXPECT_FALSE(is_accepted(108, {mock_entry(108)}));
    EXPECT_TRUE(is_accepted(0, {mock_entry(5)})) << "nothing is asked of the first entries after genesis";
    EXPECT_FALSE(is_accepted(0, {})) << "except that there are some";
}

}  // namespace strata::chain
