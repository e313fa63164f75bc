#include <strata/actors/miner/partition.hpp>

#include <utility>

#include <strata/actors/miner/bitfield_queue.hpp>

namespace strata::actors::miner {
namespace {

// Names the lowest sector of a set that is not empty.
std::string first_of(const BitField& numbers) {
    return std::to_string(numbers.first().value_or(0));
}

}  // namespace

ActorResult<Partition> Partition::empty(Runtime& rt) {
    Partition out;
    STRATA_TRY(out.expirations_epochs,
               rt.check(AmtArray<ExpirationSet>::empty_root(rt.store(), kPartitionExpirationsWidth),
                        ExitCode::illegal_state, "empty queue"));
    STRATA_TRY(out.early_terminated, rt.check(AmtArray<BitField>::empty_root(rt.store(), kEarlyTerminatedWidth),
                                              ExitCode::illegal_state, "empty queue"));
    return out;
}

Done Partition::validate() const {
    const auto describe_powers = [this] {
        const auto describe = [](const PowerPair& power) { return power.raw.to_string() + "/" + power.qa.to_string(); };
        return "live " + describe(live_power) + ", unproven " + describe(unproven_power) + ", faulty " +
               describe(faulty_power) + ", recovering " + describe(recovering_power) + " (raw/quality-adjusted)";
    };
    if (any_negative(live_power) || any_negative(unproven_power) || any_negative(faulty_power) ||
        any_negative(recovering_power))
        return illegal_state("a partition has negative power: " + describe_powers());
    // As in the reference, only raw power is compared.
    if (unproven_power.raw > live_power.raw || faulty_power.raw > live_power.raw ||
        recovering_power.raw > faulty_power.raw)
        return illegal_state(
            "a partition has more unproven or faulty power than live power, or more recovering than "
            "faulty power: " +
            describe_powers());
    const BitField not_active = unproven | faults;
    if (terminated.contains_any(not_active))
        return illegal_state("sector " + first_of(terminated & not_active) +
                             " of a partition is terminated, and also unproven or faulty");
    if (!sectors.contains_all(not_active | terminated))
        return illegal_state("sector " + first_of((not_active | terminated) - sectors) +
                             " is unproven, faulty or terminated in a partition that does not have it");
    if (!faults.contains_all(recoveries))
        return illegal_state("sector " + first_of(recoveries - faults) + " of a partition recovers, but is not faulty");
    return {};
}

ActorResult<Partition::Added> Partition::add_sectors(Runtime& rt, bool proven, SectorInfos added, SectorSize size,
                                                     const QuantSpec& quant) {
    STRATA_TRY(auto queue, ExpirationQueue::load(rt, expirations_epochs, quant));
    STRATA_TRY(const auto totals, queue.add_active_sectors(added, size));
    STRATA_TRY(expirations_epochs, queue.flush());
    const auto numbers = totals.field();
    if (sectors.contains_any(numbers))
        return illegal_state("sector " + first_of(sectors & numbers) + " is already in the partition");
    sectors |= numbers;
    live_power += totals.power;
    if (!proven) {
        unproven_power += totals.power;
        unproven |= numbers;
    }
    STRATA_OK(validate());
    return Added{totals.power, totals.daily_fee};
}

ActorResult<Partition::NewFaults> Partition::add_faults(Runtime& rt, const BitField& numbers, SectorInfos infos,
                                                        ChainEpoch fault_expiration, SectorSize size,
                                                        const QuantSpec& quant) {
    STRATA_TRY(auto queue, ExpirationQueue::load(rt, expirations_epochs, quant));
    STRATA_TRY(const auto new_faulty, queue.reschedule_as_faults(fault_expiration, infos, size));
    STRATA_TRY(expirations_epochs, queue.flush());
    faults |= numbers;
    faulty_power += new_faulty;

    // Unproven sectors never counted as power, so their part is not lost.
    const BitField faulty_unproven = numbers & unproven;
    unproven -= faulty_unproven;
    PowerPair power_delta = -new_faulty;
    STRATA_TRY(const auto unproven_infos, select_sectors(infos, faulty_unproven));
    const auto faulty_unproven_power = power_for_sectors(size, unproven_infos);
    unproven_power -= faulty_unproven_power;
    power_delta += faulty_unproven_power;
    STRATA_OK(validate());
    return NewFaults{numbers, power_delta, new_faulty};
}

ActorResult<Partition::NewFaults> Partition::record_faults(Runtime& rt, const Sectors& infos, const BitField& declared,
                                                           ChainEpoch fault_expiration, SectorSize size,
                                                           const QuantSpec& quant) {
    if (!sectors.contains_all(declared))
        return illegal_argument("sector " + first_of(declared - sectors) +
                                " is declared faulty, but is not in the partition");
    // A sector that was to recover is already faulty, so it only loses its declared recovery.
    const BitField retracted = recoveries & declared;
    const BitField new_faults = declared - retracted - terminated - faults;

    STRATA_TRY(const auto fault_infos, infos.load_sectors(rt, new_faults));
    NewFaults out;
    if (!fault_infos.empty()) {
        STRATA_TRY(out, add_faults(rt, new_faults, fault_infos, fault_expiration, size, quant));
    }
    STRATA_TRY(const auto retracted_infos, infos.load_sectors(rt, retracted));
    remove_recoveries(retracted, power_for_sectors(size, retracted_infos));
    STRATA_OK(validate());
    out.sectors = new_faults;
    return out;
}

ActorResult<Partition::SkippedFaults> Partition::record_skipped_faults(Runtime& rt, const Sectors& infos,
                                                                       SectorSize size, const QuantSpec& quant,
                                                                       ChainEpoch fault_expiration,
                                                                       const BitField& skipped) {
    if (skipped.empty()) return SkippedFaults{};
    if (!sectors.contains_all(skipped))
        return illegal_argument("sector " + first_of(skipped - sectors) + " is skipped, but is not in the partition");
    // A skipped sector that was to recover is already faulty, so it only loses its declared recovery.
    const BitField retracted = recoveries & skipped;
    STRATA_TRY(const auto retracted_infos, infos.load_sectors(rt, retracted));
    const auto retracted_power = power_for_sectors(size, retracted_infos);

    const BitField new_faults = skipped - terminated - faults;
    STRATA_TRY(const auto fault_infos, infos.load_sectors(rt, new_faults));
    STRATA_TRY(const auto added, add_faults(rt, new_faults, fault_infos, fault_expiration, size, quant));
    remove_recoveries(retracted, retracted_power);
    STRATA_OK(validate());
    return SkippedFaults{.power_delta = added.power_delta,
                         .new_faulty_power = added.faulty_power,
                         .retracted_recovery_power = retracted_power,
                         .any_new = !fault_infos.empty()};
}

ActorResult<Partition::MissedPost> Partition::record_missed_post(Runtime& rt, ChainEpoch fault_expiration,
                                                                 const QuantSpec& quant) {
    STRATA_TRY(auto queue, ExpirationQueue::load(rt, expirations_epochs, quant));
    STRATA_OK(queue.reschedule_all_as_faults(fault_expiration));
    STRATA_TRY(expirations_epochs, queue.flush());

    MissedPost out;
    // Failed recoveries are penalized with the new faults, though their power was lost before. Unproven power is a new
    // fault as well, but the miner does not lose it, because it never counted.
    out.new_faulty_power = live_power - faulty_power;
    out.penalized_power = recovering_power + out.new_faulty_power;
    out.power_delta = unproven_power - out.new_faulty_power;

    faults = live_sectors();
    recoveries = {};
    unproven = {};
    faulty_power = live_power;
    recovering_power = {};
    unproven_power = {};
    STRATA_OK(validate());
    return out;
}

void Partition::remove_recoveries(const BitField& numbers, const PowerPair& power) {
    if (numbers.empty()) return;
    recoveries -= numbers;
    recovering_power -= power;
}

Done Partition::declare_faults_recovered(Runtime& rt, const Sectors& infos, SectorSize size, const BitField& declared) {
    if (!sectors.contains_all(declared))
        return illegal_argument("sector " + first_of(declared - sectors) +
                                " is declared recovered, but is not in the partition");
    // A declaration only promises the recovery. The sectors stay faulty, without power, until the next proof includes
    // them.
    const BitField recovering = (declared & faults) - recoveries;
    STRATA_TRY(const auto recovering_infos, infos.load_sectors(rt, recovering));
    recoveries |= recovering;
    recovering_power += power_for_sectors(size, recovering_infos);
    return validate();
}

ActorResult<PowerPair> Partition::recover_faults(Runtime& rt, const Sectors& infos, SectorSize size,
                                                 const QuantSpec& quant) {
    STRATA_TRY(const auto recovered, infos.load_sectors(rt, recoveries));
    STRATA_TRY(auto queue, ExpirationQueue::load(rt, expirations_epochs, quant));
    STRATA_TRY(auto power, queue.reschedule_recovered(recovered, size));
    STRATA_TRY(expirations_epochs, queue.flush());
    faults -= recoveries;
    recoveries = {};
    faulty_power -= power;
    recovering_power -= power;
    STRATA_OK(validate());
    return power;
}

PowerPair Partition::activate_unproven() {
    unproven = {};
    return std::exchange(unproven_power, {});
}

ActorResult<std::vector<SectorOnChainInfo>> Partition::reschedule_expirations(Runtime& rt, const Sectors& infos,
                                                                              ChainEpoch new_expiration,
                                                                              const BitField& numbers, SectorSize size,
                                                                              const QuantSpec& quant) {
    // A faulty sector keeps its early expiration, which an extension must not delay.
    STRATA_TRY(auto moved, infos.load_sectors(rt, (numbers & sectors) - terminated - faults));
    STRATA_TRY(auto queue, ExpirationQueue::load(rt, expirations_epochs, quant));
    STRATA_OK(queue.reschedule_expirations(new_expiration, moved, size));
    STRATA_TRY(expirations_epochs, queue.flush());
    STRATA_OK(validate());
    return moved;
}

ActorResult<Partition::Replaced> Partition::replace_sectors(Runtime& rt, SectorInfos old_sectors,
                                                            SectorInfos new_sectors, SectorSize size,
                                                            const QuantSpec& quant) {
    STRATA_TRY(auto queue, ExpirationQueue::load(rt, expirations_epochs, quant));
    STRATA_TRY(const auto replaced, queue.replace_sectors(old_sectors, new_sectors, size));
    STRATA_TRY(expirations_epochs, queue.flush());
    // The queue accepts every healthy sector. Unproven sectors are refused only here.
    if (!active_sectors().contains_all(replaced.old_sectors))
        return illegal_state("sector " + first_of(replaced.old_sectors - active_sectors()) +
                             " is replaced, but is not active");
    sectors -= replaced.old_sectors;
    sectors |= replaced.new_sectors;
    live_power += replaced.power_delta;
    STRATA_OK(validate());
    return Replaced{replaced.power_delta, replaced.pledge_delta, replaced.daily_fee_delta};
}

Done Partition::record_early_termination(Runtime& rt, ChainEpoch epoch, const BitField& numbers) {
    STRATA_TRY(auto queue, BitFieldQueue::load(rt, early_terminated, kNoQuantization));
    STRATA_OK(queue.add_to_queue(epoch, numbers));
    STRATA_TRY(early_terminated, queue.flush());
    return {};
}

ActorResult<Partition::Terminated> Partition::terminate_sectors(Runtime& rt, const Sectors& infos, ChainEpoch epoch,
                                                                const BitField& numbers, SectorSize size,
                                                                const QuantSpec& quant) {
    if (!live_sectors().contains_all(numbers))
        return illegal_argument("sector " + first_of(numbers - live_sectors()) +
                                " is not live; only live sectors can be terminated");
    STRATA_TRY(const auto gone, infos.load_sectors(rt, numbers));
    STRATA_TRY(auto queue, ExpirationQueue::load(rt, expirations_epochs, quant));
    STRATA_TRY(auto removed, queue.remove_sectors(gone, faults, recoveries, size));
    STRATA_TRY(expirations_epochs, queue.flush());
    auto& set = removed.sectors;
    const BitField removed_numbers = set.on_time_sectors | set.early_sectors;
    STRATA_OK(record_early_termination(rt, epoch, removed_numbers));

    const BitField removed_unproven = removed_numbers & unproven;
    faults -= removed_numbers;
    recoveries -= removed_numbers;
    terminated |= removed_numbers;
    live_power -= set.active_power;
    live_power -= set.faulty_power;
    faulty_power -= set.faulty_power;
    recovering_power -= removed.recovering_power;
    unproven -= removed_unproven;

    // The queue counts unproven power as active, but the miner's power never included it. It is taken out here, so that
    // the caller does not subtract it from the miner's power.
    STRATA_TRY(const auto unproven_infos, select_sectors(gone, removed_unproven));
    const auto removed_unproven_power = power_for_sectors(size, unproven_infos);
    unproven_power -= removed_unproven_power;
    set.active_power -= removed_unproven_power;
    STRATA_OK(validate());
    return Terminated{std::move(set), removed_unproven_power};
}

ActorResult<ExpirationSet> Partition::pop_expired_sectors(Runtime& rt, ChainEpoch until, const QuantSpec& quant) {
    // A deadline counts its proofs before it expires sectors: by now, all unproven sectors are proven or faulty, and
    // all recoveries are done or retracted.
    if (!unproven.empty())
        return illegal_state("sectors expire in a partition with " + std::to_string(unproven.count()) +
                             " unproven sectors, expected none");
    STRATA_TRY(auto queue, ExpirationQueue::load(rt, expirations_epochs, quant));
    STRATA_TRY(auto popped, queue.pop_until(until));
    STRATA_TRY(expirations_epochs, queue.flush());
    const BitField expired = popped.on_time_sectors | popped.early_sectors;
    if (!recoveries.empty() || !recovering_power.is_zero())
        return illegal_state("sectors expire in a partition with " + std::to_string(recoveries.count()) +
                             " recoveries, expected none");
    if (terminated.contains_any(expired))
        return illegal_state("sector " + first_of(terminated & expired) + " expires, but is already terminated");

    terminated |= expired;
    faults -= expired;
    live_power -= popped.active_power;
    live_power -= popped.faulty_power;
    faulty_power -= popped.faulty_power;
    STRATA_OK(record_early_termination(rt, until, popped.early_sectors));
    STRATA_OK(validate());
    return popped;
}

ActorResult<Partition::Popped> Partition::pop_early_terminations(Runtime& rt, std::uint64_t max_sectors) {
    STRATA_TRY(auto queue, BitFieldQueue::load(rt, early_terminated, kNoQuantization));
    const auto checked = [&](auto result) { return rt.check(std::move(result), ExitCode::illegal_state, "queue"); };
    Popped out;
    out.result.partitions_processed = 1;
    std::vector<std::uint64_t> processed;
    std::optional<std::pair<std::uint64_t, BitField>> rest;
    STRATA_OK(checked(queue.amt().for_each_while([&](std::uint64_t epoch, const BitField& all) -> Result<bool> {
        const std::uint64_t limit = max_sectors - out.result.sectors_processed;
        BitField taken = all;
        if (limit < all.count()) {
            // The rest of an entry that exceeds the limit stays in the queue for the next call.
            STRATA_TRY(taken, all.slice(0, limit));
            rest.emplace(epoch, all - taken);
        } else {
            processed.push_back(epoch);
        }
        out.result.sectors_processed += taken.count();
        out.result.sectors[static_cast<ChainEpoch>(epoch)] = std::move(taken);
        return out.result.sectors_processed < max_sectors;
    })));
    for (const auto epoch : processed) STRATA_OK(checked(queue.amt().remove(epoch)));
    if (rest) STRATA_OK(checked(queue.amt().set(rest->first, rest->second)));
    out.has_more = queue.amt().count() > 0;
    STRATA_TRY(early_terminated, queue.flush());
    STRATA_OK(validate());
    return out;
}

}  // namespace strata::actors::miner
