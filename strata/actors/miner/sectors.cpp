#include <strata/actors/miner/sectors.hpp>

namespace strata::actors::miner {

ActorResult<Sectors> Sectors::load(Runtime& rt, const Cid& root) {
    STRATA_TRY(auto amt, load_array<SectorOnChainInfo>(rt, root));
    return Sectors(std::move(amt));
}

ActorResult<std::optional<SectorOnChainInfo>> Sectors::get(Runtime& rt, SectorNumber number) const {
    return checked(rt, amt_.get(number));
}

ActorResult<SectorOnChainInfo> Sectors::must_get(Runtime& rt, SectorNumber number) const {
    STRATA_TRY(auto sector, get(rt, number));
    if (!sector) return not_found(no_such_sector(number));
    return std::move(*sector);
}

ActorResult<std::vector<SectorOnChainInfo>> Sectors::load_sectors(Runtime& rt, const BitField& numbers) const {
    std::vector<SectorOnChainInfo> out;
    STRATA_OK(for_each_bit(numbers, [&](SectorNumber number) -> Done {
        STRATA_OK(rt.charge_round());
        STRATA_TRY(out.emplace_back(), must_get(rt, number));
        return {};
    }));
    return out;
}

ActorResult<std::vector<SectorOnChainInfo>> Sectors::load_for_proof(Runtime& rt, const BitField& proven,
                                                                    const BitField& faults) const {
    std::vector<SectorOnChainInfo> out;
    const auto first_healthy = (proven - faults).first();
    if (!first_healthy) return out;
    STRATA_TRY(const auto stand_in, must_get(rt, *first_healthy));
    STRATA_OK(for_each_bit(proven, [&](SectorNumber number) -> Done {
        STRATA_OK(rt.charge_round());
        if (faults.contains(number)) {
            out.push_back(stand_in);
        } else {
            STRATA_TRY(out.emplace_back(), must_get(rt, number));
        }
        return {};
    }));
    return out;
}

Done Sectors::store(Runtime& rt, const std::vector<SectorOnChainInfo>& sectors) {
    for (const auto& sector : sectors) {
        if (sector.sector_number > kMaxSectorNumber)
            return illegal_state(sector_number_too_large(sector.sector_number));
        STRATA_OK(checked(rt, amt_.set(sector.sector_number, sector)));
    }
    return {};
}

Done Sectors::delete_sectors(Runtime& rt, const BitField& numbers) {
    return for_each_bit(numbers, [&](SectorNumber number) -> Done {
        STRATA_TRY(const bool removed, checked(rt, amt_.remove(number)));
        if (!removed) return not_found(no_such_sector(number));
        return {};
    });
}

ActorResult<std::vector<SectorOnChainInfo>> select_sectors(std::span<const SectorOnChainInfo> sectors,
                                                           const BitField& field) {
    std::vector<SectorOnChainInfo> out;
    BitField missing = field;
    for (const auto& sector : sectors) {
        if (!missing.contains(sector.sector_number)) continue;
        missing.unset(sector.sector_number);
        out.push_back(sector);
    }
    if (!missing.empty())
        return illegal_state("sector " + std::to_string(missing.first().value_or(0)) +
                             " is missing among the loaded sectors");
    return out;
}

Done DeadlineSectorMap::check(std::uint64_t max_partitions, std::uint64_t max_sectors) const {
    std::uint64_t partitions = 0;
    std::uint64_t sectors = 0;
    for (const auto& [deadline, by_partition] : by_deadline_) {
        partitions += by_partition.size();
        for (const auto& [partition, numbers] : by_partition)
            if (__builtin_add_overflow(sectors, numbers.count(), &sectors))
                return illegal_argument("the message names 2^64 sectors or more, expected at most " +
                                        std::to_string(max_sectors));
    }
    if (partitions > max_partitions)
        return illegal_argument("the message names " + std::to_string(partitions) + " partitions, expected at most " +
                                std::to_string(max_partitions));
    if (sectors > max_sectors)
        return illegal_argument("the message names " + std::to_string(sectors) + " sectors, expected at most " +
                                std::to_string(max_sectors));
    return {};
}

}  // namespace strata::actors::miner
