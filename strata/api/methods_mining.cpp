// Answers questions that a miner asks before it mines, and about the cost of joining. Source: lotus
// chain/stmgr/actors.go, node/impl/full/state.go.
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/miner/sectors.hpp>
#include <strata/actors/queries.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/lookback.hpp>
#include <strata/chain/miner_view.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/chain/supply.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

namespace miner = actors::miner;

// The pledge may rise until the message is executed, so a margin is added (lotus node/impl/full/state.go:
// initialPledgeNum).
constexpr std::int64_t kPledgeMarginPercent = 110;
// A new miner deposits the pledge of this share of the least consensus power (FIP-0077).
constexpr std::int64_t kDepositShare = 10;

/// Checks that a question may be about an epoch: every one below the head, and some above.
Status check_epoch(const chain::TipsetPtr& base, ChainEpoch epoch) {
    if (epoch >= 0 && epoch <= base->height() + kChainFinality) return {};
    return fail(Errc::out_of_range, "epoch " + std::to_string(epoch) + " is outside of 0 to " +
                                        std::to_string(base->height() + kChainFinality));
}

Result<std::vector<BeaconEntry>> next_entries(Context& context, const chain::TipsetPtr& base,
                                              const BeaconEntry& previous, ChainEpoch epoch) {
    std::vector<BeaconEntry> out;
    const auto& network = context.chain.network();
    for (const auto round : chain::beacon_rounds(network, base->height(), epoch, previous.round)) {
        STRATA_OK(context.go_on());
        STRATA_TRY(out.emplace_back(), context.beacon.entry(round));
    }
    return out;
}

/// Returns the data for mining; null if the miner may not or cannot mine at all.
Result<Json> base_info(Context& context, const Address& address, const ChainEpoch& epoch, const TipsetKey& key) {
    auto& chain = context.chain;
    STRATA_OK(check_defined(address));
    STRATA_TRY(const auto base, context.tipset(key));
    STRATA_OK(check_epoch(base, epoch));
    if (epoch <= base->height())
        return fail(Errc::invalid_argument, "the epoch of the new block is " + std::to_string(epoch) +
                                                ", expected one above its parents' epoch, " +
                                                std::to_string(base->height()));
    STRATA_TRY(const auto previous, chain.latest_beacon_entry(base));
    STRATA_TRY(const auto entries, next_entries(context, base, previous, epoch));
    // A block that carries no new entry draws from the newest one of its ancestors.
    const Bytes& beacon = entries.empty() ? previous.data : entries.back().data;
    // Power and sectors are read at the lookback (docs/protocol/node.md §7): they were fixed long before this draw was
    // known.
    STRATA_TRY(const auto lookback, chain.lookback(base, epoch));
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), lookback.state_root));
    STRATA_TRY(const auto view, chain::load_miner(state, address));
    const auto sector =
        chain::winning_sector(chain.blocks(), view, chain::winning_post_randomness(beacon, address, epoch));
    // A miner without active sectors is not an error: null tells it that it cannot win.
    if (!sector && sector.error().is_fatal()) return sector.error();
    if (!sector) return Json();
    STRATA_TRY(const auto record,
               AmtArray<miner::SectorOnChainInfo>::load(chain.blocks(), view.sectors, miner::kSectorsAmtWidth));
    STRATA_TRY(const auto details, record.get(sector->number));
    STRATA_TRY(const auto power, chain::load_power(state, Address::id(view.id)));
    STRATA_TRY(const bool eligible,
               chain::is_eligible(chain.blocks(), chain.network(), *base, *lookback.tipset, Address::id(view.id)));
    const auto& print = context.print;
    Json sectors = Json::array();
    sectors.push_back({{"SealProof", static_cast<std::int64_t>(sector->proof)},
                       {"SectorNumber", sector->number},
                       {"SectorKey", details ? print(details->sector_key_cid) : Json()},
                       {"SealedCID", print(sector->sealed_cid)}});
    return Json{{"MinerPower", print(power.claim ? power.claim->quality_adj_power : StoragePower(0))},
                {"NetworkPower", print(power.state.total_quality_adj_power)},
                {"Sectors", std::move(sectors)},
                {"WorkerKey", print(view.worker_key)},
                {"SectorSize", static_cast<std::uint64_t>(view.sector_size)},
                {"PrevBeaconEntry", print(previous)},
                {"BeaconEntries", print.list_or_null(entries)},
                {"EligibleForMining", eligible}};
}

/// Returns the entry of the round that the epoch's blocks carry: the one that the chain has recorded, or the beacon's.
Result<Json> beacon_entry(Context& context, const ChainEpoch& epoch) {
    STRATA_OK(check_epoch(context.chain.head(), epoch));
    if (context.beacon.has_source()) {
        STRATA_TRY(const auto entry, context.beacon.entry(context.chain.network().beacon_round(epoch)));
        return context.print(entry);
    }
    STRATA_TRY(const auto entry, context.chain.beacon_entry_at(context.chain.head(), epoch));
    return context.print(entry);
}

/// The values of a tipset's state on which the pledge of new power depends.
struct PledgeInputs {
    actors::reward::State reward;
    actors::power::State power;
    TokenAmount circulating;
    ChainEpoch epoch = 0;

    TokenAmount pledge(const StoragePower& qa_power) const {
        return miner::initial_pledge_for_power(qa_power, reward.this_epoch_baseline_power,
                                               reward.this_epoch_reward_smoothed, power.this_epoch_qa_power_smoothed,
                                               circulating, epoch - power.ramp_start_epoch, power.ramp_duration_epochs);
    }
};
Result<PledgeInputs> pledge_inputs(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    PledgeInputs out;
    out.epoch = view.tipset->height();
    STRATA_TRY(out.reward, actors::state_of<actors::reward::State>(view.state, kRewardId));
    STRATA_TRY(out.power, actors::state_of<actors::power::State>(view.state, kPowerId));
    STRATA_TRY(const auto supply, chain::vm_supply(context.chain.network(), out.epoch, view.state));
    out.circulating = supply.circulating();
    return out;
}

Result<Json> pledge_for_sector(Context& context, const ChainEpoch& duration, const std::uint64_t& size,
                               const std::uint64_t& verified_size, const TipsetKey& key) {
    if (duration <= 0)
        return fail(Errc::invalid_argument,
                    "the sector's duration is " + std::to_string(duration) + " epochs, expected at least 1");
    if (size == 0) return fail(Errc::invalid_argument, "the sector's size is 0, expected at least 1 byte");
    if (verified_size > size)
        return fail(Errc::invalid_argument, "the verified deals have " + std::to_string(verified_size) +
                                                " bytes, the sector has only " + std::to_string(size));
    STRATA_TRY(const auto inputs, pledge_inputs(context, key));
    const auto power =
        miner::qa_power_for_weight(static_cast<SectorSize>(size), duration, BigInt(verified_size) * BigInt(duration));
    return context.print(div_floor(inputs.pledge(power) * BigInt(kPledgeMarginPercent), 100));
}

Result<Json> creation_deposit(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto inputs, pledge_inputs(context, key));
    const auto power = div_floor(context.chain.network().policy->minimum_consensus_power, kDepositShare);
    return context.print(inputs.pledge(power));
}

}  // namespace

void add_v0_mining_methods(MethodTable& table) {
    table.add("BeaconGetEntry", beacon_entry, Cost::dear);
}

void add_mining_methods(MethodTable& table) {
    table.add("MinerGetBaseInfo", base_info, Cost::dear);
    table.add("StateGetBeaconEntry", beacon_entry, Cost::dear);
    table.add("StateMinerInitialPledgeForSector", pledge_for_sector, Cost::dear);
    table.add("StateMinerCreationDeposit", creation_deposit, Cost::dear);
}

}  // namespace strata::api
