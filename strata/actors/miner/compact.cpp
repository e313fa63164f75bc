// These methods make a miner's state smaller, and tell whether a sector is proven. Source: docs/protocol/storage.md
// §4.6; builtin-actors v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/proving.hpp>

namespace strata::actors::miner {

Done compact_partitions(Runtime& rt, const CompactPartitionsParams& params) {
    if (params.deadline >= kWPoStPeriodDeadlines) return illegal_argument(no_such_deadline(params.deadline));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    if (!deadline_available_for_compaction(state.current_proving_period_start(rt.epoch()), params.deadline, rt.epoch()))
        return forbidden("deadline " + std::to_string(params.deadline) +
                         " cannot be compacted now: it is open, opens next, or has proofs that can still be disputed");
    if (params.partitions.count() > load_partitions_sectors_max(info.window_post_partition_sectors))
        return illegal_argument("the message names " + std::to_string(params.partitions.count()) +
                                " partitions, expected at most " +
                                std::to_string(load_partitions_sectors_max(info.window_post_partition_sectors)));

    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    STRATA_TRY(auto deadline, deadlines.load_deadline(rt, params.deadline));
    const TokenAmount fee_before = deadline.daily_fee;
    STRATA_TRY(auto sectors, Sectors::load(rt, state.sectors));
    STRATA_TRY(const auto dead,
               deadline.compact_partitions(rt, sectors, info.sector_size, info.window_post_partition_sectors,
                                           params.partitions, state.quant_spec_for_deadline(params.deadline)));
    STRATA_OK(sectors.delete_sectors(rt, dead));
    STRATA_TRY(state.sectors, sectors.flush(rt));
    STRATA_OK(deadlines.update_deadline(rt, params.deadline, deadline));
    STRATA_OK(state.save_deadlines(rt, deadlines));
    // The fee of dead sectors was subtracted when they ended, and live sectors only change their place.
    if (deadline.daily_fee != fee_before)
        return illegal_state("the compaction changed the daily fee from " + fee_before.to_string() + " to " +
                             deadline.daily_fee.to_string() + " attoFIL");
    return rt.set_state(state);
}

Done compact_sector_numbers(Runtime& rt, const CompactSectorNumbersParams& params) {
    const auto last = params.mask_sector_numbers.last();
    if (!last) return illegal_argument("the mask of sector numbers is empty");
    if (*last > kMaxSectorNumber) return illegal_argument(sector_number_too_large(*last));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    // The masked numbers count as taken from now on. This closes gaps between the runs of taken numbers, and so
    // shortens their bit field.
    STRATA_OK(state.allocate_sector_numbers(rt, params.mask_sector_numbers, CollisionPolicy::allow_collisions));
    return rt.set_state(state);
}

Done check_sector_proven(Runtime& rt, const CheckSectorProvenParams& params) {
    STRATA_OK(rt.accept_any());
    if (params.sector_number > kMaxSectorNumber) return illegal_argument(sector_number_too_large(params.sector_number));
    STRATA_TRY(const auto state, rt.state<State>());
    // A sector is added to the sectors table only after its seal is proven, so being in the table means proven.
    STRATA_TRY(const bool proven, state.has_sector_number(rt, params.sector_number));
    if (!proven) return not_found("sector " + std::to_string(params.sector_number) + " is not proven");
    return {};
}

}  // namespace strata::actors::miner
