// Declared faults and recoveries, and reported consensus faults. Source: docs/protocol/storage.md §4.5; builtin-actors
// v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::miner {
namespace {

ActorResult<DeadlineSectorMap> by_place(const std::vector<SectorDeclaration>& declarations) {
    DeadlineSectorMap out;
    for (const auto& declaration : declarations)
        STRATA_OK(out.add(declaration.deadline, declaration.partition, declaration.sectors));
    STRATA_OK(out.check(kAddressedPartitionsMax, kAddressedSectorsMax));
    return out;
}

// Returns the next window of the deadline. A declaration is too late once the window's challenge is near, because the
// miner could then choose its faults by the challenge.
ActorResult<DeadlineInfo> declaration_deadline(const State& state, std::uint64_t index, ChainEpoch epoch) {
    const auto target = DeadlineInfo::at(state.current_proving_period_start(epoch), index, epoch).next_not_elapsed();
    if (target.fault_cutoff_passed())
        return illegal_argument("a declaration for deadline " + std::to_string(index) + " must arrive before epoch " +
                                std::to_string(target.fault_cutoff) + "; the current epoch is " +
                                std::to_string(epoch));
    return target;
}

}  // namespace

Done declare_faults(Runtime& rt, const DeclareFaultsParams& params) {
    STRATA_TRY(const auto declared, by_place(params.faults));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    STRATA_TRY(const auto sectors, Sectors::load(rt, state.sectors));
    PowerPair power_delta;
    for (const auto& [index, by_partition] : declared.by_deadline()) {
        STRATA_TRY(const auto target, declaration_deadline(state, index, rt.epoch()));
        STRATA_TRY(auto deadline, deadlines.load_deadline(rt, index));
        STRATA_TRY(const auto lost, deadline.record_faults(rt, sectors, info.sector_size, target.quant_spec(),
                                                           target.last() + kFaultMaxAge, by_partition));
        STRATA_OK(deadlines.update_deadline(rt, index, deadline));
        power_delta += lost;
    }
    STRATA_OK(state.save_deadlines(rt, deadlines));
    STRATA_OK(rt.set_state(state));
    // The fee is paid when the deadline closes.
    return request_update_power(rt, power_delta);
}

Done declare_faults_recovered(Runtime& rt, const DeclareFaultsRecoveredParams& params) {
    STRATA_TRY(const auto declared, by_place(params.recoveries));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto fee_to_burn, state.repay_debts(balance));
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    if (consensus_fault_active(info, rt.epoch()))
        return forbidden("a consensus fault bars the miner from recoveries up to epoch " +
                         std::to_string(info.consensus_fault_elapsed) + "; the current epoch is " +
                         std::to_string(rt.epoch()));
    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    STRATA_TRY(const auto sectors, Sectors::load(rt, state.sectors));
    for (const auto& [index, by_partition] : declared.by_deadline()) {
        STRATA_OK(declaration_deadline(state, index, rt.epoch()));
        STRATA_TRY(auto deadline, deadlines.load_deadline(rt, index));
        STRATA_OK(deadline.declare_faults_recovered(rt, sectors, info.sector_size, by_partition));
        STRATA_OK(deadlines.update_deadline(rt, index, deadline));
    }
    STRATA_OK(state.save_deadlines(rt, deadlines));
    STRATA_OK(rt.set_state(state));
    STRATA_OK(burn_funds(rt, fee_to_burn));
    // The power comes back with the next proof.
    return check_balance(rt);
}

Done report_consensus_fault(Runtime& rt, const ReportConsensusFaultParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto fault,
               rt.unwrap(rt.kernel().verify_consensus_fault(params.header_1, params.header_2, params.header_extra),
                         ExitCode::illegal_argument, "consensus fault"));
    if (!fault) return illegal_argument("the block headers do not show a consensus fault");
    if (fault->target != rt.receiver())
        return illegal_argument("the fault was committed by f0" + std::to_string(fault->target) +
                                ", but the report was sent to f0" + std::to_string(rt.receiver()));
    if (rt.epoch() - fault->epoch <= 0)
        return illegal_argument("the fault was committed at epoch " + std::to_string(fault->epoch) +
                                ", expected an epoch before the current epoch " + std::to_string(rt.epoch()));

    STRATA_TRY(const auto reward, request_current_epoch_block_reward(rt));
    const TokenAmount epoch_reward = reward.this_epoch_reward_smoothed.estimate();
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    // The first report moves consensus_fault_elapsed past the fault, so each fault is punished once.
    if (fault->epoch < info.consensus_fault_elapsed)
        return forbidden("the fault was committed at epoch " + std::to_string(fault->epoch) +
                         "; the miner has already been punished for faults before epoch " +
                         std::to_string(info.consensus_fault_elapsed));
    STRATA_OK(state.apply_penalty(consensus_fault_penalty(epoch_reward)));
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto repaid, state.repay_partial_debt_in_priority_order(rt, rt.epoch(), balance));
    const TokenAmount to_reporter = min(repaid.to_burn, reward_for_consensus_slash_report(epoch_reward));
    info.consensus_fault_elapsed = rt.epoch() + kConsensusFaultIneligibility;
    STRATA_OK(state.save_info(rt, info));
    STRATA_OK(rt.set_state(state));

    // The send may fail: a reporter that cannot take money does not save the miner from its penalty.
    STRATA_OK(rt.send(Address::id(rt.caller()), kMethodSend, std::nullopt, to_reporter));
    STRATA_OK(burn_funds(rt, repaid.to_burn - to_reporter));
    STRATA_OK(notify_pledge_changed(rt, -repaid.total_unlocked));
    return check_balance(rt);
}

}  // namespace strata::actors::miner
