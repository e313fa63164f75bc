#include <strata/actors/miner/deadline_info.hpp>

namespace strata::actors::miner {

ChainEpoch QuantSpec::quantize_up(ChainEpoch epoch) const {
    const ChainEpoch base = epoch - offset % unit;
    const ChainEpoch quotient = base / unit;  // the division rounds a negative quotient up already
    const bool is_rounded_up = base % unit == 0 || base < 0;
    return unit * (is_rounded_up ? quotient : quotient + 1) + offset % unit;
}

ChainEpoch QuantSpec::quantize_down(ChainEpoch epoch) const {
    const ChainEpoch next = quantize_up(epoch);
    return epoch == next ? next : next - unit;
}

DeadlineInfo DeadlineInfo::at(ChainEpoch period_start, std::uint64_t index, ChainEpoch current_epoch) {
    if (index >= kWPoStPeriodDeadlines) {
        // An index past the last stands for an empty window right after the period, as in builtin-actors.
        const ChainEpoch after = period_start + kWPoStProvingPeriod;
        return {.current_epoch = current_epoch,
                .period_start = period_start,
                .index = index,
                .open = after,
                .close = after,
                .challenge = after,
                .fault_cutoff = 0};
    }
    const ChainEpoch open = period_start + static_cast<ChainEpoch>(index) * kWPoStChallengeWindow;
    return {.current_epoch = current_epoch,
            .period_start = period_start,
            .index = index,
            .open = open,
            .close = open + kWPoStChallengeWindow,
            .challenge = open - kWPoStChallengeLookback,
            .fault_cutoff = open - kFaultDeclarationCutoff};
}

DeadlineInfo DeadlineInfo::current(ChainEpoch period_start_seed, ChainEpoch current_epoch) {
    const ChainEpoch start = QuantSpec{kWPoStProvingPeriod, period_start_seed}.quantize_down(current_epoch);
    return at(start, static_cast<std::uint64_t>((current_epoch - start) / kWPoStChallengeWindow), current_epoch);
}

DeadlineInfo DeadlineInfo::next_not_elapsed() const {
    if (!has_elapsed()) return *this;
    const ChainEpoch periods = 1 + (current_epoch - close) / kWPoStProvingPeriod;
    return at(period_start + kWPoStProvingPeriod * periods, index, current_epoch);
}

bool deadline_is_mutable(ChainEpoch period_start, std::uint64_t index, ChainEpoch current_epoch) {
    const auto deadline = DeadlineInfo::at(period_start, index, current_epoch).next_not_elapsed();
    return current_epoch < deadline.open - kWPoStChallengeWindow;
}

bool deadline_available_for_optimistic_post_dispute(ChainEpoch period_start, std::uint64_t index,
                                                    ChainEpoch current_epoch) {
    if (period_start > current_epoch) return false;
    const auto deadline = DeadlineInfo::at(period_start, index, current_epoch).next_not_elapsed();
    // `deadline` is the next occurrence of the window. The window that can be disputed closed one period earlier.
    return !deadline.is_open() && current_epoch < deadline.close - kWPoStProvingPeriod + kWPoStDisputeWindow;
}

bool deadline_available_for_compaction(ChainEpoch period_start, std::uint64_t index, ChainEpoch current_epoch) {
    return deadline_is_mutable(period_start, index, current_epoch) &&
           !deadline_available_for_optimistic_post_dispute(period_start, index, current_epoch);
}

}  // namespace strata::actors::miner
