// Expected values: state roots and sums that Lotus wrote (vectors/lotus-devnet/long); forest 0.39.0
// src/state_migration/nv28, nv29 for what changes and what does not. Whole results of forest are in
// migration_vectors_test.cpp.
#include <strata/migration/migration.hpp>

#include <strata/actors/read/market.hpp>
#include <strata/actors/read/reward.hpp>
#include <strata/migration/solstice.hpp>
#include <strata/migration/test_devnet.hpp>

namespace strata::migration {
namespace {

constexpr ChainEpoch kHeight = 1400;

class ToFireHorse : public testing::Devnet {
  protected:
    const testing::Bundle& to_ = testing::devnet(18);
};

TEST_F(ToFireHorse, changes_the_code_and_the_manifest) {
    NodeCache cache;
    const Cid before = with_v17(root());
    ASSERT_NE(before, root());
    EXPECT_EQ(to_fire_horse(blocks_, before, to_, cache).value(), root()) << "Lotus' state with actors v18";
    EXPECT_EQ(to_fire_horse(blocks_, before, to_, cache).value(), root()) << "with a warm cache";
}

TEST_F(ToFireHorse, a_prepared_cache_makes_no_difference) {
    NodeCache cache;
    ASSERT_TRUE(prepare(blocks_, with_v17(earlier_root()), to_, cache));
    EXPECT_GT(cache.size(), 0U);
    EXPECT_EQ(to_fire_horse(blocks_, with_v17(root()), to_, cache).value(), root());
}

class ToSolstice : public testing::Devnet {
  protected:
    const testing::Bundle& to_ = testing::devnet(19);
    Cid migrated() {
        NodeCache cache;
        return to_solstice(blocks_, root(), kHeight, to_, cache).value();
    }
};

TEST_F(ToSolstice, all_but_three_actors_keep_their_state) {
    const auto before = all(root());
    const auto after = all(migrated());
    ASSERT_EQ(before.size(), after.size());
    for (const auto& [id, old] : before) {
        auto expected = old;
        expected.code = to_.manifest.codes.at(testing::devnet(18).manifest.type_of(old.code));
        const auto& now = after.at(id);
        if (id == kSystemId || id == kRewardId || id == kMarketId) {
            EXPECT_NE(now.head, old.head) << id;
            expected.head = now.head;
        }
        EXPECT_EQ(now, expected) << id;
    }
}

TEST_F(ToSolstice, states_of_the_three) {
    auto before = vm::StateTree::load(blocks_, root()).value();
    auto after = vm::StateTree::load(blocks_, migrated()).value();
    const auto manifest = actors::state_of<actors::system::State>(after, kSystemId).value().builtin_actors;
    // forest 0.39.0 build/manifest.json, actor_list_cid of the devnet's v19.0.1.
    EXPECT_EQ(manifest.to_string(), "bafy2bzacebjm3sqvnrlo2anr6wykzsz3nf4eap4vacbx67vyvup7jspsrkppy");

    const auto old_reward = actors::state_of<actors::reward::State>(before, kRewardId).value();
    const auto reward = actors::state_of<actors::reward::State19>(after, kRewardId).value();
    EXPECT_EQ(reward.total_minted_reward, amount("50993679930450062419057"));
    EXPECT_EQ(reward.this_epoch_reward, old_reward.this_epoch_reward);
    EXPECT_EQ(reward.epoch, old_reward.epoch);
    EXPECT_TRUE(reward.total_burn_minted.is_zero());
    EXPECT_TRUE(reward.total_explicit_minted.is_zero());
    EXPECT_EQ(reward.swa_timelock_epochs, 50);
    EXPECT_EQ(reward.swa_actor, Address::id(kSystemId));
    EXPECT_EQ(reward.accrued, (std::vector{actors::reward::StreamAccrual{2, 0}}));
    const auto streams = get_cbor<actors::reward::StreamsState>(blocks_, reward.streams_root).value();
    ASSERT_EQ(streams.streams.size(), 2U);
    EXPECT_EQ(streams.streams[0].weight.t_start, kHeight + 1) << "the first epoch on the migrated state";
    EXPECT_EQ(streams.streams[0].weight.slope, -500'000'000'000'000) << "45 % in 900 epochs";

    const auto old_market = actors::state_of<actors::market::State>(before, kMarketId).value();
    const auto market = actors::state_of<actors::market::State19>(after, kMarketId).value();
    EXPECT_EQ(market.provider_sectors, old_market.provider_sectors);
    EXPECT_EQ(market.next_id, old_market.next_id);
    EXPECT_EQ(market.total_client_storage_fee, old_market.total_client_storage_fee);
}

TEST_F(ToSolstice, readers_answer_as_before) {
    auto before = vm::StateTree::load(blocks_, root()).value();
    auto after = vm::StateTree::load(blocks_, migrated()).value();
    EXPECT_EQ(actors::read::load_reward(after).value().mined, amount("50993679930450062419057"));
    EXPECT_EQ(actors::read::load_reward(after).value().baseline_power, amount("2891556963731064595"));
    const auto market = actors::read::Market::load(after).value();
    EXPECT_EQ(market.next_id(), actors::read::Market::load(before).value().next_id());
    std::size_t deals = 0;
    EXPECT_TRUE(market.for_each_deal([&](DealId, const actors::market::Deal&) -> Status {
        ++deals;
        return {};
    }));
    EXPECT_GT(deals, 0U);
}

TEST_F(ToSolstice, the_result_depends_on_state_and_height_alone) {
    NodeCache cache;
    ASSERT_TRUE(prepare(blocks_, earlier_root(), to_, cache));
    EXPECT_EQ(to_solstice(blocks_, root(), kHeight, to_, cache).value(), migrated());
    EXPECT_EQ(to_solstice(blocks_, root(), kHeight, to_, cache).value(), migrated());
    EXPECT_NE(to_solstice(blocks_, root(), kHeight + 1, to_, cache).value(), migrated());
}

TEST_F(ToSolstice, a_state_without_the_authorities_stops_the_node) {
    NodeCache cache;
    // Mainnet's contracts are not on this chain.
    const auto refused =
        to_solstice(blocks_, root(), kHeight, *actors::find_bundle(actors::ActorBundle::mainnet, 19), cache);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is_fatal());
    EXPECT_EQ(refused.error().message(),
              "the upgrade to network version 29 is not possible on this state: the stream weights actor "
              "f410fm3arvh3n73b4cvlzldhz6v22ai7lafbbrbgcozi has no actor");
}

TEST_F(ToSolstice, a_state_of_the_wrong_version) {
    NodeCache cache;
    EXPECT_FALSE(to_solstice(blocks_, migrated(), kHeight, to_, cache)) << "the reward actor has its new state already";
    MemoryBlockstore none;
    EXPECT_EQ(to_solstice(none, root(), kHeight, to_, cache).error().code(), Errc::missing_block);
}

TEST_F(ToSolstice, no_state_root_from_a_store_that_fails) {
    for (std::size_t step = 0; step < 400; step += 7) {
        strata::testing::FailingBlockstore failing(blocks_);
        failing.fail_read(step, Errc::missing_block);
        NodeCache cache;
        const auto result = to_solstice(failing, root(), kHeight, to_, cache);
        if (!failing.failed()) {
            EXPECT_EQ(result.value(), migrated());
            break;
        }
        ASSERT_FALSE(result) << step;
        EXPECT_EQ(result.error().code(), Errc::missing_block) << step;
    }
    strata::testing::FailingBlockstore full(blocks_);
    full.fail_write(3, Errc::no_space);
    NodeCache cache;
    EXPECT_EQ(to_solstice(full, root(), kHeight, to_, cache).error().code(), Errc::no_space);
}

}  // namespace
}  // namespace strata::migration
