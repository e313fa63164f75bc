// A deadline's proofs: they are recorded while its window is open, counted when it closes, and disputed afterwards.
#include <strata/actors/miner/deadline.hpp>
#include <strata/actors/miner/proving_messages.hpp>

namespace strata::actors::miner {

ActorResult<Deadline::End> Deadline::process_deadline_end(Runtime& rt, const QuantSpec& quant,
                                                          ChainEpoch fault_expiration, const Cid& sectors) {
    STRATA_TRY(auto all, partitions_amt(rt));
    End out;
    bool detected_any = false;
    std::vector<std::uint64_t> rescheduled;
    for (std::uint64_t index = 0; index < all.count(); ++index) {
        if (partitions_posted.contains(index)) continue;
        STRATA_TRY(auto found, checked(rt, all.get(index)));
        if (!found) return illegal_state(no_such_partition(index));
        // All of the partition was faulty before and no recovery was declared, so nothing changes.
        if (found->recovering_power.is_zero() && found->faulty_power == found->live_power) continue;
        detected_any = true;
        STRATA_TRY(const auto missed, found->record_missed_post(rt, fault_expiration, quant));
        // A recovery that failed is penalized, but its fault keeps the expiration that it had.
        if (!missed.new_faulty_power.is_zero()) rescheduled.push_back(index);
        STRATA_OK(checked(rt, all.set(index, *found)));
        faulty_power += missed.new_faulty_power;
        out.power_delta += missed.power_delta;
        out.penalized_power += missed.penalized_power;
    }
    if (detected_any) {
        STRATA_TRY(partitions, checked(rt, all.flush()));
    }
    STRATA_OK(add_expiration_partitions(rt, fault_expiration, rescheduled, quant));

    // The snapshots keep what a dispute needs: the partitions and proofs as they are at the close of the window.
    partitions_posted = {};
    partitions_snapshot = partitions;
    optimistic_post_submissions_snapshot = optimistic_post_submissions;
    STRATA_TRY(optimistic_post_submissions, checked(rt, Posts::empty_root(rt.store(), kOptimisticPostsWidth)));
    // The table of sectors is kept only if there is a proof to dispute.
    if (optimistic_post_submissions != optimistic_post_submissions_snapshot) {
        sectors_snapshot = sectors;
    } else {
        STRATA_TRY(sectors_snapshot,
                   checked(rt, AmtArray<SectorOnChainInfo>::empty_root(rt.store(), kSectorsAmtWidth)));
    }
    return out;
}

ActorResult<Deadline::PostResult> Deadline::record_proven_sectors(Runtime& rt, const Sectors& infos, SectorSize size,
                                                                  const QuantSpec& quant, ChainEpoch fault_expiration,
                                                                  const std::vector<PoStPartition>& proven) {
    std::vector<std::uint64_t> indexes;
    for (const auto& post : proven) {
        if (post.index == UINT64_MAX)
            return illegal_argument("partition index " + std::to_string(post.index) +
                                    " is too large, expected at most " + std::to_string(UINT64_MAX - 1));
        indexes.push_back(post.index);
    }
    PostResult out;
    out.partitions = BitField::of(indexes);
    if (out.partitions.count() != proven.size())
        return illegal_argument("the proof names " + std::to_string(proven.size()) + " partitions, but only " +
                                std::to_string(out.partitions.count()) + " of them are different");
    if (partitions_posted.contains_any(out.partitions))
        return illegal_argument("partition " +
                                std::to_string((partitions_posted & out.partitions).first().value_or(0)) +
                                " is already proven");

    STRATA_TRY(auto all, partitions_amt(rt));
    std::vector<std::uint64_t> rescheduled;
    for (const auto& post : proven) {
        STRATA_TRY(auto found, checked(rt, all.get(post.index)));
        if (!found) return not_found(no_such_partition(post.index));
        // Skipped sectors turn faulty first and lose their declared recovery. All recoveries that are left count as
        // proven.
        STRATA_TRY(const auto skipped,
                   found->record_skipped_faults(rt, infos, size, quant, fault_expiration, post.skipped));
        if (skipped.any_new) rescheduled.push_back(post.index);
        STRATA_TRY(const auto recovered, found->recover_faults(rt, infos, size, quant));

        out.new_faulty_power += skipped.new_faulty_power;
        out.retracted_recovery_power += skipped.retracted_recovery_power;
        out.recovered_power += recovered;
        out.power_delta += skipped.power_delta;
        out.power_delta += found->activate_unproven();
        out.power_delta += recovered;
        out.sectors |= found->sectors;
        out.ignored_sectors |= found->faults | found->terminated;
        STRATA_OK(checked(rt, all.set(post.index, *found)));
        partitions_posted.set(post.index);
    }
    STRATA_OK(add_expiration_partitions(rt, fault_expiration, rescheduled, quant));
    faulty_power -= out.recovered_power;
    faulty_power += out.new_faulty_power;
    STRATA_TRY(partitions, checked(rt, all.flush()));
    return out;
}

Done Deadline::record_post_proofs(Runtime& rt, const BitField& proven, const std::vector<PoStProof>& proofs) {
    STRATA_TRY(auto posts, load_array<WindowedPoSt>(rt, optimistic_post_submissions));
    STRATA_OK(checked(rt, posts.push({proven, proofs})));
    STRATA_TRY(optimistic_post_submissions, checked(rt, posts.flush()));
    return {};
}

ActorResult<WindowedPoSt> Deadline::take_post_proofs(Runtime& rt, std::uint64_t index) {
    STRATA_TRY(auto posts, load_array<WindowedPoSt>(rt, optimistic_post_submissions_snapshot));
    STRATA_TRY(auto post, checked(rt, posts.get(index)));
    if (!post) return illegal_argument("the deadline has no proof " + std::to_string(index) + " to dispute");
    // The gap stays, so that the other proofs keep their indexes.
    STRATA_OK(checked(rt, posts.remove(index)));
    STRATA_TRY(optimistic_post_submissions_snapshot, checked(rt, posts.flush()));
    return std::move(*post);
}

ActorResult<Deadline::Dispute> Deadline::load_partitions_for_dispute(Runtime& rt,
                                                                     const BitField& partition_numbers) const {
    STRATA_TRY(const auto snapshot, load_array<Partition>(rt, partitions_snapshot));
    STRATA_TRY(const auto numbers, numbers_in(partition_numbers));
    Dispute out;
    for (const auto index : numbers) {
        STRATA_TRY(const auto partition, checked(rt, snapshot.get(index)));
        if (!partition) return illegal_state("the deadline's snapshot has no partition " + std::to_string(index));
        out.all_sectors |= partition->sectors;
        out.ignored_sectors |= partition->faults | partition->terminated | partition->unproven;
        out.disputed_sectors[index] |= partition->active_sectors();
        out.disputed_power += partition->active_power();
    }
    return out;
}

}  // namespace strata::actors::miner
