// Cases and numbers: forest 0.39.0 src/state_migration/nv29/{reward,reward_bootstrap,market}.rs, whose tests these
// follow; FIPS/fip-0118.md §3.1.1 for the weights over time.
#include <strata/migration/solstice.hpp>

#include <gtest/gtest.h>

#include <strata/types/basic.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::migration {
namespace {

namespace reward = actors::reward;
using actors::ActorBundle;

constexpr std::uint64_t kPercent = reward::kDenominator / 100;
constexpr ChainEpoch kFirst = 100;

constexpr StartWeight percent(std::uint64_t v_start, std::uint64_t floor, std::uint64_t cap) {
    return {v_start * kPercent, floor * kPercent, cap * kPercent};
}

// 45 % of the reward move over 45 epochs: one percent in each.
StreamPlan plan() {
    return {.swa_timelock_epochs = 20'160,
            .ramp_epochs = 45,
            .consensus = percent(95, 50, 95),
            .service = percent(5, 5, 10),
            .swa_actor = Address::id(100),
            .sra_actor = Address::id(101),
            .initial_orchestrator = Address::id(102)};
}

TEST(FirstStreams, consensus_and_service) {
    const auto streams = first_streams(plan(), kFirst).value();
    ASSERT_EQ(streams.state.streams.size(), 2U);
    const auto& [consensus, service] = std::tie(streams.state.streams[0], streams.state.streams[1]);
    EXPECT_EQ(consensus.id, 1U);
    EXPECT_EQ(consensus.weight,
              (reward::WeightRecord{95 * kPercent, -std::int64_t{kPercent}, kFirst, 50 * kPercent, 95 * kPercent}));
    EXPECT_FALSE(consensus.distribution);
    EXPECT_EQ(service.id, 2U);
    EXPECT_EQ(service.weight,
              (reward::WeightRecord{5 * kPercent, std::int64_t{kPercent}, kFirst, 5 * kPercent, 10 * kPercent}));
    ASSERT_TRUE(service.distribution);
    EXPECT_EQ(service.distribution->writer, Address::id(101));
    EXPECT_EQ(service.distribution->shares,
              (std::vector{reward::RecipientShare{Address::id(102), reward::kDenominator}}));
    EXPECT_TRUE(streams.state.tombstones.empty());
    EXPECT_TRUE(streams.state.pending.empty());
    EXPECT_EQ(streams.accrued, (std::vector{reward::StreamAccrual{2, 0}}));
}

TEST(FirstStreams, without_a_ramp_there_is_the_consensus_stream_alone) {
    StreamPlan alone = plan();
    alone.ramp_epochs = 0;
    alone.consensus = percent(100, 100, 100);
    alone.service = {};
    alone.sra_actor = {};
    alone.initial_orchestrator = {};
    const auto streams = first_streams(alone, kFirst).value();
    ASSERT_EQ(streams.state.streams.size(), 1U);
    EXPECT_EQ(streams.state.streams[0].weight,
              (reward::WeightRecord{reward::kDenominator, 0, kFirst, reward::kDenominator, reward::kDenominator}));
    EXPECT_TRUE(streams.accrued.empty());
}

TEST(FirstStreams, a_senseless_plan_is_refused) {
    const auto refusal = [](const std::function<void(StreamPlan&)>& damage) {
        StreamPlan bad = plan();
        damage(bad);
        const auto streams = first_streams(bad, kFirst);
        return streams ? "accepted" : streams.error().message();
    };
    const Address delegated = Address::delegated(10, Bytes{1});
    EXPECT_TRUE(refusal([](auto& p) { p.swa_actor = Address(); }).ends_with("is not an ID address"));
    EXPECT_TRUE(refusal([&](auto& p) { p.swa_actor = delegated; }).ends_with("is not an ID address"));
    EXPECT_TRUE(refusal([&](auto& p) { p.sra_actor = delegated; }).starts_with("the distribution writer f410"));
    EXPECT_TRUE(refusal([&](auto& p) { p.initial_orchestrator = delegated; }).starts_with("the share recipient f410"));
    EXPECT_EQ(refusal([](auto& p) { p.swa_timelock_epochs = -1; }),
              "the first streams: the timelock is -1 epochs, expected at least 0");
    EXPECT_EQ(refusal([](auto& p) { p.ramp_epochs = -1; }),
              "the first streams: the ramp takes -1 epochs, expected at least 0");
    EXPECT_EQ(refusal([](auto& p) { p.ramp_epochs = 0; }),
              "the first streams: without a ramp, the consensus weight must be 1 and the service weight 0");
    EXPECT_NE(refusal([](auto& p) { p.consensus = percent(50, 50, 95); }), "accepted") << "nothing to move";
    EXPECT_EQ(refusal([](auto& p) { p.service = percent(6, 5, 10); }),
              "the first streams: the weights start at 950000000000000000 and 60000000000000000, expected a sum of "
              "1000000000000000000");
    EXPECT_NE(refusal([](auto& p) { p.service = percent(5, 5, 60); }), "accepted") << "more than the rest";
    EXPECT_NE(refusal([](auto& p) { p.consensus = percent(95, 50, 94); }), "accepted") << "above its cap";
    EXPECT_NE(refusal([](auto& p) { p.initial_orchestrator = Address::id(kBurntFundsId); }), "accepted");
}

TEST(FirstStreams, every_network_has_a_plan_that_makes_sense) {
    struct Row {
        ActorBundle network;
        ChainEpoch timelock, ramp;
    };
    for (const auto& [network, timelock, ramp] :
         {Row{ActorBundle::mainnet, 20'160, 2'366'766}, Row{ActorBundle::calibnet, 720, 25'920},
          Row{ActorBundle::butterflynet, 40, 2'160}, Row{ActorBundle::devnet, 50, 900}}) {
        StreamPlan found = stream_plan(network);
        EXPECT_EQ(found.swa_timelock_epochs, timelock);
        EXPECT_EQ(found.ramp_epochs, ramp);
        for (const auto& address : {found.swa_actor, found.sra_actor, found.initial_orchestrator})
            EXPECT_TRUE(address.defined());
        found.swa_actor = Address::id(100);
        found.sra_actor = Address::id(101);
        found.initial_orchestrator = Address::id(102);
        EXPECT_TRUE(first_streams(found, 6'470'280));
    }
}

// FIP-0118 §3.1.1: in the first quarter the service stream takes what the consensus stream leaves, up to 10 %; the
// consensus weight is 50 % after nine quarters.
TEST(FirstStreams, mainnets_weights_over_time) {
    StreamPlan found = stream_plan(ActorBundle::mainnet);
    found.swa_actor = found.sra_actor = found.initial_orchestrator = Address::id(100);
    const ChainEpoch first = 6'470'280;
    const auto streams = first_streams(found, first).value().state.streams;
    constexpr ChainEpoch quarter = 262'974;
    const auto at = [&](ChainEpoch epoch) { return reward::weights_at(streams, first + epoch).value(); };
    EXPECT_EQ(at(0), (std::vector{95 * kPercent, 5 * kPercent}));
    for (const ChainEpoch epoch : {ChainEpoch{1}, ChainEpoch{1000}, quarter / 2, quarter - 1}) {
        EXPECT_EQ(at(epoch)[0] + at(epoch)[1], reward::kDenominator) << "nothing is burnt in the first quarter";
    }
    EXPECT_EQ(at(quarter)[1], 10 * kPercent);
    EXPECT_EQ(at(5 * quarter)[1], 10 * kPercent);
    EXPECT_GT(at(9 * quarter - 2)[0], 50 * kPercent);
    EXPECT_EQ(at(9 * quarter)[0], 50 * kPercent);
    EXPECT_EQ(at(90 * quarter)[0], 50 * kPercent);
}

class Authorities : public ::testing::Test {
  protected:
    Authorities() {
        HamtMap<Address, ActorId> addresses(blocks_);
        const vm::InitState init{.address_map = addresses.flush().value(), .next_id = 100, .network_name = "test"};
        tree_.set(kInitId, actor("init", put_cbor(blocks_, init).value()));
        tree_.set(kSystemId, actor("system"));
        plan_.swa_actor = add(contract(1));
        plan_.sra_actor = add(contract(2));
        plan_.initial_orchestrator = add(Address::bls(Bytes(48, 3)));
    }
    static Cid code(std::string_view name) { return Cid::hash_of(Codec::raw, as_bytes(name)); }
    static vm::ActorState actor(std::string_view type, const Cid& head = {}) { return {code(type), head, 0, 0, {}}; }
    static Address contract(std::uint8_t seed) { return Address::delegated(10, Bytes(20, seed)); }
    Address add(const Address& address, std::string_view type = "account") {
        const ActorId id = tree_.register_address(address).value();
        tree_.set(id, actor(type));
        return address;
    }
    std::string refusal(const StreamPlan& bad) {
        const auto resolved = resolve(bad, tree_, code("paych"));
        return resolved ? "accepted" : resolved.error().message();
    }

    MemoryBlockstore blocks_;
    vm::StateTree tree_{blocks_};
    StreamPlan plan_ = plan();
};

TEST_F(Authorities, become_ids) {
    const auto resolved = resolve(plan_, tree_, code("paych")).value();
    EXPECT_EQ(resolved.swa_actor, Address::id(100));
    EXPECT_EQ(resolved.sra_actor, Address::id(101));
    EXPECT_EQ(resolved.initial_orchestrator, Address::id(102));
    StreamPlan system = plan_;
    system.swa_actor = system.sra_actor = Address::id(kSystemId);
    EXPECT_EQ(refusal(system), "accepted");
}

TEST_F(Authorities, a_plan_without_services_needs_only_the_first) {
    plan_.ramp_epochs = 0;
    plan_.sra_actor = plan_.initial_orchestrator = Address();
    EXPECT_EQ(refusal(plan_), "accepted");
    plan_.swa_actor = Address();
    EXPECT_TRUE(refusal(plan_).ends_with(" is not set"));
}

TEST_F(Authorities, must_exist_and_must_be_able_to_hold_the_reward) {
    const Address channel = add(contract(7), "paych");
    for (auto member : {&StreamPlan::swa_actor, &StreamPlan::sra_actor, &StreamPlan::initial_orchestrator}) {
        StreamPlan bad = plan_;
        bad.*member = contract(9);
        EXPECT_TRUE(refusal(bad).ends_with(" has no actor")) << refusal(bad);
        bad.*member = Address::id(5'000);
        EXPECT_TRUE(refusal(bad).ends_with(" f05000 has no actor")) << refusal(bad);
        bad.*member = channel;
        EXPECT_TRUE(refusal(bad).ends_with(" is a payment channel")) << refusal(bad);
        bad.*member = Address::id(kBurntFundsId);
        EXPECT_TRUE(refusal(bad).ends_with(" f099 is the burnt funds actor")) << refusal(bad);
    }
}

// Each field has a value of its own, so that a field in the wrong place is seen.
TEST(RewardAfter, keeps_the_accounts_and_installs_the_streams) {
    MemoryBlockstore blocks;
    reward::State before;
    before.cumsum_baseline = 1;
    before.cumsum_realized = 2;
    before.effective_network_time = 3;
    before.effective_baseline_power = 4;
    before.this_epoch_reward = 5;
    before.this_epoch_reward_smoothed.position = 6;
    before.this_epoch_reward_smoothed.velocity = 7;
    before.this_epoch_baseline_power = 8;
    before.epoch = 9;
    before.total_storage_power_reward = 10;
    before.simple_total = 11;
    before.baseline_total = 12;
    const auto after = reward_after(blocks, before, plan(), kFirst).value();
    EXPECT_EQ(after.cumsum_baseline, BigInt(1));
    EXPECT_EQ(after.cumsum_realized, BigInt(2));
    EXPECT_EQ(after.effective_network_time, 3);
    EXPECT_EQ(after.effective_baseline_power, BigInt(4));
    EXPECT_EQ(after.this_epoch_reward, BigInt(5));
    EXPECT_EQ(after.this_epoch_reward_smoothed.position, BigInt(6));
    EXPECT_EQ(after.this_epoch_reward_smoothed.velocity, BigInt(7));
    EXPECT_EQ(after.this_epoch_baseline_power, BigInt(8));
    EXPECT_EQ(after.epoch, 9);
    EXPECT_EQ(after.total_minted_reward, BigInt(10));
    EXPECT_TRUE(after.total_burn_minted.is_zero());
    EXPECT_TRUE(after.total_explicit_minted.is_zero());
    EXPECT_EQ(after.swa_timelock_epochs, 20'160);
    EXPECT_EQ(after.swa_actor, Address::id(100));
    EXPECT_EQ(after.accrued, (std::vector{reward::StreamAccrual{2, 0}}));
    EXPECT_EQ(get_cbor<reward::StreamsState>(blocks, after.streams_root).value(),
              first_streams(plan(), kFirst).value().state);
    EXPECT_FALSE(from_cbor<reward::State>(to_cbor(after))) << "15 fields, not 11";
}

TEST(MarketAfter, loses_the_allocations_only) {
    const auto cid = [](std::uint8_t tag) { return Cid::hash_of(Codec::dag_cbor, Bytes{tag}); };
    actors::market::State before;
    before.proposals = cid(1);
    before.states = cid(2);
    before.pending_proposals = cid(3);
    before.escrow_table = cid(4);
    before.locked_table = cid(5);
    before.next_id = 1234;
    before.deal_ops_by_epoch = cid(6);
    before.last_cron = 5678;
    before.total_client_locked_collateral = 11;
    before.total_provider_locked_collateral = 22;
    before.total_client_storage_fee = 33;
    before.pending_deal_allocation_ids = cid(7);
    before.provider_sectors = cid(8);
    const auto after = market_after(before);
    EXPECT_EQ(after.proposals, cid(1));
    EXPECT_EQ(after.states, cid(2));
    EXPECT_EQ(after.pending_proposals, cid(3));
    EXPECT_EQ(after.escrow_table, cid(4));
    EXPECT_EQ(after.locked_table, cid(5));
    EXPECT_EQ(after.next_id, 1234U);
    EXPECT_EQ(after.deal_ops_by_epoch, cid(6));
    EXPECT_EQ(after.last_cron, 5678);
    EXPECT_EQ(after.total_client_locked_collateral, BigInt(11));
    EXPECT_EQ(after.total_provider_locked_collateral, BigInt(22));
    EXPECT_EQ(after.total_client_storage_fee, BigInt(33));
    EXPECT_EQ(after.provider_sectors, cid(8));
    EXPECT_EQ(to_cbor(after)[0], 0x8c) << "12 fields";
    EXPECT_FALSE(from_cbor<actors::market::State>(to_cbor(after)));
}

}  // namespace
}  // namespace strata::migration
