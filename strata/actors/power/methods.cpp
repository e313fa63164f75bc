#include <strata/actors/methods.hpp>

#include <strata/actors/init/types.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>

namespace strata::actors::power {
namespace {

constexpr MethodNumber kMinerOnDeferredCronEvent = 12;

template <class T>
ActorResult<T> checked(Runtime& rt, Result<T> result) {
    return rt.check(std::move(result), ExitCode::illegal_state, "power state");
}
ActorResult<Claims> load_claims(Runtime& rt, const State& state) {
    return checked(rt, Claims::load(rt.store(), state.claims));
}
ActorResult<CronQueue> load_queue(Runtime& rt, const State& state) {
    return checked(rt, CronQueue::load(rt.store(), state.cron_event_queue, kCronQueueHamtWidth));
}

// Accepts the WinningPoSt types (0 to 4) and the current WindowPoSt types (10 to 14) of the five sector sizes. The
// retired WindowPoSt V1 types (5 to 9) have no minimum power and are refused.
Done check_proof_type(RegisteredPoStProof proof) {
    const auto number = static_cast<std::int64_t>(proof);
    if ((number >= 0 && number < 5) || (number >= 10 && number < 15)) return {};
    return illegal_state("the PoSt proof type is " + std::to_string(number) + ", expected 0 to 4 or 10 to 14");
}

Done set_claim(Runtime& rt, Claims& claims, const Address& miner, const Claim& claim) {
    if (claim.raw_byte_power.is_negative())
        return illegal_state("the raw power claimed for " + miner.to_string() + " would be " +
                             claim.raw_byte_power.to_string() + ", expected at least 0");
    if (claim.quality_adj_power.is_negative())
        return illegal_state("the quality-adjusted power claimed for " + miner.to_string() + " would be " +
                             claim.quality_adj_power.to_string() + ", expected at least 0");
    return checked(rt, claims.set(miner, claim));
}

Done constructor(Runtime& rt) {
    STRATA_OK(rt.require_caller({kSystemId}));
    // The estimate at genesis is 750,000 GiB and grows by 3,840 GiB an epoch (actors/power/src/state.rs).
    State state;
    state.this_epoch_qa_power_smoothed = FilterEstimate::of(BigInt(750'000) << 30, BigInt(3'840) << 30);
    STRATA_TRY(state.claims, checked(rt, Claims::empty_root(rt.store())));
    STRATA_TRY(state.cron_event_queue, checked(rt, CronQueue::empty_root(rt.store(), kCronQueueHamtWidth)));
    return rt.set_state(state);
}

ActorResult<CreateMinerReturn> create_miner(Runtime& rt, const CreateMinerParams& params) {
    STRATA_OK(rt.accept_any());
    const MinerConstructorParams construct{.owner = params.owner,
                                           .worker = params.worker,
                                           .control_addresses = {},
                                           .window_post_proof = params.window_post_proof,
                                           .peer_id = params.peer,
                                           .multi_addresses = params.multiaddrs};
    STRATA_TRY(const Cid code, rt.code_for(ActorType::miner));
    const init::ExecParams exec{code, to_cbor(construct)};
    STRATA_TRY(const auto created,
               rt.ask<init::ExecReturn>(Address::id(kInitId), init::kExec, to_cbor(exec), rt.value_received()));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto claims, load_claims(rt, state));
    STRATA_OK(set_claim(rt, claims, created.id_address, Claim{params.window_post_proof, 0, 0}));
    state.miner_count += 1;
    STRATA_OK(check_proof_type(params.window_post_proof));
    // On a network without a minimum power, a miner without power counts at once.
    if (rt.policy().minimum_consensus_power.sign() <= 0) state.miner_above_min_power_count += 1;
    STRATA_TRY(state.claims, checked(rt, claims.flush()));
    STRATA_OK(rt.set_state(state));
    return CreateMinerReturn{created.id_address, created.robust_address};
}

Done add_to_claim(Runtime& rt, State& state, Claims& claims, const Address& miner, const StoragePower& raw,
                  const StoragePower& quality_adjusted) {
    STRATA_TRY(const auto old, checked(rt, claims.get(miner)));
    if (!old) return not_found("miner " + miner.to_string() + " has no power claim");
    state.total_qa_bytes_committed += quality_adjusted;
    state.total_bytes_committed += raw;
    const Claim claim{old->window_post_proof, old->raw_byte_power + raw, old->quality_adj_power + quality_adjusted};
    STRATA_OK(check_proof_type(old->window_post_proof));
    // The totals for consensus include only miners with at least the minimum power. A miner that crosses the minimum
    // enters or leaves them with all of its power.
    const auto& minimum = rt.policy().minimum_consensus_power;
    const bool was_below = old->raw_byte_power < minimum;
    const bool is_below = claim.raw_byte_power < minimum;
    if (was_below && !is_below) {
        state.miner_above_min_power_count += 1;
        state.total_quality_adj_power += claim.quality_adj_power;
        state.total_raw_byte_power += claim.raw_byte_power;
    } else if (!was_below && is_below) {
        state.miner_above_min_power_count -= 1;
        state.total_quality_adj_power -= old->quality_adj_power;
        state.total_raw_byte_power -= old->raw_byte_power;
    } else if (!is_below) {
        state.total_quality_adj_power += quality_adjusted;
        state.total_raw_byte_power += raw;
    }
    if (state.miner_above_min_power_count < 0)
        return illegal_state("the number of miners above the minimum power would be " +
                             std::to_string(state.miner_above_min_power_count) + ", expected at least 0");
    return set_claim(rt, claims, miner, claim);
}

Done update_claimed_power(Runtime& rt, const UpdateClaimedPowerParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto claims, load_claims(rt, state));
    STRATA_OK(add_to_claim(rt, state, claims, Address::id(rt.caller()), params.raw_byte_delta,
                           params.quality_adjusted_delta));
    STRATA_TRY(state.claims, checked(rt, claims.flush()));
    return rt.set_state(state);
}

Done update_pledge_total(Runtime& rt, const TokenAmount& delta) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto claims, load_claims(rt, state));
    STRATA_TRY(const bool known, checked(rt, claims.contains(Address::id(rt.caller()))));
    if (!known) return forbidden("the caller f0" + std::to_string(rt.caller()) + " has no power claim");
    state.total_pledge_collateral += delta;
    if (state.total_pledge_collateral.is_negative())
        return illegal_state("the total pledge would be " + state.total_pledge_collateral.to_string() +
                             " attoFIL, expected at least 0");
    return rt.set_state(state);
}

Done enroll_cron_event(Runtime& rt, const EnrollCronEventParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    if (params.event_epoch < 0)
        return illegal_argument("the cron event is for epoch " + std::to_string(params.event_epoch) +
                                ", expected at least 0");
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto queue, load_queue(rt, state));
    // An event may be for an epoch that has passed. The next tick then begins with that epoch.
    state.first_cron_epoch = std::min(state.first_cron_epoch, params.event_epoch);
    STRATA_TRY(const auto root, checked(rt, queue.get(params.event_epoch)));
    AmtArray<CronEvent> events(rt.store(), kCronQueueAmtWidth);
    if (root) {
        STRATA_TRY(events, checked(rt, AmtArray<CronEvent>::load(rt.store(), *root, kCronQueueAmtWidth)));
    }
    STRATA_OK(checked(rt, events.push({Address::id(rt.caller()), params.payload})));
    STRATA_TRY(const Cid new_root, checked(rt, events.flush()));
    STRATA_OK(checked(rt, queue.set(params.event_epoch, new_root)));
    STRATA_TRY(state.cron_event_queue, checked(rt, queue.flush()));
    return rt.set_state(state);
}

// Removes the due events from the queue and returns them, without those of miners that have no claim. The queue is
// written before any event runs, so a failed event is not tried again, and an event can add a new one to the queue.
ActorResult<std::vector<CronEvent>> take_due_events(Runtime& rt) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto queue, load_queue(rt, state));
    STRATA_TRY(const auto claims, load_claims(rt, state));
    std::vector<CronEvent> due;
    for (ChainEpoch epoch = state.first_cron_epoch; epoch <= rt.epoch(); ++epoch) {
        STRATA_TRY(const auto root, checked(rt, queue.remove(epoch)));
        if (!root) continue;
        STRATA_TRY(const auto events, checked(rt, AmtArray<CronEvent>::load(rt.store(), *root, kCronQueueAmtWidth)));
        STRATA_OK(checked(rt, events.for_each([&](std::uint64_t, const CronEvent& event) -> Status {
            STRATA_TRY(const bool known, claims.contains(event.miner));
            if (known) due.push_back(event);
            return {};
        })));
    }
    state.first_cron_epoch = rt.epoch() + 1;
    STRATA_TRY(state.cron_event_queue, checked(rt, queue.flush()));
    STRATA_OK(rt.set_state(state));
    return due;
}

// Deletes the claims of miners whose cron events failed. A miner without a claim has no power and gets no later events.
Done delete_claims(Runtime& rt, const std::vector<Address>& miners) {
    if (miners.empty()) return {};
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto claims, load_claims(rt, state));
    for (const auto& miner : miners) {
        STRATA_TRY(const auto claim, checked(rt, claims.get(miner)));
        if (claim) {
            auto removed = add_to_claim(rt, state, claims, miner, -claim->raw_byte_power, -claim->quality_adj_power);
            if (!removed && removed.error().kind != Abort::Kind::exit) return std::move(removed).error();
            // As in the reference, a miner whose power cannot be subtracted keeps its claim and continues to count.
            if (!removed) continue;
            STRATA_OK(checked(rt, claims.remove(miner)));
        }
        state.miner_count -= 1;
    }
    STRATA_TRY(state.claims, checked(rt, claims.flush()));
    return rt.set_state(state);
}

Done run_due_events(Runtime& rt, const FilterEstimate& reward) {
    STRATA_TRY(const auto before, rt.state<State>());
    STRATA_TRY(const auto due, take_due_events(rt));
    std::vector<Address> failed;
    for (const auto& event : due) {
        // All miners get the estimate from the epoch's start, even if earlier events have changed the state.
        const DeferredCronEventParams params{event.payload, reward, before.this_epoch_qa_power_smoothed};
        STRATA_TRY(const auto reply, rt.send(event.miner, kMinerOnDeferredCronEvent, to_cbor(params), 0));
        if (!reply.ok()) failed.push_back(event.miner);
    }
    return delete_claims(rt, failed);
}

Done on_epoch_tick_end(Runtime& rt) {
    STRATA_OK(rt.require_caller({kCronId}));
    const Address reward_actor = Address::id(kRewardId);
    STRATA_TRY(const auto reward,
               rt.ask<reward::ThisEpochRewardReturn>(reward_actor, reward::kThisEpochReward, std::nullopt));
    // The miners' events change the power, so they run before the totals of the next epoch are fixed. All messages of
    // that epoch see the same totals.
    STRATA_OK(run_due_events(rt, reward.this_epoch_reward_smoothed));
    STRATA_TRY(auto state, rt.state<State>());
    const auto total = state.current_total();
    state.this_epoch_pledge_collateral = state.total_pledge_collateral;
    state.this_epoch_quality_adj_power = total.quality_adjusted;
    state.this_epoch_raw_byte_power = total.raw;
    state.this_epoch_qa_power_smoothed =
        next_estimate(state.this_epoch_qa_power_smoothed, state.this_epoch_quality_adj_power, 1);
    STRATA_OK(rt.set_state(state));
    STRATA_OK(rt.call(reward_actor, reward::kUpdateNetworkKpi, to_cbor(state.this_epoch_raw_byte_power), 0));
    return {};
}

ActorResult<CurrentTotalPowerReturn> current_total_power(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto s, rt.state<State>());
    return CurrentTotalPowerReturn{s.this_epoch_raw_byte_power,
                                   s.this_epoch_quality_adj_power,
                                   s.this_epoch_pledge_collateral,
                                   s.this_epoch_qa_power_smoothed,
                                   s.ramp_start_epoch,
                                   s.ramp_duration_epochs};
}

ActorResult<StoragePower> network_raw_power(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    return state.this_epoch_raw_byte_power;
}

ActorResult<std::optional<Claim>> claim_of(Runtime& rt, const State& state, ActorId miner) {
    STRATA_TRY(const auto claims, load_claims(rt, state));
    return checked(rt, claims.get(Address::id(miner)));
}

ActorResult<MinerRawPowerReturn> miner_raw_power(Runtime& rt, const ActorId& miner) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto claim, claim_of(rt, state, miner));
    if (!claim) return illegal_argument("miner f0" + std::to_string(miner) + " has no power claim");
    STRATA_OK(check_proof_type(claim->window_post_proof));
    return MinerRawPowerReturn{claim->raw_byte_power, state.meets_consensus_minimum(rt.policy(), *claim)};
}

ActorResult<MinerPowerReturn> miner_power(Runtime& rt, const ActorId& miner) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto claim, claim_of(rt, state, miner));
    if (!claim) return not_found("miner f0" + std::to_string(miner) + " has no power claim");
    return MinerPowerReturn{claim->raw_byte_power, claim->quality_adj_power};
}

ActorResult<std::int64_t> miner_count(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    return state.miner_count;
}

ActorResult<std::int64_t> miner_consensus_count(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    return state.miner_above_min_power_count;
}

constexpr Method kMethods[] = {
    method<&constructor>(1),
    method<&create_miner>(kCreateMiner),
    method<&create_miner>(1173380165),
    method<&update_claimed_power>(kUpdateClaimedPower),
    method<&enroll_cron_event>(kEnrollCronEvent),
    method<&on_epoch_tick_end>(kOnEpochTickEnd),
    method<&update_pledge_total>(kUpdatePledgeTotal),
    method<&current_total_power>(kCurrentTotalPower),
    method<&network_raw_power>(931722534),
    method<&miner_raw_power>(3753401894),
    method<&miner_count>(1987646258),
    method<&miner_consensus_count>(196739875),
    method<&miner_power>(36284446),
};

}  // namespace

State::Power State::current_total() const {
    // While too few miners have the minimum power, the power of all miners counts. A young network could not mine
    // otherwise.
    if (miner_above_min_power_count < kConsensusMinerMinMiners)
        return {total_bytes_committed, total_qa_bytes_committed};
    return {total_raw_byte_power, total_quality_adj_power};
}

bool State::meets_consensus_minimum(const Policy& policy, const Claim& claim) const {
    if (claim.raw_byte_power >= policy.minimum_consensus_power) return true;
    if (miner_above_min_power_count >= kConsensusMinerMinMiners) return false;
    return claim.raw_byte_power.sign() > 0;
}

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::power
