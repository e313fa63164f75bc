// The operations on a deadline's sectors. Its proofs are in deadline_proofs.cpp.
#include <strata/actors/miner/deadline.hpp>

#include <strata/actors/miner/bitfield_queue.hpp>

namespace strata::actors::miner {
namespace {

ActorResult<Partition> existing(Runtime& rt, const Partitions& all, std::uint64_t index) {
    STRATA_TRY(auto partition, checked(rt, all.get(index)));
    if (!partition) return not_found(no_such_partition(index));
    return std::move(*partition);
}

}  // namespace

ActorResult<Deadline> Deadline::empty(Runtime& rt) {
    Deadline out;
    auto& store = rt.store();
    STRATA_TRY(out.partitions, checked(rt, Partitions::empty_root(store, kPartitionsWidth)));
    STRATA_TRY(out.expirations_epochs, checked(rt, AmtArray<BitField>::empty_root(store, kDeadlineExpirationsWidth)));
    STRATA_TRY(out.optimistic_post_submissions, checked(rt, Posts::empty_root(store, kOptimisticPostsWidth)));
    STRATA_TRY(out.sectors_snapshot, checked(rt, AmtArray<SectorOnChainInfo>::empty_root(store, kSectorsAmtWidth)));
    out.partitions_snapshot = out.partitions;
    out.optimistic_post_submissions_snapshot = out.optimistic_post_submissions;
    return out;
}

bool Deadline::is_live() const {
    return live_sectors > 0 || !partitions_posted.empty() || partitions != partitions_snapshot ||
           optimistic_post_submissions != optimistic_post_submissions_snapshot;
}

Done Deadline::validate() const {
    if (live_sectors > total_sectors)
        return illegal_state("a deadline has " + std::to_string(live_sectors) + " live sectors, but only " +
                             std::to_string(total_sectors) + " sectors in all");
    if (any_negative(faulty_power))
        return illegal_state("the faulty power of a deadline is negative: " + faulty_power.raw.to_string() + " raw, " +
                             faulty_power.qa.to_string() + " quality-adjusted");
    return {};
}

ActorResult<Partitions> Deadline::partitions_amt(Runtime& rt) const {
    return load_array<Partition>(rt, partitions);
}

ActorResult<Partition> Deadline::load_partition(Runtime& rt, std::uint64_t index) const {
    STRATA_TRY(const auto all, partitions_amt(rt));
    return existing(rt, all, index);
}

Done Deadline::add_expiration_partitions(Runtime& rt, ChainEpoch epoch,
                                         const std::vector<std::uint64_t>& partition_numbers, const QuantSpec& quant) {
    // An entry is a hint that a partition may have something to expire at this epoch. It stays when the sectors recover
    // or move, because the partition's own queue decides what expires.
    if (partition_numbers.empty()) return {};
    STRATA_TRY(auto queue, BitFieldQueue::load(rt, expirations_epochs, quant));
    STRATA_OK(queue.add_to_queue(epoch, BitField::of(partition_numbers)));
    STRATA_TRY(expirations_epochs, queue.flush());
    return {};
}

ActorResult<Partition::Added> Deadline::add_sectors(Runtime& rt, std::uint64_t partition_size, bool proven,
                                                    bool new_fees, SectorInfos added, SectorSize size,
                                                    const QuantSpec& quant) {
    Partition::Added total;
    if (added.empty()) return total;
    live_sectors += added.size();
    total_sectors += added.size();
    STRATA_TRY(auto all, partitions_amt(rt));
    std::vector<std::pair<ChainEpoch, std::uint64_t>> expirations;

    // Starts with the last partition, or with number 0 if there is none. The partitions before the last are full.
    for (std::uint64_t index = std::max<std::uint64_t>(all.count(), 1) - 1; !added.empty(); ++index) {
        STRATA_TRY(auto found, checked(rt, all.get(index)));
        Partition partition;
        if (found) {
            partition = std::move(*found);
        } else {
            STRATA_TRY(partition, Partition::empty(rt));
        }
        const std::uint64_t present = partition.sectors.count();
        if (present >= partition_size) continue;
        const auto batch = added.first(std::min<std::uint64_t>(partition_size - present, added.size()));
        added = added.subspan(batch.size());

        STRATA_TRY(const auto result, partition.add_sectors(rt, proven, batch, size, quant));
        total.power += result.power;
        if (new_fees) total.daily_fee += result.daily_fee;
        STRATA_OK(checked(rt, all.set(index, partition)));
        for (const auto& sector : batch) expirations.emplace_back(sector.expiration, index);
    }
    STRATA_TRY(partitions, checked(rt, all.flush()));

    STRATA_TRY(auto queue, BitFieldQueue::load(rt, expirations_epochs, quant));
    STRATA_OK(queue.add_many_to_queue_values(expirations));
    STRATA_TRY(expirations_epochs, queue.flush());
    daily_fee += total.daily_fee;
    live_power += total.power;
    return total;
}

ActorResult<ExpirationSet> Deadline::pop_expired_sectors(Runtime& rt, ChainEpoch until, const QuantSpec& quant) {
    STRATA_TRY(auto queue, BitFieldQueue::load(rt, expirations_epochs, quant));
    STRATA_TRY(const auto due, queue.pop_until(until));
    if (!due) return ExpirationSet{};
    STRATA_TRY(expirations_epochs, queue.flush());

    STRATA_TRY(auto all, partitions_amt(rt));
    STRATA_TRY(const auto numbers, numbers_in(*due));
    ExpirationSet total;
    for (const auto index : numbers) {
        STRATA_TRY(auto found, checked(rt, all.get(index)));
        if (!found)
            return illegal_state("partition " + std::to_string(index) + " has sectors that expire, but does not exist");
        STRATA_TRY(const auto expired, found->pop_expired_sectors(rt, until, quant));
        if (!expired.early_sectors.empty()) early_terminations.set(index);
        total.on_time_sectors |= expired.on_time_sectors;
        total.early_sectors |= expired.early_sectors;
        total.on_time_pledge += expired.on_time_pledge;
        total.active_power += expired.active_power;
        total.faulty_power += expired.faulty_power;
        total.fee_deduction += expired.fee_deduction;
        STRATA_OK(checked(rt, all.set(index, *found)));
    }
    STRATA_TRY(partitions, checked(rt, all.flush()));

    live_sectors -= total.count();
    faulty_power -= total.faulty_power;
    // Faulty power is part of the live power, so both kinds leave it.
    live_power -= total.faulty_power;
    live_power -= total.active_power;
    daily_fee -= total.fee_deduction;
    return total;
}

ActorResult<Partition::Popped> Deadline::pop_early_terminations(Runtime& rt, std::uint64_t max_partitions,
                                                                std::uint64_t max_sectors) {
    STRATA_TRY(auto all, partitions_amt(rt));
    STRATA_TRY(const auto numbers, numbers_in(early_terminations));
    TerminationResult total;
    for (const auto index : numbers) {
        STRATA_TRY(auto found, checked(rt, all.get(index)));
        // A compaction should remove the number of a removed partition from here too. If one is left, its partition has
        // no sectors to charge for.
        if (!found) {
            early_terminations.unset(index);
            continue;
        }
        STRATA_TRY(const auto popped, found->pop_early_terminations(rt, max_sectors - total.sectors_processed));
        total += popped.result;
        if (!popped.has_more) early_terminations.unset(index);
        STRATA_OK(checked(rt, all.set(index, *found)));
        if (!total.below_limit(max_partitions, max_sectors)) break;
    }
    STRATA_TRY(partitions, checked(rt, all.flush()));
    return Partition::Popped{std::move(total), !early_terminations.empty()};
}

ActorResult<PowerPair> Deadline::terminate_sectors(Runtime& rt, const Sectors& infos, ChainEpoch epoch,
                                                   const PartitionSectorMap& by_partition, SectorSize size,
                                                   const QuantSpec& quant) {
    STRATA_TRY(auto all, partitions_amt(rt));
    PowerPair power_lost;
    for (const auto& [index, numbers] : by_partition) {
        STRATA_TRY(auto partition, existing(rt, all, index));
        STRATA_TRY(const auto gone, partition.terminate_sectors(rt, infos, epoch, numbers, size, quant));
        STRATA_OK(checked(rt, all.set(index, partition)));
        if (!gone.removed.empty()) {
            early_terminations.set(index);
            live_sectors -= gone.removed.count();
        }
        faulty_power -= gone.removed.faulty_power;
        live_power -= gone.removed.active_power;
        live_power -= gone.removed.faulty_power;
        live_power -= gone.unproven_power;
        daily_fee -= gone.removed.fee_deduction;
        // The power actor counts only active power: faulty power was subtracted with the fault, and unproven power
        // was never added.
        power_lost += gone.removed.active_power;
    }
    STRATA_TRY(partitions, checked(rt, all.flush()));
    return power_lost;
}

ActorResult<BitField> Deadline::compact_partitions(Runtime& rt, const Sectors& infos, SectorSize size,
                                                   std::uint64_t partition_size, const BitField& to_remove,
                                                   const QuantSpec& quant) {
    STRATA_TRY(const auto old, partitions_amt(rt));
    if (to_remove.count() > old.count())
        return illegal_argument("the message names " + std::to_string(to_remove.count()) +
                                " partitions, but the deadline has only " + std::to_string(old.count()));
    const auto last = to_remove.last();
    if (!last) return BitField{};
    if (*last >= old.count())
        return illegal_argument("partition " + std::to_string(*last) + " does not exist; the deadline has " +
                                std::to_string(old.count()) + " partitions");
    if (!early_terminations.empty())
        return illegal_argument(
            "the deadline has early terminations that cron has not processed yet; compact it afterwards");

    Partitions kept(rt.store(), kPartitionsWidth);
    BitField dead;
    BitField live;
    PowerPair removed_power;
    std::optional<Abort> refused;
    STRATA_OK(checked(rt, old.for_each([&](std::uint64_t index, const Partition& partition) -> Status {
        if (refused) return {};
        if (!to_remove.contains(index)) return kept.push(partition);
        // The live sectors come back below as proven and healthy, so none of them may be faulty or unproven now.
        if (!partition.faults.empty())
            refused = illegal_argument("partition " + std::to_string(index) + " has " +
                                       std::to_string(partition.faults.count()) +
                                       " faulty sectors, expected none in a partition to compact");
        if (!partition.unproven.empty())
            refused = illegal_argument("partition " + std::to_string(index) + " has " +
                                       std::to_string(partition.unproven.count()) +
                                       " unproven sectors, expected none in a partition to compact");
        dead |= partition.terminated;
        live |= partition.live_sectors();
        removed_power += partition.live_power;
        return {};
    })));
    if (refused) return std::move(*refused);
    STRATA_TRY(partitions, checked(rt, kept.flush()));
    live_sectors -= live.count();
    total_sectors -= live.count() + dead.count();
    live_power -= removed_power;

    STRATA_TRY(auto queue, BitFieldQueue::load(rt, expirations_epochs, quant));
    // The partitions after a removed one move down, and their numbers in the queue move with them.
    STRATA_OK(queue.cut(to_remove));
    STRATA_TRY(expirations_epochs, queue.flush());

    STRATA_TRY(const auto moved, infos.load_sectors(rt, live));
    STRATA_TRY(const auto added,
               add_sectors(rt, partition_size, /*proven=*/true, /*new_fees=*/false, moved, size, quant));
    if (added.power != removed_power)
        return illegal_state("the compaction changed the power from " + removed_power.raw.to_string() + " to " +
                             added.power.raw.to_string() + " raw and from " + removed_power.qa.to_string() + " to " +
                             added.power.qa.to_string() + " quality-adjusted");
    return dead;
}

ActorResult<PowerPair> Deadline::record_faults(Runtime& rt, const Sectors& infos, SectorSize size,
                                               const QuantSpec& quant, ChainEpoch fault_expiration,
                                               const PartitionSectorMap& by_partition) {
    STRATA_TRY(auto all, partitions_amt(rt));
    std::vector<std::uint64_t> with_faults;
    PowerPair power_delta;
    for (const auto& [index, numbers] : by_partition) {
        STRATA_TRY(auto partition, existing(rt, all, index));
        STRATA_TRY(const auto faults, partition.record_faults(rt, infos, numbers, fault_expiration, size, quant));
        faulty_power += faults.faulty_power;
        power_delta += faults.power_delta;
        if (!faults.sectors.empty()) with_faults.push_back(index);
        STRATA_OK(checked(rt, all.set(index, partition)));
    }
    STRATA_TRY(partitions, checked(rt, all.flush()));
    // These partitions may lose sectors at the epoch at which the new faults have lasted too long.
    STRATA_OK(add_expiration_partitions(rt, fault_expiration, with_faults, quant));
    return power_delta;
}

Done Deadline::declare_faults_recovered(Runtime& rt, const Sectors& infos, SectorSize size,
                                        const PartitionSectorMap& by_partition) {
    STRATA_TRY(auto all, partitions_amt(rt));
    for (const auto& [index, numbers] : by_partition) {
        STRATA_TRY(auto partition, existing(rt, all, index));
        STRATA_OK(partition.declare_faults_recovered(rt, infos, size, numbers));
        STRATA_OK(checked(rt, all.set(index, partition)));
    }
    STRATA_TRY(partitions, checked(rt, all.flush()));
    return {};
}

ActorResult<std::vector<SectorOnChainInfo>> Deadline::reschedule_sector_expirations(
    Runtime& rt, const Sectors& infos, ChainEpoch expiration, const PartitionSectorMap& by_partition, SectorSize size,
    const QuantSpec& quant) {
    STRATA_TRY(auto all, partitions_amt(rt));
    std::vector<std::uint64_t> rescheduled;
    std::vector<SectorOnChainInfo> out;
    for (const auto& [index, numbers] : by_partition) {
        STRATA_TRY(auto found, checked(rt, all.get(index)));
        if (!found) continue;  // a compaction may have removed the partition in the meantime
        STRATA_TRY(auto moved, found->reschedule_expirations(rt, infos, expiration, numbers, size, quant));
        if (moved.empty()) continue;
        out.insert(out.end(), std::make_move_iterator(moved.begin()), std::make_move_iterator(moved.end()));
        rescheduled.push_back(index);
        STRATA_OK(checked(rt, all.set(index, *found)));
    }
    if (rescheduled.empty()) return out;
    STRATA_TRY(partitions, checked(rt, all.flush()));
    STRATA_OK(add_expiration_partitions(rt, expiration, rescheduled, quant));
    return out;
}

ActorResult<Deadline> Deadlines::load_deadline(Runtime& rt, std::uint64_t index) const {
    // builtin-actors runs as wasm32, which cuts the index to 32 bits before it is compared.
    const auto place = static_cast<std::uint32_t>(index);
    if (place >= due.size()) return illegal_argument(no_such_deadline(index));
    return checked(rt, get_cbor<Deadline>(rt.store(), due[place]));
}

Done Deadlines::update_deadline(Runtime& rt, std::uint64_t index, const Deadline& deadline) {
    if (index >= kWPoStPeriodDeadlines) return illegal_state(no_such_deadline(index));
    STRATA_OK(deadline.validate());
    STRATA_TRY(due[index], checked(rt, put_cbor(rt.store(), deadline)));
    return {};
}

ActorResult<Deadlines::Place> Deadlines::find_sector(Runtime& rt, SectorNumber number) const {
    for (std::uint64_t index = 0; index < due.size(); ++index) {
        STRATA_TRY(const auto deadline, load_deadline(rt, index));
        STRATA_TRY(const auto all, deadline.partitions_amt(rt));
        std::optional<std::uint64_t> found;
        STRATA_OK(checked(rt, all.for_each_while([&](std::uint64_t i, const Partition& partition) -> Result<bool> {
            if (partition.sectors.contains(number)) found = i;
            return !found.has_value();
        })));
        if (found) return Place{index, *found};
    }
    return illegal_state("sector " + std::to_string(number) + " is in no deadline");
}

}  // namespace strata::actors::miner
