// Answers methods about miners: their addresses, proofs and funds. Source: lotus node/impl/full/state.go,
// chain/actors/builtin/miner.
#include <nlohmann/json.hpp>

#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/api/method_table.hpp>
#include <strata/api/miner_at.hpp>
#include <strata/chain/network.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata::api {
namespace {

namespace miner = actors::miner;

/// Lists the miners in the order of the power actor's map of claims.
Result<Text> list_miners(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const auto power, actors::read::Power::load(view.state));
    auto out = context.list();
    STRATA_OK(power.for_each_claim([&](const Address& address, const actors::read::MinerPower&) -> Status {
        STRATA_OK(context.check_may_continue());
        return out.add(context.print(address));
    }));
    return std::move(out).finish_or_null();
}

Result<Json> info(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto info, found.miner.info());
    const auto& print = context.print;
    const auto& change = info.pending_worker_key;
    Json multiaddrs;
    for (const auto& one : info.multi_address) multiaddrs.push_back(print(BytesView(one)));
    return Json{{"Owner", print(info.owner)},
                {"Worker", print(info.worker)},
                {"NewWorker", print(change ? change->new_worker : Address())},
                {"ControlAddresses", print.list_or_null(info.control_addresses)},
                {"WorkerChangeEpoch", change ? change->effective_at : kEpochUndefined},
                {"PeerId", info.peer_id.empty() ? Json() : Json(to_base58btc(info.peer_id))},
                {"Multiaddrs", std::move(multiaddrs)},
                {"WindowPoStProofType", static_cast<std::int64_t>(info.window_post_proof_type)},
                {"SectorSize", static_cast<std::uint64_t>(info.sector_size)},
                {"WindowPoStPartitionSectors", info.window_post_partition_sectors},
                {"ConsensusFaultElapsed", info.consensus_fault_elapsed},
                {"PendingOwnerAddress", print(info.pending_owner_address)},
                {"Beneficiary", print(info.beneficiary)},
                {"BeneficiaryTerm", print(info.beneficiary_term)},
                {"PendingBeneficiaryTerm", print(info.pending_beneficiary_term)}};
}

Json claim(const Printer& print, const actors::read::MinerPower& power) {
    return {{"RawBytePower", print(power.raw)}, {"QualityAdjPower", print(power.quality_adjusted)}};
}

Result<Json> power(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const auto power, actors::read::Power::load(view.state));
    std::optional<actors::read::MinerPower> found;
    // The undefined address asks for the network's power alone (lotus chain/stmgr/actors.go: GetPowerRaw).
    if (address.defined()) {
        STRATA_TRY(const ActorId id, resolve(context, view.state, address));
        STRATA_TRY(found, power.claim(Address::id(id)));
    }
    return Json{{"MinerPower", claim(context.print, found.value_or(actors::read::MinerPower{}))},
                {"TotalPower", claim(context.print, {power.raw(), power.quality_adjusted()})},
                {"HasMinPower", found && power.meets_minimum(*context.chain.network().policy, *found)}};
}

Result<Json> proving_deadline(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    // While the miner's cron is off, the recorded period is in the past, and deadline_at() chooses a later one.
    const auto now = found.miner.deadline_at(found.tipset->height());
    return Json{{"CurrentEpoch", now.current_epoch},
                {"PeriodStart", now.period_start},
                {"Index", now.index},
                {"Open", now.open},
                {"Close", now.close},
                {"Challenge", now.challenge},
                {"FaultCutoff", now.fault_cutoff},
                {"WPoStPeriodDeadlines", miner::kWPoStPeriodDeadlines},
                {"WPoStProvingPeriod", miner::kWPoStProvingPeriod},
                {"WPoStChallengeWindow", miner::kWPoStChallengeWindow},
                {"WPoStChallengeLookback", miner::kWPoStChallengeLookback},
                {"FaultDeclarationCutoff", miner::kFaultDeclarationCutoff}};
}

Result<Json> deadlines(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto all, found.miner.deadlines());
    Json out = Json::array();
    for (const auto& deadline : all)
        out.push_back({{"PostSubmissions", context.print(deadline.posted)},
                       {"DisputableProofCount", deadline.disputable},
                       {"DailyFee", context.print(deadline.daily_fee)}});
    return out;
}

Result<Json> partitions(Context& context, const Address& address, const std::uint64_t& index, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto all, found.miner.partitions(index));
    Json out;
    for (const auto& partition : all)
        out.push_back({{"AllSectors", context.print(partition.all)},
                       {"FaultySectors", context.print(partition.faults)},
                       {"RecoveringSectors", context.print(partition.recoveries)},
                       {"LiveSectors", context.print(partition.live)},
                       {"ActiveSectors", context.print(partition.active)}});
    return out;
}

/// Returns the available balance; vested funds count as available.
Result<Json> available_balance(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto vested, found.miner.vested(found.tipset->height()));
    return context.print(found.miner.money().available + vested);
}

Result<Json> sector_allocated(Context& context, const Address& address, const SectorNumber& number,
                              const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto allocated, found.miner.allocated_numbers());
    return Json(allocated.contains(number));
}
Result<Json> all_allocated(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, miner_at(context, address, key));
    STRATA_TRY(const auto allocated, found.miner.allocated_numbers());
    return context.print(allocated);
}

}  // namespace

void add_miner_methods(MethodTable& table) {
    table.add("StateListMiners", list_miners, Cost::expensive);
    table.add("StateMinerInfo", info);
    table.add("StateMinerPower", power);
    table.add("StateMinerProvingDeadline", proving_deadline);
    table.add("StateMinerDeadlines", deadlines, Cost::expensive);
    table.add("StateMinerPartitions", partitions, Cost::expensive);
    table.add("StateMinerAvailableBalance", available_balance);
    table.add("StateMinerSectorAllocated", sector_allocated);
    table.add("StateMinerAllocated", all_allocated);
}

}  // namespace strata::api
