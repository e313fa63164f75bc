// The work of cron at the end of each of a miner's deadlines. Source: docs/protocol/storage.md §4; builtin-actors v18
// actors/miner/src/lib.rs.
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>

namespace strata::actors::miner {
namespace {

// Adds the penalty for faults and the daily fee of the closed deadline to the miner's debt.
Done charge_fees(State& state, const State::AdvanceDeadlineResult& closed, const FilterEstimate& reward,
                 const FilterEstimate& network_qa_power) {
    // New faults pay nothing yet. Only faults that existed before and remain are charged.
    STRATA_OK(state.apply_penalty(
        pledge_penalty_for_continued_fault(reward, network_qa_power, closed.previously_faulty_power.qa)));
    if (closed.daily_fee.sign() <= 0) return {};
    const auto day_reward = expected_reward_for_power(reward, network_qa_power, closed.live_power.qa, kEpochsInDay);
    return state.apply_penalty(daily_proof_fee_payable(closed.daily_fee, day_reward));
}

Done handle_proving_deadline(Runtime& rt, const FilterEstimate& reward, const FilterEstimate& network_qa_power) {
    // The order matters. The deadline is closed first, because its fees depend on what was proven. Then the debt is
    // paid, from the vesting funds before the free balance. Last, the vested funds that remain are released.
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    STRATA_OK(process_pending_worker(rt, state, info));
    STRATA_TRY(const auto lost_deposits, state.cleanup_expired_pre_commits(rt, rt.epoch()));
    STRATA_OK(state.apply_penalty(lost_deposits));
    const bool had_early_terminations = !state.early_terminations.empty();
    STRATA_TRY(const auto closed, state.advance_deadline(rt, rt.epoch()));
    STRATA_OK(charge_fees(state, closed, reward, network_qa_power));
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto repaid, state.repay_partial_debt_in_priority_order(rt, rt.epoch(), balance));
    STRATA_TRY(const auto vested, state.unlock_vested_funds(rt, rt.epoch()));
    const bool cron_continues = state.continue_deadline_cron();
    if (!cron_continues) state.deadline_cron_active = false;
    STRATA_OK(rt.set_state(state));

    STRATA_OK(request_update_power(rt, closed.power_delta));
    STRATA_OK(burn_funds(rt, repaid.to_burn));
    STRATA_OK(notify_pledge_changed(rt, closed.pledge_delta - repaid.total_unlocked - vested));
    if (cron_continues)
        STRATA_OK(enroll_cron_event(rt, state.deadline_info(rt.epoch() + 1).last(), CronEvent::proving_deadline));

    // Terminations that waited before this call already have a cron event, which repeats in each epoch until all of
    // them are processed.
    if (had_early_terminations || state.early_terminations.empty()) return {};
    STRATA_TRY(const bool more, process_early_terminations(rt, reward, network_qa_power));
    return more ? schedule_early_termination_work(rt) : Done();
}

}  // namespace

Done enroll_deadline_cron(Runtime& rt, const State& state) {
    return enroll_cron_event(rt, state.deadline_info(rt.epoch()).last(), CronEvent::proving_deadline);
}

Done on_deferred_cron_event(Runtime& rt, const power::DeferredCronEventParams& params) {
    STRATA_OK(rt.require_caller({kPowerId}));
    STRATA_TRY(const auto payload,
               rt.check(from_cbor<CronEventPayload>(params.event_payload), ExitCode::illegal_state, "cron payload"));
    switch (payload.event_type) {
        case CronEvent::proving_deadline:
            STRATA_OK(handle_proving_deadline(rt, params.reward_smoothed, params.quality_adj_power_smoothed));
            break;
        case CronEvent::process_early_terminations: {
            STRATA_TRY(const bool more,
                       process_early_terminations(rt, params.reward_smoothed, params.quality_adj_power_smoothed));
            if (more) STRATA_OK(schedule_early_termination_work(rt));
            break;
        }
        case CronEvent::worker_key_change:  // an old event that is not enrolled any more
        default:
            break;
    }
    return check_balance(rt);
}

}  // namespace strata::actors::miner
