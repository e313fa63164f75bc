#include <strata/migration/solstice.hpp>

#include <array>

#include <strata/base/hex.hpp>
#include <strata/types/basic.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::migration {
namespace {

namespace reward = actors::reward;

constexpr std::uint64_t kPercent = reward::kDenominator / 100;
constexpr reward::StreamId kConsensusStream = 1;
constexpr reward::StreamId kServiceStream = 2;
constexpr ChainEpoch kRampQuarters = 9;
constexpr ChainEpoch kEpochsInQuarter = 262'974;  // a quarter of 31,556,925 seconds

constexpr StartWeight kConsensus{.v_start = 95 * kPercent, .floor = 50 * kPercent, .cap = 95 * kPercent};
constexpr StartWeight kService{.v_start = 5 * kPercent, .floor = 5 * kPercent, .cap = 10 * kPercent};

// The address of a contract, in Ethereum's form.
Address contract(std::string_view hex) {
    constexpr ActorId ethereum_address_manager = 10;
    const auto bytes = from_hex(hex);
    STRATA_CHECK(bytes);
    return Address::delegated(ethereum_address_manager, *bytes);
}

StreamPlan plan_of(ChainEpoch timelock, ChainEpoch ramp, const Address& swa, const Address& sra,
                   const Address& orchestrator) {
    return {.swa_timelock_epochs = timelock,
            .ramp_epochs = ramp,
            .consensus = kConsensus,
            .service = kService,
            .swa_actor = swa,
            .sra_actor = sra,
            .initial_orchestrator = orchestrator};
}

// The authorities of mainnet and calibnet have the same addresses.
StreamPlan public_plan(ChainEpoch timelock, ChainEpoch ramp) {
    return plan_of(timelock, ramp, contract("66c11a9f6dfec3c1557958cf9f575a023eb01421"),
                   contract("0339f205314c8210af7cb075d1a96d012e7896a9"),
                   contract("97a90f5696be5e3c8d3752c92adac287c2b4484e"));
}

// Returns the ID of an actor that the reward state will name.
Result<Address> named_actor(vm::StateTree& tree, const Address& address, std::string_view what,
                            const Cid& payment_channel) {
    const auto refuse = [&](std::string_view why) {
        return fail(Errc::internal, "the upgrade to network version 29 is not possible on this state: the " +
                                        std::string(what) + " " + address.to_string() + " " + std::string(why));
    };
    if (!address.defined()) return refuse("is not set");
    STRATA_TRY(const auto id, tree.resolve(address));
    if (!id) return refuse("has no actor");
    if (*id == kBurntFundsId) return refuse("is the burnt funds actor");
    STRATA_TRY(const auto actor, tree.get(*id));
    if (!actor) return refuse("has no actor");
    // A payment channel is deleted when it is settled, and its rewards would be lost.
    if (actor->code == payment_channel) return refuse("is a payment channel");
    return Address::id(*id);
}

Error senseless(const std::string& what) {
    return fail(Errc::malformed, "the first streams: " + what);
}

// Returns the weight that moves from one stream to the other in each epoch, rounded up so that the ramp ends in time.
Result<std::int64_t> slope_of(const StreamPlan& plan) {
    if (plan.ramp_epochs <= 0)
        return senseless("the ramp takes " + std::to_string(plan.ramp_epochs) + " epochs, expected at least 0");
    const auto& weight = plan.consensus;
    if (weight.v_start <= weight.floor)
        return senseless("the consensus weight starts at " + std::to_string(weight.v_start) + ", expected more than " +
                         std::to_string(weight.floor) + ", its floor");
    const auto epochs = static_cast<std::uint64_t>(plan.ramp_epochs);
    const std::uint64_t distance = weight.v_start - weight.floor;
    const auto slope = BigInt(distance / epochs + (distance % epochs == 0 ? 0 : 1)).to_i64();
    if (!slope) return senseless("the consensus weight falls by more than a number of 64 bits in each epoch");
    return *slope;
}

reward::WeightRecord record_of(const StartWeight& weight, std::int64_t slope, ChainEpoch first_epoch) {
    return {
        .v_start = weight.v_start, .slope = slope, .t_start = first_epoch, .floor = weight.floor, .cap = weight.cap};
}

Status check_plan(const StreamPlan& plan) {
    if (plan.swa_timelock_epochs < 0)
        return senseless("the timelock is " + std::to_string(plan.swa_timelock_epochs) +
                         " epochs, expected at least 0");
    if (!plan.swa_actor.as_id())
        return senseless("the stream weights actor " + plan.swa_actor.to_string() + " is not an ID address");
    return {};
}

Result<FirstStreams> consensus_only(const StreamPlan& plan, ChainEpoch first_epoch) {
    constexpr StartWeight all{reward::kDenominator, reward::kDenominator, reward::kDenominator};
    if (plan.consensus != all || plan.service != StartWeight{})
        return senseless("without a ramp, the consensus weight must be 1 and the service weight 0");
    FirstStreams out;
    out.state.streams.push_back({kConsensusStream, record_of(all, 0, first_epoch), {}});
    return out;
}

Result<FirstStreams> with_services(const StreamPlan& plan, ChainEpoch first_epoch) {
    STRATA_TRY(const std::int64_t slope, slope_of(plan));
    if (plan.consensus.v_start > reward::kDenominator ||
        plan.service.v_start != reward::kDenominator - plan.consensus.v_start)
        return senseless("the weights start at " + std::to_string(plan.consensus.v_start) + " and " +
                         std::to_string(plan.service.v_start) + ", expected a sum of " +
                         std::to_string(reward::kDenominator));
    FirstStreams out;
    out.state.streams.push_back({kConsensusStream, record_of(plan.consensus, -slope, first_epoch), {}});
    reward::Distribution distribution;
    distribution.writer = plan.sra_actor;
    distribution.shares.push_back({plan.initial_orchestrator, reward::kDenominator});
    out.state.streams.push_back({kServiceStream, record_of(plan.service, slope, first_epoch), std::move(distribution)});
    out.accrued.push_back({kServiceStream, 0});
    return out;
}

}  // namespace

const StreamPlan& stream_plan(actors::ActorBundle network) {
    using actors::ActorBundle;
    // Source: forest 0.39.0 src/state_migration/nv29/reward_bootstrap.rs, which names the parameters of lotus'
    // build/buildconstants/params_*.go.
    static const StreamPlan mainnet = public_plan(7 * kEpochsInDay, kRampQuarters * kEpochsInQuarter);
    static const StreamPlan calibnet = public_plan(6 * kEpochsInHour, kRampQuarters * kEpochsInDay);
    static const StreamPlan butterflynet = plan_of(
        40, kRampQuarters * 2 * kEpochsInHour, contract("17c43bc9d8e8600ebe7599c18f2da2d5ced68d95"),
        contract("ea340224f4df7d01d2657964215e37452165b0a1"), contract("48c7dc38e74c9fa9ea6484ad6ad0520349dc9b40"));
    // A development network has none of the contracts, so the system actor stands for all of them.
    static const Address system = Address::id(kSystemId);
    static const StreamPlan devnet = plan_of(50, 900, system, system, system);
    switch (network) {
        case ActorBundle::mainnet:
            return mainnet;
        case ActorBundle::calibnet:
            return calibnet;
        case ActorBundle::butterflynet:
            return butterflynet;
        case ActorBundle::devnet:
            break;
    }
    return devnet;
}

Result<StreamPlan> resolve(StreamPlan plan, vm::StateTree& tree, const Cid& payment_channel) {
    STRATA_TRY(plan.swa_actor, named_actor(tree, plan.swa_actor, "stream weights actor", payment_channel));
    if (plan.ramp_epochs == 0) return plan;  // the others are not named
    STRATA_TRY(plan.sra_actor, named_actor(tree, plan.sra_actor, "service rewards actor", payment_channel));
    STRATA_TRY(plan.initial_orchestrator,
               named_actor(tree, plan.initial_orchestrator, "initial orchestrator", payment_channel));
    return plan;
}

Result<FirstStreams> first_streams(const StreamPlan& plan, ChainEpoch first_epoch) {
    STRATA_OK(check_plan(plan));
    STRATA_TRY(auto out, plan.ramp_epochs == 0 ? consensus_only(plan, first_epoch) : with_services(plan, first_epoch));
    STRATA_OK(reward::check_streams(out.state, out.accrued));
    STRATA_OK(reward::check_schedule(out.state.streams, first_epoch));
    return out;
}

Result<reward::State19> reward_after(Blockstore& blocks, reward::State before, const StreamPlan& plan,
                                     ChainEpoch first_epoch) {
    STRATA_TRY(auto streams, first_streams(plan, first_epoch));
    reward::State19 out;
    out.total_minted_reward = std::move(before.total_storage_power_reward);
    static_cast<reward::Issuance&>(out) = std::move(before);
    out.accrued = std::move(streams.accrued);
    out.swa_timelock_epochs = plan.swa_timelock_epochs;
    out.swa_actor = plan.swa_actor;
    STRATA_TRY(out.streams_root, put_cbor(blocks, streams.state));
    return out;
}

actors::market::State19 market_after(actors::market::State before) {
    actors::market::State19 out;
    static_cast<actors::market::Tables&>(out) = std::move(before);
    return out;
}

}  // namespace strata::migration
