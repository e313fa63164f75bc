// The reward actor since version 19: its table, and what the chain itself calls. The methods by which contracts change
// the streams are in stream_methods.cpp. Source: crate fil_actor_reward_state 27.2.0 src/v19.
#include <strata/actors/methods.hpp>
#include <strata/actors/reward/award.hpp>
#include <strata/actors/reward/handlers.hpp>
#include <strata/actors/reward/stream_events.hpp>
#include <strata/actors/reward/stream_messages.hpp>

namespace strata::actors::reward {
namespace {

Done constructor(Runtime& rt, const RealizedPower& realized) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto power, power_of(realized));
    // One stream has all the weight, until an upgrade or the stream weights actor installs others.
    StreamsState streams;
    streams.streams.push_back({1, {kDenominator, 0, 0, kDenominator, kDenominator}, {}});
    State19 state;
    static_cast<Issuance&>(state) = Issuance::at_genesis(power, simple_mint_total(), baseline_mint_total());
    state.swa_actor = Address::id(kSystemId);
    STRATA_TRY(state.streams_root, rt.check(put_cbor(rt.store(), streams), ExitCode::illegal_state, "streams"));
    return rt.set_state(state);
}

// Returns the ledger; empty if it makes no sense. An award never fails for that: the miner gets its gas reward only.
ActorResult<std::optional<Ledger>> ledger_of(Runtime& rt, const State19& state) {
    STRATA_TRY(const auto data, rt.check(rt.store().get(state.streams_root), ExitCode::illegal_state, "streams"));
    auto streams = from_cbor<StreamsState>(data);
    if (!streams || !check_streams(*streams, state.accrued)) return std::optional<Ledger>{};
    return std::optional(Ledger{std::move(*streams), state.accrued});
}

Done award_block_reward(Runtime& rt, const AwardBlockRewardParams& params) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto miner, check_award(rt, params, balance));
    STRATA_TRY(auto state, rt.state<State19>());
    STRATA_TRY(auto ledger, ledger_of(rt, state));
    std::optional<Award> award;
    if (ledger) award = plan_award(*ledger, rt.epoch(), balance, params.gas_reward, expected_reward(state, params));
    if (!award || !check_streams(award->ledger.streams, award->ledger.accrued))
        return pay_miner(rt, miner, params.gas_reward, params.penalty);

    if (award->ledger.streams != ledger->streams) {
        STRATA_TRY(state.streams_root,
                   rt.check(put_cbor(rt.store(), award->ledger.streams), ExitCode::illegal_state, "streams"));
    }
    state.accrued = std::move(award->ledger.accrued);
    state.total_minted_reward += award->block_reward;
    state.total_burn_minted += award->burn;
    state.total_explicit_minted += award->explicit_streams;
    STRATA_OK(rt.set_state(state));
    STRATA_OK(emit_changes(rt, award->changes));
    return pay_miner(rt, miner, award->miner + params.gas_reward, params.penalty, award->burn + award->changes.dust());
}

ActorResult<ThisEpochRewardReturn> this_epoch_reward(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State19>());
    return ThisEpochRewardReturn{state.this_epoch_reward_smoothed, state.this_epoch_baseline_power};
}

Done update_network_kpi(Runtime& rt, const RealizedPower& realized) {
    STRATA_OK(rt.require_caller({kPowerId}));
    STRATA_TRY(const auto power, power_of(realized));
    STRATA_TRY(auto state, rt.state<State19>());
    state.advance(rt.epoch(), power, simple_mint_total(), baseline_mint_total());
    return rt.set_state(state);
}

constexpr Method kMethods[] = {
    method<&constructor>(1),
    method<&award_block_reward>(kAwardBlockReward),
    method<&this_epoch_reward>(kThisEpochReward),
    method<&update_network_kpi>(kUpdateNetworkKpi),
    method<&set_weight_records>(kSetWeightRecords),
    method<&step_weight_records>(kStepWeightRecords),
    method<&register_stream>(kRegisterStream),
    method<&remove_stream>(kRemoveStream),
    method<&set_distribution>(kSetDistribution),
    method<&cancel_pending>(kCancelPending),
    method<&set_shares>(kSetShares),
    method<&replace_stream_address>(kReplaceAddress),
    method<&claim_earnings>(kClaim),
};

}  // namespace

std::span<const Method> methods19() {
    return kMethods;
}

}  // namespace strata::actors::reward
