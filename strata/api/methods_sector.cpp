// Answers methods about the sectors of a miner. Source: lotus node/impl/full/state.go, chain/actors/builtin/miner.
#include <strata/api/method_table.hpp>
#include <strata/api/miner_reader.hpp>
#include <strata/ipld/bitfield.hpp>

namespace strata::api {
namespace {

namespace miner = actors::miner;

/// Returns the union of one set of each partition.
template <class Pick>
Result<BitField> over_partitions(MinerReader& reader, Pick pick) {
    STRATA_TRY(const auto partitions, reader.all_partitions());
    BitField out;
    for (const auto& partition : partitions) out |= pick(partition);
    return out;
}

Result<Json> faults(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    STRATA_TRY(const auto field, over_partitions(reader, [](const auto& p) { return p.faults; }));
    return context.print(field);
}
Result<Json> recoveries(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    STRATA_TRY(const auto field, over_partitions(reader, [](const auto& p) { return p.recoveries; }));
    return context.print(field);
}

/// Prints all sectors, or those of a set, in the order of their numbers.
Result<Text> sectors_in(Context& context, MinerReader& reader, const std::optional<BitField>& wanted) {
    STRATA_TRY(const auto sectors, reader.sectors());
    auto out = context.list();
    STRATA_OK(sectors.for_each([&](std::uint64_t number, const miner::SectorOnChainInfo& sector) -> Status {
        STRATA_OK(context.go_on());
        return !wanted || wanted->contains(number) ? out.add(context.print(sector)) : Status();
    }));
    return std::move(out).finish();
}

Result<Text> sectors(Context& context, const Address& address, const std::optional<BitField>& wanted,
                     const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    return sectors_in(context, reader, wanted);
}
Result<Text> active_sectors(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    STRATA_TRY(const auto active, over_partitions(reader, [](const auto& p) { return p.active_sectors(); }));
    return sectors_in(context, reader, active);
}

Result<Json> sector_count(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    STRATA_TRY(const auto partitions, reader.all_partitions());
    std::uint64_t live = 0, active = 0, faulty = 0;
    for (const auto& partition : partitions) {
        live += partition.live_sectors().count();
        active += partition.active_sectors().count();
        faulty += partition.faults.count();
    }
    return Json{{"Live", live}, {"Active", active}, {"Faulty", faulty}};
}

Result<Json> sector_info(Context& context, const Address& address, const SectorNumber& number, const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    STRATA_TRY(const auto sectors, reader.sectors());
    STRATA_TRY(const auto sector, sectors.get(number));
    return context.print(sector);
}

Result<Json> pre_commit_info(Context& context, const Address& address, const SectorNumber& number,
                             const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    STRATA_TRY(const auto table,
               miner::PreCommits::load(context.blocks(), reader.state.pre_committed_sectors, miner::kPreCommitsWidth));
    STRATA_TRY(const auto found, table.get(number));
    if (!found) return Json();
    const auto& info = found->info;
    Json printed{{"SealProof", static_cast<std::int64_t>(info.seal_proof)},
                 {"SectorNumber", info.sector_number},
                 {"SealedCID", context.print(info.sealed_cid)},
                 {"SealRandEpoch", info.seal_rand_epoch},
                 {"DealIDs", info.deal_ids.empty() ? Json() : Json(info.deal_ids)},
                 {"Expiration", info.expiration},
                 {"UnsealedCid", context.print(info.unsealed_cid)}};
    return Json{{"Info", std::move(printed)},
                {"PreCommitDeposit", context.print(found->pre_commit_deposit)},
                {"PreCommitEpoch", found->pre_commit_epoch}};
}

/// Answers for the first API, which has an error where the second one has null.
Result<Json> pre_commit_info_v0(Context& context, const Address& address, const SectorNumber& number,
                                const TipsetKey& key) {
    STRATA_TRY(auto info, pre_commit_info(context, address, number, key));
    if (info.is_null()) return fail(Errc::not_found, "precommit info does not exist");
    return info;
}

struct Place {
    std::uint64_t deadline = 0;
    std::uint64_t index = 0;
    miner::Partition partition;
};
Result<std::optional<Place>> find(MinerReader& reader, SectorNumber number) {
    STRATA_TRY(const auto deadlines, reader.deadlines());
    for (std::uint64_t d = 0; d < deadlines.size(); ++d) {
        STRATA_TRY(auto partitions, reader.partitions(deadlines[d]));
        for (std::uint64_t p = 0; p < partitions.size(); ++p)
            if (partitions[p].sectors.contains(number)) return std::optional(Place{d, p, std::move(partitions[p])});
    }
    return std::optional<Place>{};
}

Result<Json> sector_partition(Context& context, const Address& address, const SectorNumber& number,
                              const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    STRATA_TRY(const auto place, find(reader, number));
    if (!place) return fail(Errc::not_found, "sector " + std::to_string(number) + " not due at any deadline");
    return Json{{"Deadline", place->deadline}, {"Partition", place->index}};
}

/// The expirations of a sector; 0 means that it is not in the queue in that way.
struct Expiration {
    ChainEpoch on_time = 0;
    ChainEpoch early = 0;
};
Result<Expiration> expiration_in(Blockstore& blocks, const miner::Partition& partition, SectorNumber number) {
    STRATA_TRY(const auto queue, AmtArray<miner::ExpirationSet>::load(blocks, partition.expirations_epochs,
                                                                      miner::kPartitionExpirationsWidth));
    Expiration out;
    // As in Lotus, only an on-time entry ends the walk.
    STRATA_OK(queue.for_each_while([&](std::uint64_t epoch, const miner::ExpirationSet& set) -> Result<bool> {
        if (set.early_sectors.contains(number)) {
            out.early = static_cast<ChainEpoch>(epoch);
            return true;
        }
        if (!set.on_time_sectors.contains(number)) return true;
        out.on_time = static_cast<ChainEpoch>(epoch);
        return false;
    }));
    return out;
}

Result<Json> sector_expiration(Context& context, const Address& address, const SectorNumber& number,
                               const TipsetKey& key) {
    STRATA_TRY(auto reader, read_miner(context, address, key));
    STRATA_TRY(const auto place, find(reader, number));
    Expiration out;
    if (place && !place->partition.terminated.contains(number)) {
        STRATA_TRY(out, expiration_in(context.blocks(), place->partition, number));
    }
    if (out.on_time == 0 && out.early == 0)
        return fail(Errc::not_found, "failed to find sector " + std::to_string(number));
    return Json{{"OnTime", out.on_time}, {"Early", out.early}};
}

}  // namespace

void add_v0_sector_methods(MethodTable& table) {
    table.add("StateSectorPreCommitInfo", pre_commit_info_v0);
}

void add_sector_methods(MethodTable& table) {
    table.add("StateMinerFaults", faults, Cost::dear);
    table.add("StateMinerRecoveries", recoveries, Cost::dear);
    table.add("StateMinerSectors", sectors, Cost::dear);
    table.add("StateMinerActiveSectors", active_sectors, Cost::dear);
    table.add("StateMinerSectorCount", sector_count, Cost::dear);
    table.add("StateSectorGetInfo", sector_info);
    table.add("StateSectorPreCommitInfo", pre_commit_info);
    table.add("StateSectorPartition", sector_partition, Cost::dear);
    table.add("StateSectorExpiration", sector_expiration, Cost::dear);
}

}  // namespace strata::api
