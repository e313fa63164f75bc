// Answers questions that a miner asks before it mines, and about the cost of joining. Source: lotus
// chain/stmgr/actors.go, node/impl/full/state.go.
#include <nlohmann/json.hpp>

#include <strata/actors/miner/quality.hpp>
#include <strata/actors/policy.hpp>
#include <strata/actors/read/costs.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/block_template.hpp>
#include <strata/chain/eligibility.hpp>
#include <strata/chain/lookback.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/chain/supply.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

// The pledge may rise until the message is executed, so a tenth is added (lotus node/impl/full/state.go:
// initialPledgeNum).
constexpr std::int64_t kPledgePercent = 110;
// A new miner deposits the pledge for a tenth of the minimum consensus power (FIP-0077).
constexpr std::int64_t kDepositDivisor = 10;

struct Template {
    chain::BlockTemplate block;
};
Status read(const Json& from, Template& given) {
    chain::BlockTemplate& to = given.block;
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the block's template has the JSON type ") + from.type_name() + ", expected an object");
    STRATA_OK(read_member(from, "Miner", to.miner));
    STRATA_OK(read_member(from, "Parents", to.parents));
    STRATA_OK(read_member(from, "Ticket", to.ticket));
    STRATA_OK(read_member(from, "Eproof", to.election));
    STRATA_OK(read_member(from, "BeaconValues", to.beacon_entries));
    STRATA_OK(read_member(from, "Messages", to.messages));
    STRATA_OK(read_member(from, "Epoch", to.epoch));
    STRATA_OK(read_member(from, "Timestamp", to.timestamp));
    return read_member(from, "WinningPoStProof", to.proof);
}

/// Checks that an epoch is not negative, and at most kChainFinality epochs above the tipset.
Status check_epoch(const chain::TipsetPtr& base, ChainEpoch epoch) {
    if (epoch >= 0 && epoch <= base->height() + kChainFinality) return {};
    return fail(Errc::out_of_range, "the epoch is " + std::to_string(epoch) + ", expected 0 to " +
                                        std::to_string(base->height() + kChainFinality));
}

/// Returns the beacon entries that a block at `epoch` on `base` carries.
Result<std::vector<BeaconEntry>> next_entries(Context& context, const chain::TipsetPtr& base,
                                              const BeaconEntry& previous, ChainEpoch epoch) {
    std::vector<BeaconEntry> out;
    const auto& network = context.chain.network();
    for (const auto round : chain::beacon_rounds(network, base->height(), epoch, previous.round)) {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(out.emplace_back(), context.beacon.entry(round));
    }
    return out;
}

/// Returns what a miner needs to mine a block at `epoch` on the tipset; null if the miner has no active sector.
Result<Json> base_info(Context& context, const Address& address, const ChainEpoch& epoch, const TipsetKey& key) {
    auto& chain = context.chain;
    STRATA_OK(check_defined(address));
    STRATA_TRY(const auto base, context.tipset(key));
    STRATA_OK(check_epoch(base, epoch));
    if (epoch <= base->height())
        return fail(Errc::invalid_argument, "the epoch of the new block is " + std::to_string(epoch) +
                                                ", expected more than " + std::to_string(base->height()) +
                                                ", the epoch of its parents");
    STRATA_TRY(const auto previous, chain.latest_beacon_entry(base));
    STRATA_TRY(const auto entries, next_entries(context, base, previous, epoch));
    // A block that carries no new entry draws from the newest one of its ancestors.
    const Bytes& beacon = entries.empty() ? previous.data : entries.back().data;
    // Power and sectors are read at the lookback (docs/protocol/node.md §7): they were fixed long before this draw was
    // known.
    STRATA_TRY(const auto lookback, chain.lookback(base, epoch));
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), lookback.state_root));
    STRATA_TRY(const auto miner, actors::read::Miner::load(state, address));
    STRATA_TRY(const auto info, miner.info());
    STRATA_TRY(const auto worker_key, actors::read::worker_key(state, miner));
    // A miner without active sectors is not an error: null says that it cannot win.
    const auto sector = chain::winning_sector(miner, chain::winning_post_randomness(beacon, address, epoch));
    if (!sector && sector.error().is_fatal()) return sector.error();
    if (!sector) return Json();
    STRATA_TRY(const auto details, miner.sector(sector->number));
    const auto id = Address::id(miner.id());
    STRATA_TRY(const auto power, actors::read::Power::load(state));
    STRATA_TRY(const auto claim, power.claim(id));
    STRATA_TRY(const bool eligible, chain::is_eligible(chain.blocks(), chain.network(), *base, *lookback.tipset, id));
    const auto& print = context.print;
    Json sectors = Json::array();
    sectors.push_back({{"SealProof", static_cast<std::int64_t>(sector->proof)},
                       {"SectorNumber", sector->number},
                       {"SectorKey", details ? print(details->sector_key_cid) : Json()},
                       {"SealedCID", print(sector->sealed_cid)}});
    return Json{{"MinerPower", print(claim ? claim->quality_adjusted : StoragePower(0))},
                {"NetworkPower", print(power.quality_adjusted())},
                {"Sectors", std::move(sectors)},
                {"WorkerKey", print(worker_key)},
                {"SectorSize", static_cast<std::uint64_t>(info.sector_size)},
                {"PrevBeaconEntry", print(previous)},
                {"BeaconEntries", print.list_or_null(entries)},
                {"EligibleForMining", eligible}};
}

/// Returns the entry of the epoch's round: from the beacon if this node has one to ask, otherwise from the chain.
Result<Json> beacon_entry(Context& context, const ChainEpoch& epoch) {
    STRATA_OK(check_epoch(context.chain.head(), epoch));
    if (context.beacon.has_source()) {
        STRATA_TRY(const auto entry, context.beacon.entry(context.chain.network().beacon_round(epoch)));
        return context.print(entry);
    }
    STRATA_TRY(const auto entry, context.chain.beacon_entry_at(context.chain.head(), epoch));
    return context.print(entry);
}

/// Returns the pledge for new power on top of a tipset's state.
Result<TokenAmount> pledge_of(Context& context, const StoragePower& qa_power, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    const ChainEpoch epoch = view.tipset->height();
    STRATA_TRY(const auto supply, chain::vm_supply(context.chain.network(), epoch, view.state));
    return actors::read::initial_pledge(view.state, epoch, qa_power, supply.circulating());
}

Result<Json> pledge_for_sector(Context& context, const ChainEpoch& duration, const std::uint64_t& size,
                               const std::uint64_t& verified_size, const TipsetKey& key) {
    if (duration <= 0)
        return fail(Errc::invalid_argument,
                    "the sector's duration is " + std::to_string(duration) + " epochs, expected at least 1");
    if (size == 0) return fail(Errc::invalid_argument, "the sector's size is 0, expected at least 1 byte");
    if (verified_size > size)
        return fail(Errc::invalid_argument, "the verified deals have " + std::to_string(verified_size) +
                                                " bytes, expected at most " + std::to_string(size) +
                                                ", the sector's size");
    const auto power = actors::miner::qa_power_for_weight(static_cast<SectorSize>(size), duration,
                                                          BigInt(verified_size) * BigInt(duration));
    STRATA_TRY(const auto pledge, pledge_of(context, power, key));
    return context.print(div_floor(pledge * BigInt(kPledgePercent), 100));
}

Result<SectorSize> size_of(const PledgedSector& sector) {
    const auto size = sector_size(static_cast<RegisteredSealProof>(sector.seal_proof));
    if (size) return *size;
    return fail(Errc::invalid_argument,
                "the seal proof type is " + std::to_string(sector.seal_proof) + ", expected 0 to 19");
}

// Source: lotus node/impl/full/state.go (StateMinerInitialPledgeCollateral); since version 29 forest 0.39.0
// src/rpc/methods/state.rs.
Result<Json> pledge_for_precommit(Context& context, const Address&, const PledgedSector& sector, const TipsetKey& key) {
    STRATA_TRY(const auto base, context.tipset(key));
    if (context.chain.network().version_at(base->height()) >= kSolstice)
        return fail(Errc::unsupported,
                    "StateMinerInitialPledgeCollateral is not supported since network version 29, in which a "
                    "pre-commitment does not describe the pledge (FIP-0118): use StateMinerInitialPledgeForSector");
    if (!sector.deal_ids.empty())
        return fail(Errc::unsupported,
                    "this node does not compute the pledge of a pre-commitment that names deals: use "
                    "StateMinerInitialPledgeForSector");
    STRATA_TRY(const auto size, size_of(sector));
    return pledge_for_sector(context, sector.expiration - base->height(), static_cast<std::uint64_t>(size), 0, key);
}

// Lotus ignores the miner and all of the pre-commitment but the seal proof since network version 17
// (StateMinerPreCommitDepositForPower).
Result<Json> precommit_deposit(Context& context, const Address&, const PledgedSector& sector, const TipsetKey& key) {
    STRATA_TRY(const auto size, size_of(sector));
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const auto deposit, actors::read::pre_commit_deposit(view.state, size));
    return context.print(div_floor(deposit * BigInt(kPledgePercent), 100));
}

/// Makes a block for a miner's own program, which proves and then calls SyncSubmitBlock.
Result<Json> create_block(Context& context, const Template& of) {
    STRATA_TRY(auto* const control, control_of(context));
    if (context.options.wallet == nullptr) return fail(Errc::unsupported, "this node has no wallet to sign a block");
    STRATA_TRY(const auto block, control->create_block(of.block, *context.options.wallet));
    std::vector<Cid> bls, secp;
    for (const auto& message : block.messages.bls) bls.push_back(message.cid());
    for (const auto& message : block.messages.secp) secp.push_back(message.cid());
    return Json{{"Header", context.print(block.header)},
                {"BlsMessages", context.print.list_or_null(bls)},
                {"SecpkMessages", context.print.list_or_null(secp)}};
}

Result<Json> creation_deposit(Context& context, const TipsetKey& key) {
    const auto power = div_floor(context.chain.network().policy->minimum_consensus_power, kDepositDivisor);
    STRATA_TRY(const auto pledge, pledge_of(context, power, key));
    return context.print(pledge);
}

}  // namespace

void add_v0_mining_methods(MethodTable& table) {
    table.add("BeaconGetEntry", beacon_entry, Cost::expensive);
}

void add_mining_methods(MethodTable& table) {
    table.add("MinerGetBaseInfo", base_info, Cost::expensive);
    table.add("StateGetBeaconEntry", beacon_entry, Cost::expensive);
    table.add("StateMinerInitialPledgeForSector", pledge_for_sector, Cost::expensive);
    table.add("StateMinerInitialPledgeCollateral", pledge_for_precommit, Cost::expensive);
    table.add("StateMinerPreCommitDepositForPower", precommit_deposit, Cost::expensive);
    table.add("MinerCreateBlock", create_block, Cost::expensive);
    table.add("StateMinerCreationDeposit", creation_deposit, Cost::expensive);
}

}  // namespace strata::api
