// The termination of sectors before they expire. Source: docs/protocol/storage.md §2.9; builtin-actors v18
// actors/miner/src/lib.rs.
#include <strata/actors/miner/emit.hpp>
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/reward/state.hpp>

namespace strata::actors::miner {
namespace {

// Terminates sectors in the state and returns the lost power as a negative delta.
ActorResult<PowerPair> terminate(Runtime& rt, State& state, const MinerInfo& info, const DeadlineSectorMap& declared) {
    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    STRATA_TRY(const auto sectors, Sectors::load(rt, state.sectors));
    PowerPair power_delta;
    for (const auto& [index, by_partition] : declared.by_deadline()) {
        if (!deadline_is_mutable(state.current_proving_period_start(rt.epoch()), index, rt.epoch()))
            return illegal_argument(deadline_is_near(index));
        STRATA_TRY(auto deadline, deadlines.load_deadline(rt, index));
        STRATA_TRY(const auto lost, deadline.terminate_sectors(rt, sectors, rt.epoch(), by_partition, info.sector_size,
                                                               state.quant_spec_for_deadline(index)));
        state.early_terminations.set(index);
        power_delta -= lost;
        STRATA_OK(deadlines.update_deadline(rt, index, deadline));
    }
    STRATA_OK(state.save_deadlines(rt, deadlines));
    return power_delta;
}

// Holds what remains to settle for terminated sectors: a penalty, a pledge to give back, and deals to end.
struct Settlement {
    TokenAmount pledge;
    TokenAmount penalty;
    std::vector<SectorNumber> numbers;
    std::vector<SectorNumber> with_data;
};

ActorResult<Settlement> settlement_of(Runtime& rt, const State& state, const TerminationResult& result,
                                      const FilterEstimate& reward, const FilterEstimate& network_qa_power) {
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_TRY(const auto sectors, Sectors::load(rt, state.sectors));
    Settlement out;
    for (const auto& [epoch, numbers] : result.sectors) {
        STRATA_TRY(const auto infos, sectors.load_sectors(rt, numbers));
        for (const auto& sector : infos) {
            const auto fault_fee = pledge_penalty_for_continued_fault(reward, network_qa_power,
                                                                      qa_power_for_sector(info.sector_size, sector));
            out.pledge += sector.initial_pledge;
            // The penalty depends on the age at which the sector ended, not on its age now.
            out.penalty += pledge_penalty_for_termination(sector.initial_pledge, epoch - sector.activation, fault_fee);
            out.numbers.push_back(sector.sector_number);
            if (sector.deal_weight.sign() > 0 || sector.verified_deal_weight.sign() > 0)
                out.with_data.push_back(sector.sector_number);
        }
    }
    return out;
}

}  // namespace

Done schedule_early_termination_work(Runtime& rt) {
    return enroll_cron_event(rt, rt.epoch() + 1, CronEvent::process_early_terminations);
}

ActorResult<bool> process_early_terminations(Runtime& rt, const FilterEstimate& reward,
                                             const FilterEstimate& network_qa_power) {
    STRATA_TRY(auto state, rt.state<State>());
    // One call takes no more sectors than a message may name. The rest waits for cron in the next epoch.
    STRATA_TRY(const auto popped, state.pop_early_terminations(rt, kAddressedPartitionsMax, kAddressedSectorsMax));
    if (popped.result.empty()) {
        STRATA_OK(rt.set_state(state));
        return popped.has_more;
    }
    STRATA_TRY(const auto settlement, settlement_of(rt, state, popped.result, reward, network_qa_power));
    STRATA_OK(state.apply_penalty(settlement.penalty));
    STRATA_OK(state.add_initial_pledge(-settlement.pledge));
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto repaid, state.repay_partial_debt_in_priority_order(rt, rt.epoch(), balance));
    STRATA_OK(rt.set_state(state));

    STRATA_OK(burn_funds(rt, repaid.to_burn));
    STRATA_OK(notify_pledge_changed(rt, -settlement.pledge - repaid.total_unlocked));
    STRATA_OK(request_terminate_deals(rt, rt.epoch(), BitField::of(settlement.with_data)));
    for (const auto number : settlement.numbers) STRATA_OK(emit::sector_terminated(rt, number));
    return popped.has_more;
}

ActorResult<TerminateSectorsReturn> terminate_sectors(Runtime& rt, const TerminateSectorsParams& params) {
    DeadlineSectorMap declared;
    for (const auto& declaration : params.terminations)
        STRATA_OK(declared.add(declaration.deadline, declaration.partition, declaration.sectors));
    STRATA_OK(declared.check(kAddressedPartitionsMax, kAddressedSectorsMax));

    STRATA_TRY(auto state, rt.state<State>());
    const bool had_early_terminations = !state.early_terminations.empty();
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    STRATA_TRY(const auto power_delta, terminate(rt, state, info, declared));
    STRATA_OK(rt.set_state(state));

    STRATA_TRY(const auto reward, request_current_epoch_block_reward(rt));
    STRATA_TRY(const auto power, request_current_total_power(rt));
    STRATA_TRY(const bool more,
               process_early_terminations(rt, reward.this_epoch_reward_smoothed, power.quality_adj_power_smoothed));
    // Terminations that waited before this message have a cron event already.
    if (more && !had_early_terminations) STRATA_OK(schedule_early_termination_work(rt));
    STRATA_OK(check_balance(rt));
    STRATA_OK(request_update_power(rt, power_delta));
    return TerminateSectorsReturn{!more};
}

}  // namespace strata::actors::miner
