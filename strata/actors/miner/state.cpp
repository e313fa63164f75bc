// The info, pre-commits and sectors of a miner. Its deadlines are in state_deadlines.cpp, its funds in state_funds.cpp.
#include <strata/actors/miner/state.hpp>

#include <strata/actors/miner/bitfield_queue.hpp>

namespace strata::actors::miner {
namespace {

ActorResult<PreCommits> load_precommits(Runtime& rt, const State& state) {
    return checked(rt, PreCommits::load(rt.store(), state.pre_committed_sectors, kPreCommitsWidth));
}

}  // namespace

ActorResult<State> State::empty(Runtime& rt, const Cid& info, ChainEpoch period_start, std::uint64_t deadline) {
    auto& store = rt.store();
    State out;
    out.info = info;
    out.proving_period_start = period_start;
    out.current_deadline = deadline;
    STRATA_TRY(out.pre_committed_sectors, checked(rt, PreCommits::empty_root(store, kPreCommitsWidth)));
    STRATA_TRY(out.pre_committed_sectors_cleanup,
               checked(rt, AmtArray<BitField>::empty_root(store, kPreCommitCleanUpWidth)));
    STRATA_TRY(out.sectors, checked(rt, AmtArray<SectorOnChainInfo>::empty_root(store, kSectorsAmtWidth)));
    STRATA_TRY(out.allocated_sectors, checked(rt, put_cbor(store, BitField())));
    STRATA_TRY(const auto empty_deadline, Deadline::empty(rt));
    STRATA_TRY(const Cid empty_root, checked(rt, put_cbor(store, empty_deadline)));
    STRATA_OK(out.save_deadlines(rt, {std::vector<Cid>(kWPoStPeriodDeadlines, empty_root)}));
    return out;
}

ActorResult<MinerInfo> State::get_info(Runtime& rt) const {
    return checked(rt, get_cbor<MinerInfo>(rt.store(), info));
}
Done State::save_info(Runtime& rt, const MinerInfo& changed) {
    STRATA_TRY(info, checked(rt, put_cbor(rt.store(), changed)));
    return {};
}

Done State::allocate_sector_numbers(Runtime& rt, const BitField& numbers, CollisionPolicy policy) {
    // A number is never given twice, not even after its sector is gone: seals and claims are bound to it.
    STRATA_TRY(const auto prior, checked(rt, get_cbor<BitField>(rt.store(), allocated_sectors)));
    if (policy == CollisionPolicy::deny_collisions && prior.contains_any(numbers))
        return illegal_argument("sector number " + std::to_string((prior & numbers).first().value_or(0)) + " is taken");
    const BitField taken = prior | numbers;
    STRATA_OK(check_encodable(taken));
    STRATA_TRY(allocated_sectors,
               rt.check(put_cbor(rt.store(), taken), ExitCode::illegal_argument, "allocated sector numbers"));
    return {};
}

Done State::put_precommitted_sectors(Runtime& rt, const std::vector<SectorPreCommitOnChainInfo>& precommits) {
    STRATA_TRY(auto all, load_precommits(rt, *this));
    for (const auto& precommit : precommits) {
        STRATA_TRY(const bool is_new, checked(rt, all.set_if_absent(precommit.info.sector_number, precommit)));
        if (!is_new)
            return illegal_state("sector " + std::to_string(precommit.info.sector_number) +
                                 " is already pre-committed");
    }
    STRATA_TRY(pre_committed_sectors, checked(rt, all.flush()));
    return {};
}

ActorResult<std::vector<SectorPreCommitOnChainInfo>> State::get_precommitted_sectors(
    Runtime& rt, const std::vector<SectorNumber>& numbers) const {
    STRATA_TRY(const auto all, load_precommits(rt, *this));
    std::vector<SectorPreCommitOnChainInfo> out;
    for (const auto number : numbers) {
        if (number > kMaxSectorNumber) return illegal_argument(sector_number_too_large(number));
        STRATA_TRY(auto precommit, checked(rt, all.get(number)));
        if (!precommit) return not_found("sector " + std::to_string(number) + " is not pre-committed");
        out.push_back(std::move(*precommit));
    }
    return out;
}

ActorResult<std::vector<SectorPreCommitOnChainInfo>> State::find_precommitted_sectors(
    Runtime& rt, const std::vector<SectorNumber>& numbers) const {
    STRATA_TRY(const auto all, load_precommits(rt, *this));
    std::vector<SectorPreCommitOnChainInfo> out;
    for (const auto number : numbers) {
        STRATA_TRY(auto precommit, checked(rt, all.get(number)));
        if (precommit) out.push_back(std::move(*precommit));
    }
    return out;
}

Done State::delete_precommitted_sectors(Runtime& rt, const std::vector<SectorNumber>& numbers) {
    STRATA_TRY(auto all, load_precommits(rt, *this));
    for (const auto number : numbers) {
        STRATA_TRY(const auto removed, checked(rt, all.remove(number)));
        if (!removed) return illegal_state("sector " + std::to_string(number) + " is not pre-committed");
    }
    STRATA_TRY(pre_committed_sectors, checked(rt, all.flush()));
    return {};
}

Done State::add_pre_commit_clean_ups(Runtime& rt, const std::vector<std::pair<ChainEpoch, std::uint64_t>>& events) {
    STRATA_TRY(auto queue, BitFieldQueue::load(rt, pre_committed_sectors_cleanup, quant_spec_every_deadline()));
    STRATA_OK(queue.add_many_to_queue_values(events));
    STRATA_TRY(pre_committed_sectors_cleanup, queue.flush());
    return {};
}

ActorResult<TokenAmount> State::cleanup_expired_pre_commits(Runtime& rt, ChainEpoch epoch) {
    STRATA_TRY(auto queue, BitFieldQueue::load(rt, pre_committed_sectors_cleanup, quant_spec_every_deadline()));
    STRATA_TRY(const auto due, queue.pop_until(epoch));
    if (!due) return TokenAmount();
    STRATA_TRY(pre_committed_sectors_cleanup, queue.flush());
    STRATA_TRY(const auto numbers, numbers_in(*due));
    // Sectors that were proven in time have no pre-commit any more and are skipped.
    STRATA_TRY(const auto expired, find_precommitted_sectors(rt, numbers));
    std::vector<SectorNumber> gone;
    TokenAmount to_burn;
    for (const auto& precommit : expired) {
        gone.push_back(precommit.info.sector_number);
        to_burn += precommit.pre_commit_deposit;
    }
    if (!gone.empty()) STRATA_OK(delete_precommitted_sectors(rt, gone));
    STRATA_OK(add_pre_commit_deposit(-to_burn));
    return to_burn;
}

Done State::put_sectors(Runtime& rt, const std::vector<SectorOnChainInfo>& infos) {
    STRATA_TRY(auto all, Sectors::load(rt, sectors));
    STRATA_OK(all.store(rt, infos));
    STRATA_TRY(sectors, all.flush(rt));
    return {};
}

ActorResult<std::optional<SectorOnChainInfo>> State::get_sector(Runtime& rt, SectorNumber number) const {
    STRATA_TRY(const auto all, Sectors::load(rt, sectors));
    return all.get(rt, number);
}

ActorResult<bool> State::has_sector_number(Runtime& rt, SectorNumber number) const {
    STRATA_TRY(const auto sector, get_sector(rt, number));
    return sector.has_value();
}

ActorResult<Deadlines::Place> State::find_sector(Runtime& rt, SectorNumber number) const {
    STRATA_TRY(const auto all, load_deadlines(rt));
    return all.find_sector(rt, number);
}

ActorResult<bool> State::check_sector_active(Runtime& rt, std::uint64_t deadline, std::uint64_t partition,
                                             SectorNumber number, bool require_proven) const {
    STRATA_TRY(const auto all, load_deadlines(rt));
    STRATA_TRY(const auto in_deadline, all.load_deadline(rt, deadline));
    STRATA_TRY(const auto in_partition, in_deadline.load_partition(rt, partition));
    if (!in_partition.sectors.contains(number)) return not_found(sector_not_in_partition(number, partition));
    return !in_partition.faults.contains(number) && !in_partition.terminated.contains(number) &&
           !(require_proven && in_partition.unproven.contains(number));
}

}  // namespace strata::actors::miner
