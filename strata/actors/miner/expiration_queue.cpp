#include <strata/actors/miner/expiration_queue.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace strata::actors::miner {
namespace {

// An entry belongs to one partition, and no partition has this many sectors (builtin-actors ENTRY_SECTORS_MAX).
constexpr std::uint64_t kEntrySectorsMax = 10'000;
// No message names more sectors than this (runtime/src/runtime/policy.rs).
constexpr std::uint64_t kAddressedSectorsMax = 25'000;
// No partition and no message has this many, so only damaged state has more.
constexpr std::uint64_t kMaxNumbers = 1 << 20;

using ByNumber = std::map<SectorNumber, const SectorOnChainInfo*>;

ByNumber by_number(SectorInfos sectors) {
    ByNumber out;
    for (const auto& sector : sectors) out[sector.sector_number] = &sector;
    return out;
}

Done validate(const ExpirationSet& set) {
    if (set.on_time_pledge.is_negative() || any_negative(set.active_power) || any_negative(set.faulty_power) ||
        set.fee_deduction.is_negative())
        return illegal_state("an expiration set would have a pledge of " + set.on_time_pledge.to_string() +
                             " and a fee of " + set.fee_deduction.to_string() + " attoFIL, active power " +
                             set.active_power.raw.to_string() + "/" + set.active_power.qa.to_string() +
                             " and faulty power " + set.faulty_power.raw.to_string() + "/" +
                             set.faulty_power.qa.to_string() + " (raw/quality-adjusted); none may be negative");
    return {};
}

void add_to(ExpirationSet& set, const ExpirationSet& more) {
    set.on_time_sectors |= more.on_time_sectors;
    set.early_sectors |= more.early_sectors;
    set.on_time_pledge += more.on_time_pledge;
    set.active_power += more.active_power;
    set.faulty_power += more.faulty_power;
    set.fee_deduction += more.fee_deduction;
}

ExpirationSet on_time(const SectorTotals& totals) {
    return {.on_time_sectors = totals.field(),
            .early_sectors = {},
            .on_time_pledge = totals.pledge,
            .active_power = totals.power,
            .faulty_power = {},
            .fee_deduction = totals.daily_fee};
}
// Sectors that leave early have no pledge in the queue. Their pledge stays locked until the termination fee is charged.
ExpirationSet early(BitField sectors, const PowerPair& power, const TokenAmount& daily_fee) {
    return {.on_time_sectors = {},
            .early_sectors = std::move(sectors),
            .on_time_pledge = {},
            .active_power = {},
            .faulty_power = power,
            .fee_deduction = daily_fee};
}

// Removes healthy sectors from an entry.
Done take_from(ExpirationSet& set, const SectorTotals& totals) {
    const auto field = totals.field();
    if (!set.on_time_sectors.contains_all(field))
        return illegal_state("sector " + std::to_string((field - set.on_time_sectors).first().value_or(0)) +
                             " is not in its expiration set");
    set.on_time_sectors -= field;
    set.on_time_pledge -= totals.pledge;
    set.active_power -= totals.power;
    set.fee_deduction -= totals.daily_fee;
    return validate(set);
}

// Selects those of the `remaining` sectors that leave on time in this entry, and removes them from `remaining`.
ActorResult<SectorTotals> take_found(const ExpirationSet& entry, const ByNumber& sectors,
                                     std::set<SectorNumber>& remaining, SectorSize size) {
    STRATA_TRY(const auto numbers, numbers_in(entry.on_time_sectors));
    SectorTotals found;
    for (const auto number : numbers)
        if (remaining.erase(number) != 0) found.add(size, *sectors.at(number));
    return found;
}

}  // namespace

ActorResult<std::vector<std::uint64_t>> numbers_in(const BitField& field) {
    auto positions = field.positions(kMaxNumbers);
    if (!positions)
        return illegal_state("a bit field has " + std::to_string(field.count()) + " positions, expected at most " +
                             std::to_string(kMaxNumbers));
    return std::move(*positions);
}

void ExpirationSet::to_cbor(CborWriter& w) const {
    w.array(6);
    encode(w, on_time_sectors);
    encode(w, early_sectors);
    encode(w, on_time_pledge);
    encode(w, active_power);
    encode(w, faulty_power);
    encode(w, fee_deduction);
}

Result<ExpirationSet> ExpirationSet::read_cbor(CborReader& r) {
    STRATA_TRY(const auto length, r.array());
    if (length != 5 && length != 6)
        return fail(Errc::malformed, "an expiration set has " + std::to_string(length) + " fields, expected 5 or 6");
    ExpirationSet s;
    STRATA_OK(decode(r, s.on_time_sectors));
    STRATA_OK(decode(r, s.early_sectors));
    STRATA_OK(decode(r, s.on_time_pledge));
    STRATA_OK(decode(r, s.active_power));
    STRATA_OK(decode(r, s.faulty_power));
    if (length == 6) STRATA_OK(decode(r, s.fee_deduction));
    return s;
}

void SectorTotals::add(SectorSize size, const SectorOnChainInfo& sector) {
    numbers.push_back(sector.sector_number);
    power += power_for_sector(size, sector);
    pledge += sector.initial_pledge;
    daily_fee += sector.daily_fee;
}

void SectorTotals::add(const SectorTotals& other) {
    numbers.insert(numbers.end(), other.numbers.begin(), other.numbers.end());
    power += other.power;
    pledge += other.pledge;
    daily_fee += other.daily_fee;
}

ActorResult<ExpirationQueue> ExpirationQueue::load(Runtime& rt, const Cid& root, const QuantSpec& quant) {
    STRATA_TRY(auto amt, rt.check(AmtArray<ExpirationSet>::load(rt.store(), root, /*bit_width=*/0),
                                  ExitCode::illegal_state, "expiration queue"));
    return ExpirationQueue(rt, std::move(amt), quant);
}

ActorResult<Cid> ExpirationQueue::flush() {
    return checked(amt_.flush());
}

ActorResult<ExpirationSet> ExpirationQueue::entry_at(ChainEpoch epoch) {
    if (epoch < 0) return illegal_state("the expiration epoch is " + std::to_string(epoch) + ", expected 0 or more");
    STRATA_TRY(auto entry, checked(amt_.get(static_cast<std::uint64_t>(epoch))));
    return entry ? std::move(*entry) : ExpirationSet{};
}

Done ExpirationQueue::put(ChainEpoch epoch, const ExpirationSet& entry) {
    if (epoch < 0) return illegal_state("the expiration epoch is " + std::to_string(epoch) + ", expected 0 or more");
    return checked(amt_.set(static_cast<std::uint64_t>(epoch), entry));
}

Done ExpirationQueue::put_or_remove(ChainEpoch epoch, const ExpirationSet& entry) {
    if (!entry.empty()) return put(epoch, entry);
    STRATA_OK(checked(amt_.remove(static_cast<std::uint64_t>(epoch))));
    return {};
}

Done ExpirationQueue::add(ChainEpoch raw_epoch, const ExpirationSet& more) {
    const ChainEpoch epoch = quant_.quantize_up(raw_epoch);
    STRATA_TRY(auto entry, entry_at(epoch));
    add_to(entry, more);
    STRATA_OK(validate(entry));
    return put(epoch, entry);
}

Done ExpirationQueue::change_while(const Change& change) {
    // Changes are written after the walk, which must not see them.
    std::vector<std::pair<std::uint64_t, ExpirationSet>> changed;
    std::optional<Abort> failure;
    STRATA_OK(checked(amt_.for_each_while([&](std::uint64_t epoch, const ExpirationSet& stored) -> Result<bool> {
        ExpirationSet entry = stored;
        const auto more = change(entry);
        if (!more) {
            failure = more.error();
            return false;
        }
        if (entry != stored || entry.empty()) changed.emplace_back(epoch, std::move(entry));
        return *more;
    })));
    if (failure) return std::move(*failure);
    for (const auto& [epoch, entry] : changed) STRATA_OK(put_or_remove(static_cast<ChainEpoch>(epoch), entry));
    return {};
}

ActorResult<SectorTotals> ExpirationQueue::add_active_sectors(SectorInfos sectors, SectorSize size) {
    // Sectors that leave at the same epoch are added together, so each entry is written once.
    std::map<ChainEpoch, SectorTotals> groups;
    for (const auto& sector : sectors) groups[quant_.quantize_up(sector.expiration)].add(size, sector);
    SectorTotals total;
    for (const auto& [epoch, group] : groups) {
        STRATA_OK(add(epoch, on_time(group)));
        total.add(group);
    }
    return total;
}

ActorResult<SectorTotals> ExpirationQueue::remove_active_sectors(SectorInfos sectors, SectorSize size) {
    STRATA_TRY(auto groups, find_sectors_by_expiration(sectors, size));
    SectorTotals total;
    for (const auto& group : groups) {
        const ChainEpoch epoch = quant_.quantize_up(group.epoch);
        STRATA_TRY(auto entry, entry_at(epoch));
        STRATA_OK(take_from(entry, group.found));
        STRATA_OK(put_or_remove(epoch, entry));
        total.add(group.found);
    }
    return total;
}

Done ExpirationQueue::reschedule_expirations(ChainEpoch new_expiration, SectorInfos sectors, SectorSize size) {
    if (sectors.empty()) return {};
    STRATA_TRY(const auto removed, remove_active_sectors(sectors, size));
    return add(new_expiration, on_time(removed));
}

ActorResult<ExpirationQueue::Replaced> ExpirationQueue::replace_sectors(SectorInfos old_sectors,
                                                                        SectorInfos new_sectors, SectorSize size) {
    STRATA_TRY(const auto before, remove_active_sectors(old_sectors, size));
    STRATA_TRY(const auto after, add_active_sectors(new_sectors, size));
    return Replaced{before.field(), after.field(), after.power - before.power, after.pledge - before.pledge,
                    after.daily_fee - before.daily_fee};
}

// Finds healthy sectors in the queue. Most are in the entry of their declared expiration, so those entries are read
// first. Sectors that were moved to leave sooner need a walk through the queue, which ends as soon as all are found.
ActorResult<std::vector<ExpirationQueue::Group>> ExpirationQueue::find_sectors_by_expiration(SectorInfos sectors,
                                                                                             SectorSize size) {
    const auto known = by_number(sectors);
    std::set<SectorNumber> remaining;
    std::set<ChainEpoch> declared;
    for (const auto& sector : sectors) {
        declared.insert(quant_.quantize_up(sector.expiration));
        remaining.insert(sector.sector_number);
    }
    std::vector<Group> groups;
    for (const ChainEpoch epoch : declared) {
        STRATA_TRY(auto entry, entry_at(epoch));
        STRATA_TRY(auto found, take_found(entry, known, remaining, size));
        if (!found.numbers.empty()) groups.push_back({epoch, std::move(found), std::move(entry)});
    }
    if (!remaining.empty()) {
        std::optional<Abort> failure;
        STRATA_OK(checked(amt_.for_each_while([&](std::uint64_t key, const ExpirationSet& entry) -> Result<bool> {
            const auto epoch = static_cast<ChainEpoch>(key);
            if (declared.contains(epoch)) return true;
            if (std::ranges::any_of(remaining, [&](auto number) { return entry.early_sectors.contains(number); })) {
                failure = illegal_state(
                    "a sector that should be healthy is faulty: the expiration queue has it among the "
                    "early expirations of epoch " +
                    std::to_string(epoch));
                return false;
            }
            auto found = take_found(entry, known, remaining, size);
            if (!found) {
                failure = found.error();
                return false;
            }
            if (!found->numbers.empty()) groups.push_back({epoch, std::move(*found), entry});
            return !remaining.empty();
        })));
        if (failure) return std::move(*failure);
    }
    if (!remaining.empty())
        return illegal_state("sector " + std::to_string(*remaining.begin()) + " is not in the expiration queue");
    std::ranges::sort(groups, {}, &Group::epoch);
    return groups;
}

ActorResult<PowerPair> ExpirationQueue::reschedule_as_faults(ChainEpoch new_expiration, SectorInfos sectors,
                                                             SectorSize size) {
    STRATA_TRY(auto groups, find_sectors_by_expiration(sectors, size));
    const ChainEpoch fault_epoch = quant_.quantize_up(new_expiration);
    SectorTotals moved;
    PowerPair expiring_power;
    for (auto& [epoch, found, entry] : groups) {
        entry.active_power -= found.power;
        // A sector that leaves on time before its fault expires stays in its entry, with its pledge. Only its power
        // moves.
        if (epoch <= fault_epoch) {
            entry.faulty_power += found.power;
            expiring_power += found.power;
        } else {
            entry.on_time_sectors -= found.field();
            entry.on_time_pledge -= found.pledge;
            entry.fee_deduction -= found.daily_fee;
            moved.add(found);
        }
        STRATA_OK(put_or_remove(epoch, entry));
        STRATA_OK(validate(entry));
    }
    if (!moved.numbers.empty()) STRATA_OK(add(new_expiration, early(moved.field(), moved.power, moved.daily_fee)));
    return moved.power + expiring_power;
}

Done ExpirationQueue::reschedule_all_as_faults(ChainEpoch fault_expiration) {
    const ChainEpoch fault_epoch = quant_.quantize_up(fault_expiration);
    std::vector<std::pair<ChainEpoch, ExpirationSet>> stay;
    std::vector<std::uint64_t> moved_epochs;
    ExpirationSet moved;
    bool early_among_moved = false;
    STRATA_OK(checked(amt_.for_each([&](std::uint64_t key, const ExpirationSet& stored) -> Status {
        const auto epoch = static_cast<ChainEpoch>(key);
        if (epoch <= fault_epoch) {
            ExpirationSet entry = stored;
            entry.faulty_power += entry.active_power;
            entry.active_power = {};
            stay.emplace_back(epoch, std::move(entry));
            return {};
        }
        // The pledge is left out: only sectors that leave on time give it back. Sectors that leave early are
        // already faulty, and a fault that was recorded earlier never expires later than a new one.
        early_among_moved |= !stored.early_sectors.empty();
        moved_epochs.push_back(key);
        moved.early_sectors |= stored.on_time_sectors;
        moved.faulty_power += stored.active_power;
        moved.faulty_power += stored.faulty_power;
        moved.fee_deduction += stored.fee_deduction;
        return {};
    })));
    if (early_among_moved)
        return illegal_state("the expiration queue has faulty sectors that expire after epoch " +
                             std::to_string(fault_epoch) +
                             "; expected none, because even a fault that begins now expires at that epoch");
    for (const auto& [epoch, entry] : stay) {
        STRATA_OK(put(epoch, entry));
        STRATA_OK(validate(entry));
    }
    if (moved_epochs.empty()) return {};
    STRATA_OK(add(fault_expiration, moved));
    for (const auto epoch : moved_epochs) STRATA_OK(checked(amt_.remove(epoch)));
    return {};
}

ActorResult<PowerPair> ExpirationQueue::reschedule_recovered(SectorInfos sectors, SectorSize size) {
    auto remaining = by_number(sectors);
    std::vector<SectorOnChainInfo> rescheduled;
    PowerPair recovered;
    STRATA_OK(change_while([&](ExpirationSet& entry) -> ActorResult<bool> {
        STRATA_TRY(const auto on_time_numbers, numbers_in(entry.on_time_sectors));
        // A sector that leaves on time stays in its entry. Only its power becomes active again.
        for (const auto number : on_time_numbers) {
            const auto sector = remaining.extract(number);
            if (sector.empty()) continue;
            const auto power = power_for_sector(size, *sector.mapped());
            entry.faulty_power -= power;
            entry.active_power += power;
            recovered += power;
        }
        STRATA_TRY(const auto early_numbers, numbers_in(entry.early_sectors));
        // A sector that would leave early goes back to the entry of its own expiration, after the walk.
        for (const auto number : early_numbers) {
            const auto sector = remaining.extract(number);
            if (sector.empty()) continue;
            const auto power = power_for_sector(size, *sector.mapped());
            entry.early_sectors.unset(number);
            entry.faulty_power -= power;
            entry.fee_deduction -= sector.mapped()->daily_fee;
            rescheduled.push_back(*sector.mapped());
            recovered += power;
        }
        STRATA_OK(validate(entry));
        return !remaining.empty();
    }));
    if (!remaining.empty())
        return illegal_state("the recovered sector " + std::to_string(remaining.begin()->first) +
                             " is not in the expiration queue");
    STRATA_OK(add_active_sectors(rescheduled, size));
    return recovered;
}

ActorResult<ExpirationQueue::Removed> ExpirationQueue::remove_sectors(SectorInfos sectors, const BitField& faults,
                                                                      const BitField& recovering, SectorSize size) {
    if (faults.count() > kAddressedSectorsMax || recovering.count() > kAddressedSectorsMax)
        return illegal_state("there are " + std::to_string(faults.count()) + " faults and " +
                             std::to_string(recovering.count()) + " recoveries, expected at most " +
                             std::to_string(kAddressedSectorsMax) + " of each");
    std::vector<SectorOnChainInfo> healthy;
    std::vector<SectorOnChainInfo> faulty;
    for (const auto& sector : sectors) (faults.contains(sector.sector_number) ? faulty : healthy).push_back(sector);

    // Healthy sectors are found by their expiration. Faulty ones may be in any entry up to the longest time of a
    // fault, so the queue is walked for them.
    STRATA_TRY(const auto totals, remove_active_sectors(healthy, size));
    Removed out{on_time(totals), {}};
    std::set<SectorNumber> remaining;
    for (const auto& sector : faulty) remaining.insert(sector.sector_number);

    STRATA_OK(change_while([&](ExpirationSet& entry) -> ActorResult<bool> {
        if (entry.on_time_sectors.count() > kEntrySectorsMax || entry.early_sectors.count() > kEntrySectorsMax)
            return illegal_state("an expiration set has " + std::to_string(entry.on_time_sectors.count()) +
                                 " on-time and " + std::to_string(entry.early_sectors.count()) +
                                 " early sectors, expected at most " + std::to_string(kEntrySectorsMax) + " of each");
        for (const auto& sector : faulty) {
            const auto number = sector.sector_number;
            if (entry.on_time_sectors.contains(number)) {
                entry.on_time_sectors.unset(number);
                entry.on_time_pledge -= sector.initial_pledge;
                out.sectors.on_time_sectors.set(number);
                out.sectors.on_time_pledge += sector.initial_pledge;
            } else if (entry.early_sectors.contains(number)) {
                entry.early_sectors.unset(number);
                out.sectors.early_sectors.set(number);
            } else {
                continue;
            }
            const auto power = power_for_sector(size, sector);
            entry.faulty_power -= power;
            out.sectors.faulty_power += power;
            if (recovering.contains(number)) out.recovering_power += power;
            entry.fee_deduction -= sector.daily_fee;
            out.sectors.fee_deduction += sector.daily_fee;
            remaining.erase(number);
        }
        STRATA_OK(validate(entry));
        return !remaining.empty();
    }));
    if (!remaining.empty())
        return illegal_state("sector " + std::to_string(*remaining.begin()) + " is not in the expiration queue");
    return out;
}

ActorResult<ExpirationSet> ExpirationQueue::pop_until(ChainEpoch until) {
    ExpirationSet popped;
    std::vector<std::uint64_t> epochs;
    STRATA_OK(checked(amt_.for_each_while([&](std::uint64_t epoch, const ExpirationSet& entry) -> Result<bool> {
        if (static_cast<ChainEpoch>(epoch) > until) return false;
        epochs.push_back(epoch);
        add_to(popped, entry);
        return true;
    })));
    for (const auto epoch : epochs) STRATA_OK(checked(amt_.remove(epoch)));
    return popped;
}

}  // namespace strata::actors::miner
