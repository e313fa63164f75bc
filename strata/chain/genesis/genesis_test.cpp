// Tests a network of our own. conformance/lotus_genesis_test.cpp checks that Lotus makes the same from the same
// template.
#include <gtest/gtest.h>

#include <strata/actors/bundle.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/queries.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/genesis/genesis_car.hpp>
#include <strata/chain/genesis/test_template.hpp>
#include <strata/ipld/car.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

using actors::state_of;

class Genesis : public ::testing::Test {
  protected:
    Result<GenesisBlock> make(const GenesisTemplate& what) {
        crypto::SeededRandom random(as_bytes("lot"));
        return make_genesis(store, what, network, actors::devnet_bundle(), *table, draw_genesis_lot(random));
    }
    vm::StateTree made() {
        genesis = make(testing::test_template()).value();
        return vm::StateTree::load(store, genesis.header.parent_state_root).value();
    }
    std::string refusal(const GenesisTemplate& what) {
        const auto result = make(what);
        return result ? "made" : result.error().message();
    }
    Bytes file() {
        Bytes out;
        EXPECT_TRUE(write_genesis_car(store, genesis.cid, [&](BytesView part) -> Status {
            append(out, part);
            return {};
        }));
        return out;
    }

    MemoryBlockstore store;
    Network network = devnet_2k();
    std::unique_ptr<vm::ActorTable> table = actors::native_actors();
    GenesisBlock genesis;
};

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
        const auto claim = actors::power::find_claim(store, power, id).value();
        ASSERT_TRUE(claim);
        EXPECT_TRUE(power.meets_consensus_minimum(*network.policy, *claim));
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

TEST_F(Genesis, BadTemplatesAreRefused) {
    const auto good = testing::test_template();
    auto bad = good;
    bad.accounts.front().balance = fil(1'000'000'000);
    EXPECT_TRUE(refusal(bad).ends_with("more than the 2·10^9 FIL that exist"));
    bad = good;
    bad.accounts.push_back(bad.accounts.front());
    EXPECT_TRUE(refusal(bad).starts_with("genesis: two actors have the key"));
    bad = good;
    std::swap(bad.miners[0], bad.miners[1]);
    EXPECT_EQ(refusal(bad), "genesis: a miner has the ID f01001, expected f01000: miners are numbered without gaps");
    bad = good;
    bad.miners[2].sectors[1].deal.client = testing::test_address("nobody");
    EXPECT_TRUE(refusal(bad).starts_with("genesis: the client of a deal has no account"));
    bad = good;
    bad.miners[2].sectors[1].deal.provider = Address::id(1000);
    EXPECT_EQ(refusal(bad), "genesis: a sector of f01002 has a deal of miner f01000");
    bad = good;
    bad.miners[2].sectors[1].deal_client_key = testing::test_key("client");
    EXPECT_EQ(refusal(bad), "genesis: the market accepts only 1 of 2 deals of f01002");
    bad = good;
    bad.miners[1].sectors[1].number = 0;
    EXPECT_TRUE(refusal(bad).starts_with("genesis: method 28 of f01001 ended with exit code 16")) << refusal(bad);
    bad = good;
    std::get<GenesisMultisig>(bad.remainder.kind).threshold = 3;
    EXPECT_FALSE(make(bad));
    bad = good;
    bad.miners.clear();
    EXPECT_FALSE(make(bad));
    bad = good;
    bad.network_version = 27;
    EXPECT_EQ(make(bad).error().code(), Errc::unsupported);
}

TEST_F(Genesis, FileIsReadAgain) {
    made();
    const auto car = file();
    MemoryBlockstore again;
    const auto loaded = load_genesis_car(memory_source(car), again);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->cid, genesis.cid);
    EXPECT_EQ(loaded->header, genesis.header);
    EXPECT_TRUE(again.has(first_parent_cid()).value());
    // The file is all that a node needs to begin.
    store::MemoryKeyValue records;
    ChainStore chain(again, records);
    ASSERT_TRUE(chain.start(loaded->header));
    EXPECT_EQ(chain.head()->height(), 0);
}

TEST_F(Genesis, OtherFilesAreRefused) {
    made();
    const auto car = file();
    MemoryBlockstore again;
    const auto code = [&](const Bytes& bytes) {
        const auto loaded = load_genesis_car(memory_source(bytes), again);
        return loaded ? Errc::internal : loaded.error().code();
    };
    EXPECT_EQ(code(Bytes(car.begin(), car.end() - 1)), Errc::truncated);
    auto damaged = car;
    damaged.back() ^= 1;
    EXPECT_EQ(code(damaged), Errc::verification);
    EXPECT_EQ(code(car_header({genesis.cid, genesis.cid})), Errc::malformed);
    EXPECT_EQ(code(car_header({})), Errc::malformed);

    auto later = genesis.header;
    later.height = 1;
    auto bytes = car_header({later.cid()});
    append(bytes, car_section(later.cid(), to_cbor(later)));
    EXPECT_EQ(code(bytes), Errc::malformed);

    MemoryBlockstore empty;
    auto header_only = car_header({genesis.cid});
    append(header_only, car_section(genesis.cid, to_cbor(genesis.header)));
    EXPECT_EQ(load_genesis_car(memory_source(header_only), empty).error().code(), Errc::missing_block);
}

}  // namespace
}  // namespace strata::chain
