#include <strata/actors/miner/deadline_edit.hpp>

namespace strata::actors::miner {

ActorResult<DeadlineEdit> DeadlineEdit::begin(Runtime& rt, const State& state, const Deadlines& all,
                                              std::uint64_t index, SectorSize size) {
    STRATA_TRY(auto deadline, all.load_deadline(rt, index));
    STRATA_TRY(auto partitions, deadline.partitions_amt(rt));
    return DeadlineEdit(rt, index, std::move(deadline), std::move(partitions), state.quant_spec_for_deadline(index),
                        size);
}

ActorResult<Partition> DeadlineEdit::partition(std::uint64_t index) const {
    STRATA_TRY(auto found, checked(rt_, partitions_.get(index)));
    if (!found) return not_found(no_such_partition(index));
    return std::move(*found);
}

Done DeadlineEdit::replace(std::uint64_t index, Partition partition, SectorInfos old_sectors, SectorInfos new_sectors) {
    STRATA_TRY(const auto delta, partition.replace_sectors(rt_, old_sectors, new_sectors, size_, quant_));
    // The deadline's live power and fee change now. The changes of the miner's power and pledge are summed for the
    // caller.
    deadline_.live_power += delta.power_delta;
    deadline_.daily_fee += delta.daily_fee_delta;
    power_delta_ += delta.power_delta;
    pledge_delta_ += delta.pledge_delta;
    return checked(rt_, partitions_.set(index, partition));
}

Done DeadlineEdit::add_expirations(ChainEpoch epoch, const std::vector<std::uint64_t>& partitions) {
    return deadline_.add_expiration_partitions(rt_, epoch, partitions, quant_);
}

Done DeadlineEdit::finish(Deadlines& all) {
    STRATA_TRY(deadline_.partitions, checked(rt_, partitions_.flush()));
    return all.update_deadline(rt_, index_, deadline_);
}

}  // namespace strata::actors::miner
