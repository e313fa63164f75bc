// A miner's sectors in their deadlines.
#include <algorithm>

#include <strata/actors/miner/assignment.hpp>
#include <strata/actors/miner/state.hpp>

namespace strata::actors::miner {
namespace {

constexpr std::uint64_t kMaxPartitionsPerDeadline = 3000;

}  // namespace

ActorResult<Deadlines> State::load_deadlines(Runtime& rt) const {
    return rt.check(get_cbor<Deadlines>(rt.store(), deadlines), ExitCode::illegal_state, "deadlines");
}
Done State::save_deadlines(Runtime& rt, const Deadlines& all) {
    STRATA_TRY(deadlines, rt.check(put_cbor(rt.store(), all), ExitCode::illegal_state, "deadlines"));
    return {};
}

Done State::assign_sectors_to_deadlines(Runtime& rt, ChainEpoch epoch, std::vector<SectorOnChainInfo> infos,
                                        std::uint64_t partition_size, SectorSize size) {
    STRATA_TRY(auto all, load_deadlines(rt));
    // Consecutive numbers in one partition keep its bit fields short.
    std::ranges::sort(infos, {}, &SectorOnChainInfo::sector_number);
    const ChainEpoch period_start = current_proving_period_start(epoch);
    std::map<std::uint64_t, Deadline> candidates;
    std::vector<DeadlineLoad> loads;
    for (std::uint64_t index = 0; index < all.due.size(); ++index) {
        STRATA_TRY(auto deadline, all.load_deadline(rt, index));
        if (!deadline_is_mutable(period_start, index, epoch)) continue;
        loads.push_back({index, deadline.live_sectors, deadline.total_sectors});
        candidates.emplace(index, std::move(deadline));
    }
    STRATA_TRY(const auto places,
               assign_deadlines(kMaxPartitionsPerDeadline, partition_size, std::move(loads), infos.size()));
    std::map<std::uint64_t, std::vector<SectorOnChainInfo>> by_deadline;
    for (std::size_t i = 0; i < infos.size(); ++i) by_deadline[places[i]].push_back(std::move(infos[i]));
    for (const auto& [index, added] : by_deadline) {
        auto& deadline = candidates.at(index);
        STRATA_OK(deadline.add_sectors(rt, partition_size, /*proven=*/false, /*new_fees=*/true, added, size,
                                       quant_spec_for_deadline(index)));
        STRATA_OK(all.update_deadline(rt, index, deadline));
    }
    return save_deadlines(rt, all);
}

Done State::assign_sectors_to_deadline(Runtime& rt, ChainEpoch epoch, std::vector<SectorOnChainInfo> infos,
                                       std::uint64_t partition_size, SectorSize size, std::uint64_t index) {
    STRATA_TRY(auto all, load_deadlines(rt));
    STRATA_TRY(auto deadline, all.load_deadline(rt, index));
    std::ranges::sort(infos, {}, &SectorOnChainInfo::sector_number);
    if (!deadline_is_mutable(current_proving_period_start(epoch), index, epoch))
        return illegal_argument(deadline_is_near(index));
    STRATA_OK(deadline.add_sectors(rt, partition_size, /*proven=*/false, /*new_fees=*/true, infos, size,
                                   quant_spec_for_deadline(index)));
    STRATA_OK(all.update_deadline(rt, index, deadline));
    return save_deadlines(rt, all);
}

ActorResult<std::vector<SectorOnChainInfo>> State::reschedule_sector_expirations(
    Runtime& rt, ChainEpoch epoch, SectorSize size, const DeadlineSectorMap& sectors_by_place) {
    STRATA_TRY(auto all, load_deadlines(rt));
    STRATA_TRY(const auto infos, Sectors::load(rt, sectors));
    std::vector<SectorOnChainInfo> out;
    for (const auto& [index, by_partition] : sectors_by_place.by_deadline()) {
        const auto when = DeadlineInfo::at(current_proving_period_start(epoch), index, epoch).next_not_elapsed();
        STRATA_TRY(auto deadline, all.load_deadline(rt, index));
        STRATA_TRY(auto moved, deadline.reschedule_sector_expirations(rt, infos, when.last(), by_partition, size,
                                                                      when.quant_spec()));
        out.insert(out.end(), std::make_move_iterator(moved.begin()), std::make_move_iterator(moved.end()));
        STRATA_OK(all.update_deadline(rt, index, deadline));
    }
    STRATA_OK(save_deadlines(rt, all));
    return out;
}

ActorResult<Partition::Popped> State::pop_early_terminations(Runtime& rt, std::uint64_t max_partitions,
                                                             std::uint64_t max_sectors) {
    if (early_terminations.empty()) return Partition::Popped{};
    STRATA_TRY(auto all, load_deadlines(rt));
    STRATA_TRY(const auto numbers, numbers_in(early_terminations));
    TerminationResult total;
    for (const auto index : numbers) {
        STRATA_TRY(auto deadline, all.load_deadline(rt, index));
        STRATA_TRY(const auto popped, deadline.pop_early_terminations(rt, max_partitions - total.partitions_processed,
                                                                      max_sectors - total.sectors_processed));
        total += popped.result;
        if (!popped.has_more) early_terminations.unset(index);
        STRATA_OK(all.update_deadline(rt, index, deadline));
        if (!total.below_limit(max_partitions, max_sectors)) break;
    }
    STRATA_OK(save_deadlines(rt, all));
    return Partition::Popped{std::move(total), !early_terminations.empty()};
}

ActorResult<State::AdvanceDeadlineResult> State::advance_deadline(Runtime& rt, ChainEpoch epoch) {
    AdvanceDeadlineResult out;
    const auto closing = deadline_info(epoch);
    if (!closing.period_started()) return out;
    current_deadline = (closing.index + 1) % kWPoStPeriodDeadlines;
    if (current_deadline == 0) proving_period_start = closing.period_start + kWPoStProvingPeriod;

    STRATA_TRY(auto all, load_deadlines(rt));
    STRATA_TRY(auto deadline, all.load_deadline(rt, closing.index));
    out.previously_faulty_power = deadline.faulty_power;
    out.total_faulty_power = deadline.faulty_power;
    if (!deadline.is_live()) return out;

    const QuantSpec quant = closing.quant_spec();
    STRATA_TRY(const auto end, deadline.process_deadline_end(rt, quant, closing.last() + kFaultMaxAge, sectors));
    out.power_delta = end.power_delta;
    out.detected_faulty_power = end.penalized_power;
    out.total_faulty_power = deadline.faulty_power;

    STRATA_TRY(const auto expired, deadline.pop_expired_sectors(rt, closing.last(), quant));
    // Sectors that expired on time give their pledge back. The pledge of sectors that leave early stays locked for the
    // termination fee.
    out.pledge_delta = -expired.on_time_pledge;
    STRATA_OK(add_initial_pledge(out.pledge_delta));
    // The power of faulty sectors was subtracted with their fault.
    out.power_delta -= expired.active_power;
    if (!expired.early_sectors.empty()) early_terminations.set(closing.index);

    STRATA_OK(all.update_deadline(rt, closing.index, deadline));
    STRATA_OK(save_deadlines(rt, all));
    out.daily_fee = deadline.daily_fee;
    out.live_power = deadline.live_power;
    return out;
}

}  // namespace strata::actors::miner
