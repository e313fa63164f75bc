// Answers methods about the sectors of a miner. Source: lotus node/impl/full/state.go, chain/actors/builtin/miner.
#include <nlohmann/json.hpp>

#include <strata/actors/miner/types.hpp>
#include <strata/api/method_table.hpp>
#include <strata/api/miner_at.hpp>

namespace strata::api {
namespace {

using actors::read::PartitionView;

Result<Json> faults(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto field, found.miner.sectors_in(&PartitionView::faults));
    return context.print(field);
}
Result<Json> recoveries(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto field, found.miner.sectors_in(&PartitionView::recoveries));
    return context.print(field);
}

/// Prints all sectors, or those of a set, in the order of their numbers.
Result<Text> sectors_in(Context& context, const actors::read::Miner& miner, const std::optional<BitField>& wanted) {
    auto out = context.list();
    STRATA_OK(miner.for_each_sector([&](const actors::miner::SectorOnChainInfo& sector) -> Status {
        STRATA_OK(context.check_may_continue());
        if (wanted && !wanted->contains(sector.sector_number)) return {};
        return out.add(context.print(sector));
    }));
    return std::move(out).finish();
}

/// Checks that the miner has all sectors of a set (go-state-types builtin, Sectors.Load refuses the others).
Status check_all_are_there(const actors::read::Miner& miner, const BitField& wanted) {
    std::vector<std::uint64_t> here;
    STRATA_OK(miner.for_each_sector([&](const actors::miner::SectorOnChainInfo& sector) -> Status {
        here.push_back(sector.sector_number);
        return {};
    }));
    const auto missing = (wanted - BitField::of(std::move(here))).first();
    if (missing) return fail(Errc::not_found, "can't find sector " + std::to_string(*missing));
    return {};
}

Result<Text> sectors(Context& context, const Address& address, const std::optional<BitField>& wanted,
                     const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    if (wanted) STRATA_OK(check_all_are_there(found.miner, *wanted));
    return sectors_in(context, found.miner, wanted);
}
Result<Text> active_sectors(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto active, found.miner.sectors_in(&PartitionView::active));
    return sectors_in(context, found.miner, active);
}

Result<Json> sector_count(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto proving, found.miner.proving());
    std::uint64_t live = 0, active = 0, faulty = 0;
    for (const auto& deadline : proving.deadlines)
        for (const auto& partition : deadline.partitions) {
            live += partition.live.count();
            active += partition.active.count();
            faulty += partition.faults.count();
        }
    return Json{{"Live", live}, {"Active", active}, {"Faulty", faulty}};
}

Result<Json> sector_info(Context& context, const Address& address, const SectorNumber& number, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto sector, found.miner.sector(number));
    return context.print(sector);
}

Result<Json> pre_commit_info(Context& context, const Address& address, const SectorNumber& number,
                             const TipsetKey& key) {
    STRATA_TRY(const auto at, miner_at(context, address, key));
    STRATA_TRY(const auto found, at.miner.pre_commit(number));
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

/// Answers /rpc/v0, which has an error where /rpc/v1 has null.
Result<Json> pre_commit_info_v0(Context& context, const Address& address, const SectorNumber& number,
                                const TipsetKey& key) {
    STRATA_TRY(auto info, pre_commit_info(context, address, number, key));
    if (info.is_null()) return fail(Errc::not_found, "precommit info does not exist");
    return info;
}

Result<Json> sector_partition(Context& context, const Address& address, const SectorNumber& number,
                              const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto place, found.miner.find(number));
    if (!place) return fail(Errc::not_found, "sector " + std::to_string(number) + " not due at any deadline");
    return Json{{"Deadline", place->deadline}, {"Partition", place->partition}};
}

Result<Json> sector_expiration(Context& context, const Address& address, const SectorNumber& number,
                               const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto expiration, found.miner.expiration(number));
    if (expiration.on_time == 0 && expiration.early == 0)
        return fail(Errc::not_found, "failed to find sector " + std::to_string(number));
    return Json{{"OnTime", expiration.on_time}, {"Early", expiration.early}};
}

}  // namespace

void add_v0_sector_methods(MethodTable& table) {
    table.add("StateSectorPreCommitInfo", pre_commit_info_v0);
}

void add_sector_methods(MethodTable& table) {
    table.add("StateMinerFaults", faults, Cost::expensive);
    table.add("StateMinerRecoveries", recoveries, Cost::expensive);
    table.add("StateMinerSectors", sectors, Cost::expensive);
    table.add("StateMinerActiveSectors", active_sectors, Cost::expensive);
    table.add("StateMinerSectorCount", sector_count, Cost::expensive);
    table.add("StateSectorGetInfo", sector_info);
    table.add("StateSectorPreCommitInfo", pre_commit_info);
    table.add("StateSectorPartition", sector_partition, Cost::expensive);
    table.add("StateSectorExpiration", sector_expiration, Cost::expensive);
}

}  // namespace strata::api
