// Tests a network of our own. conformance/lotus_genesis_test.cpp checks that Lotus makes the same from the same
// template.
#include <strata/chain/genesis/make_genesis.hpp>

#include <gtest/gtest.h>

#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/actors/read/state_of.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/chain/genesis/test_genesis.hpp>

namespace strata::chain {
namespace {

using actors::state_of;
using testing::Genesis;

TEST_F(Genesis, AllFilIsThere) {
    auto tree = made();
    TokenAmount total;
    ASSERT_TRUE(tree.for_each([&](ActorId, const vm::ActorState& actor) -> Status {
        total += actor.balance;
        return {};
    }));
    EXPECT_EQ(total.to_string(), "2000000000000000000000000000");
    EXPECT_EQ(tree.get(kRewardId).value()->balance.to_string(), "1100000000000000000000000000");
    // The money that owner and worker paid now belongs to the miner or the market.
    EXPECT_EQ(tree.get(kMarketId).value()->balance, fil(3));
    const auto faucet = tree.resolve(testing::test_address("faucet")).value();
    EXPECT_EQ(faucet, ActorId{101});
    EXPECT_EQ(tree.get(*faucet).value()->balance, fil(50'000'000));
}

TEST_F(Genesis, EveryMinerMayWinBlocks) {
    auto tree = made();
    const auto power = state_of<actors::power::State>(tree, kPowerId).value();
    EXPECT_EQ(power.miner_count, 3);
    EXPECT_EQ(power.miner_above_min_power_count, 3);
    EXPECT_EQ(power.total_raw_byte_power, BigInt(6 * (8 << 20)));
    // Verified data counts ten times; rounding removes a little.
    EXPECT_EQ(power.total_quality_adj_power, BigInt(60 * (8 << 20)));
    for (ActorId id = 1000; id < 1003; ++id) {
        const auto claims = actors::read::Power::load(tree).value();
        const auto claim = claims.claim(Address::id(id)).value();
        ASSERT_TRUE(claim);
        EXPECT_TRUE(claims.meets_minimum(*network.policy, *claim));
        const auto miner = state_of<actors::miner::State>(tree, id).value();
        const auto info = get_cbor<actors::miner::MinerInfo>(store, miner.info).value();
        const auto number = std::to_string(id - 1000);
        EXPECT_EQ(info.owner.as_id(), tree.resolve(testing::test_address("owner " + number)).value());
        EXPECT_EQ(info.worker.as_id(), tree.resolve(testing::test_address("worker " + number)).value());
    }
}

// A miner loses its claim if its deposit vests out of a smaller total of pledges (docs/protocol/fvm.md §8.7). Genesis
// pledges are one atto each, less than the deposits. A network survives this because the first block reward is pledged
// too: it is worth many deposits and comes a day before anything vests.
TEST_F(Genesis, TheDepositsVestLongAfterTheFirstReward) {
    auto tree = made();
    const auto power = state_of<actors::power::State>(tree, kPowerId).value();
    TokenAmount deposits, pledges;
    for (ActorId id = 1000; id < 1003; ++id) {
        const auto miner = state_of<actors::miner::State>(tree, id).value();
        EXPECT_TRUE(miner.pre_commit_deposits.is_zero());
        deposits += miner.locked_funds;
        pledges += miner.initial_pledge;
        using First = std::optional<std::pair<actors::miner::VestingFund, Cid>>;
        const auto first = from_cbor<First>(to_cbor(miner.vesting_funds)).value();
        ASSERT_TRUE(first);
        EXPECT_GE(first->first.epoch, 2880);
    }
    EXPECT_EQ(power.total_pledge_collateral, pledges);
    EXPECT_EQ(pledges, TokenAmount(6));
    EXPECT_GT(deposits, pledges);
    const auto reward = state_of<actors::reward::State>(tree, kRewardId).value();
    const auto locked = actors::miner::locked_reward_from_reward(
        div_floor(reward.this_epoch_reward, actors::reward::kExpectedLeadersPerEpoch));
    EXPECT_GT(locked, deposits * BigInt(1'000'000));
}

TEST_F(Genesis, IsTheSameEveryTime) {
    EXPECT_EQ(make(testing::test_template()).value().cid, make(testing::test_template()).value().cid);
    auto other = testing::test_template();
    other.network_name = "other";
    EXPECT_NE(make(other).value().cid, make(testing::test_template()).value().cid);
}

TEST_F(Genesis, ZeroAddressHasAnAccount) {
    auto tree = made();
    const auto id = tree.resolve(zero_ethereum_address()).value();
    EXPECT_EQ(id, ActorId{1003});
    EXPECT_EQ(tree.get(*id).value()->code, actors::devnet_bundle().codes.at(vm::ActorType::ethaccount));
}

// docs/protocol/node.md §22: what every Lotus genesis has, and the constants of lotus chain/gen/genesis/genblock.go.
TEST_F(Genesis, TheHeaderIsThatOfLotus) {
    made();
    const auto& header = genesis.header;
    EXPECT_EQ(header.miner, Address::id(0));
    EXPECT_EQ(header.height, 0);
    EXPECT_EQ(header.timestamp, 1'700'000'000U);
    EXPECT_EQ(header.parent_base_fee, BigInt(100'000'000));
    EXPECT_TRUE(header.parent_weight.is_zero());
    ASSERT_EQ(header.parents.size(), 1U);
    EXPECT_EQ(header.parents[0].to_string(), "bafyreiaqpwbbyjo4a42saasj36kkrpv4tsherf2e7bvezkert2a7dhonoi");
    EXPECT_TRUE(header.parents[0].matches(store.get(header.parents[0]).value()).value());
    // The lists of no messages and no receipts (vectors/lotus-devnet, tipsets.jsonl).
    EXPECT_EQ(header.messages.to_string(), "bafy2bzacecmda75ovposbdateg7eyhwij65zklgyijgcjwynlklmqazpwlhba");
    EXPECT_EQ(header.parent_message_receipts.to_string(),
              "bafy2bzacedswlcz5ddgqnyo3sak3jmhmkxashisnlpq6ujgyhe4mlobzpnhs6");
    ASSERT_EQ(header.beacon_entries.size(), 1U);
    EXPECT_EQ(header.beacon_entries[0], (BeaconEntry{0, Bytes(32)}));
    EXPECT_EQ(header.ticket->vrf_proof.size(), 32U);
    EXPECT_FALSE(header.block_sig);
    EXPECT_FALSE(header.bls_aggregate);
    EXPECT_EQ(get_cbor<BlockHeader>(store, genesis.cid).value(), header);
}

// The singletons and their IDs (docs/protocol/fvm.md §2.2).
TEST_F(Genesis, EverySingletonIsThere) {
    auto tree = made();
    const auto& codes = actors::devnet_bundle().codes;
    using vm::ActorType;
    for (const auto& [id, type] : std::map<ActorId, ActorType>{{0, ActorType::system},
                                                               {1, ActorType::init},
                                                               {2, ActorType::reward},
                                                               {3, ActorType::cron},
                                                               {4, ActorType::power},
                                                               {5, ActorType::market},
                                                               {6, ActorType::verified_registry},
                                                               {7, ActorType::datacap},
                                                               {10, ActorType::eam},
                                                               {80, ActorType::account},
                                                               {81, ActorType::account},
                                                               {90, ActorType::multisig},
                                                               {99, ActorType::account}}) {
        const auto actor = tree.get(id).value();
        ASSERT_TRUE(actor) << id;
        EXPECT_EQ(actor->code, codes.at(type)) << id;
        EXPECT_EQ(actor->sequence, 0U) << id;
    }
    const auto init = state_of<vm::InitState>(tree, kInitId).value();
    EXPECT_EQ(init.network_name, "test");
    EXPECT_EQ(init.next_id, 1004U) << "three miners and the Ethereum account of zeros";
}

// Two draws differ; the same seed draws the same.
TEST(GenesisLotTest, IsDrawnFromTheSource) {
    const auto draw = [](std::string_view seed) {
        crypto::SeededRandom random(as_bytes(seed));
        return draw_genesis_lot(random);
    };
    EXPECT_EQ(draw("a").ticket, draw("a").ticket);
    EXPECT_EQ(draw("a").first_verifier, draw("a").first_verifier);
    EXPECT_NE(draw("a").ticket, draw("b").ticket);
    EXPECT_NE(draw("a").first_verifier, draw("b").first_verifier);
    EXPECT_EQ(draw("a").first_verifier.protocol(), Address::Protocol::bls);
}

// An address that anybody may type by mistake, for which nobody has a key (lotus genesis_eth.go).
TEST(ZeroEthereumAddress, IsTwentyZeroBytesOfTheEam) {
    EXPECT_EQ(zero_ethereum_address().delegated_space(), kEamId);
    EXPECT_EQ(to_bytes(zero_ethereum_address().subaddress()), Bytes(20));
}

TEST_F(Genesis, ADifferentNetworkVersionIsRefused) {
    auto bad = testing::test_template();
    bad.network_version = 27;
    EXPECT_EQ(make(bad).error().code(), Errc::unsupported);
    EXPECT_EQ(refusal(bad), "the genesis template has network version 27, expected 28, with which the network begins");
    network.upgrades.move("Xx", -1);
    EXPECT_TRUE(make(testing::test_template())) << "an upgrade below genesis never counts";
}

}  // namespace
}  // namespace strata::chain
