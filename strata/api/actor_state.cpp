#include <strata/api/actor_state.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/account/state.hpp>
#include <strata/actors/cron/state.hpp>
#include <strata/actors/datacap/token.hpp>
#include <strata/actors/evm/state.hpp>
#include <strata/actors/market/state.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/actors/paych/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/streams.hpp>
#include <strata/actors/system/state.hpp>
#include <strata/actors/verifreg/state.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::api {
namespace {

using namespace actors;

Json json_of(const Printer& print, const FilterEstimate& estimate) {
    return {{"PositionEstimate", print(estimate.position)}, {"VelocityEstimate", print(estimate.velocity)}};
}

Json json_of(const Printer& print, const system::State& state) {
    return {{"BuiltinActors", print(state.builtin_actors)}};
}
Json json_of(const Printer& print, const vm::InitState& state) {
    return {{"AddressMap", print(state.address_map)}, {"NextID", state.next_id}, {"NetworkName", state.network_name}};
}
Json json_of(const Printer& print, const cron::State& state) {
    Json entries;
    for (const auto& entry : state.entries)
        entries.push_back({{"Receiver", print(entry.receiver)}, {"MethodNum", entry.method}});
    return {{"Entries", std::move(entries)}};
}
Json json_of(const Printer& print, const account::State& state) {
    return {{"Address", print(state.address)}};
}

Json json_of(const Printer& print, const power::State& s) {
    return {{"TotalRawBytePower", print(s.total_raw_byte_power)},
            {"TotalBytesCommitted", print(s.total_bytes_committed)},
            {"TotalQualityAdjPower", print(s.total_quality_adj_power)},
            {"TotalQABytesCommitted", print(s.total_qa_bytes_committed)},
            {"TotalPledgeCollateral", print(s.total_pledge_collateral)},
            {"ThisEpochRawBytePower", print(s.this_epoch_raw_byte_power)},
            {"ThisEpochQualityAdjPower", print(s.this_epoch_quality_adj_power)},
            {"ThisEpochPledgeCollateral", print(s.this_epoch_pledge_collateral)},
            {"ThisEpochQAPowerSmoothed", json_of(print, s.this_epoch_qa_power_smoothed)},
            {"MinerCount", s.miner_count},
            {"MinerAboveMinPowerCount", s.miner_above_min_power_count},
            {"RampStartEpoch", s.ramp_start_epoch},
            {"RampDurationEpochs", s.ramp_duration_epochs},
            {"CronEventQueue", print(s.cron_event_queue)},
            {"FirstCronEpoch", s.first_cron_epoch},
            {"Claims", print(s.claims)},
            {"ProofValidationBatch", print(s.proof_validation_batch)}};
}

Json json_of(const Printer& print, const miner::VestingFunds& funds) {
    if (!funds.inner()) return {};
    const auto& [head, tail] = *funds.inner();
    return {{"Head", {{"Epoch", head.epoch}, {"Amount", print(head.amount)}}}, {"Tail", print(tail)}};
}

Json json_of(const Printer& print, const miner::State& s) {
    return {{"Info", print(s.info)},
            {"PreCommitDeposits", print(s.pre_commit_deposits)},
            {"LockedFunds", print(s.locked_funds)},
            {"VestingFunds", json_of(print, s.vesting_funds)},
            {"FeeDebt", print(s.fee_debt)},
            {"InitialPledge", print(s.initial_pledge)},
            {"PreCommittedSectors", print(s.pre_committed_sectors)},
            {"PreCommittedSectorsCleanUp", print(s.pre_committed_sectors_cleanup)},
            {"AllocatedSectors", print(s.allocated_sectors)},
            {"Sectors", print(s.sectors)},
            {"ProvingPeriodStart", s.proving_period_start},
            {"CurrentDeadline", s.current_deadline},
            {"Deadlines", print(s.deadlines)},
            {"EarlyTerminations", print(s.early_terminations)},
            {"DeadlineCronActive", s.deadline_cron_active}};
}

Json json_of(const Printer& print, const market::Tables& s) {
    return {{"Proposals", print(s.proposals)},
            {"States", print(s.states)},
            {"PendingProposals", print(s.pending_proposals)},
            {"EscrowTable", print(s.escrow_table)},
            {"LockedTable", print(s.locked_table)},
            {"NextID", s.next_id},
            {"DealOpsByEpoch", print(s.deal_ops_by_epoch)},
            {"LastCron", s.last_cron},
            {"TotalClientLockedCollateral", print(s.total_client_locked_collateral)},
            {"TotalProviderLockedCollateral", print(s.total_provider_locked_collateral)},
            {"TotalClientStorageFee", print(s.total_client_storage_fee)},
            {"ProviderSectors", print(s.provider_sectors)}};
}
Json json_of(const Printer& print, const market::State& s) {
    Json out = json_of(print, static_cast<const market::Tables&>(s));
    out["PendingDealAllocationIds"] = print(s.pending_deal_allocation_ids);
    return out;
}

Json json_of(const Printer& print, const paych::State& s) {
    return {{"From", print(s.from)},
            {"To", print(s.to)},
            {"ToSend", print(s.to_send)},
            {"SettlingAt", s.settling_at},
            {"MinSettleHeight", s.min_settle_height},
            {"LaneStates", print(s.lane_states)}};
}

Json json_of(const Printer& print, const multisig::State& s) {
    return {{"Signers", print.list_or_null(s.signers)},
            {"NumApprovalsThreshold", s.threshold},
            {"NextTxnID", s.next_txn_id},
            {"InitialBalance", print(s.initial_balance)},
            {"StartEpoch", s.start_epoch},
            {"UnlockDuration", s.unlock_duration},
            {"PendingTxns", print(s.pending_txns)}};
}

Json json_of(const Printer& print, const reward::Issuance& s) {
    return {{"CumsumBaseline", print(s.cumsum_baseline)},
            {"CumsumRealized", print(s.cumsum_realized)},
            {"EffectiveNetworkTime", s.effective_network_time},
            {"EffectiveBaselinePower", print(s.effective_baseline_power)},
            {"ThisEpochReward", print(s.this_epoch_reward)},
            {"ThisEpochRewardSmoothed", json_of(print, s.this_epoch_reward_smoothed)},
            {"ThisEpochBaselinePower", print(s.this_epoch_baseline_power)},
            {"Epoch", s.epoch}};
}
Json json_of(const Printer& print, const reward::State& s) {
    Json out = json_of(print, static_cast<const reward::Issuance&>(s));
    out["TotalStoragePowerReward"] = print(s.total_storage_power_reward);
    out["SimpleTotal"] = print(s.simple_total);
    out["BaselineTotal"] = print(s.baseline_total);
    return out;
}
Json json_of(const Printer& print, const reward::State19& s) {
    Json out = json_of(print, static_cast<const reward::Issuance&>(s));
    out["TotalMintedReward"] = print(s.total_minted_reward);
    out["TotalBurnMinted"] = print(s.total_burn_minted);
    out["TotalExplicitMinted"] = print(s.total_explicit_minted);
    out["SWATimelockEpochs"] = s.swa_timelock_epochs;
    out["SWAActor"] = print(s.swa_actor);
    out["Accrued"] = Json::array();
    for (const auto& accrual : s.accrued)
        out["Accrued"].push_back({{"ID", accrual.id}, {"Amount", print(accrual.amount)}});
    out["StreamsRoot"] = print(s.streams_root);
    return out;
}

Json json_of(const Printer& print, const verifreg::State& s) {
    return {{"RootKey", print(s.root_key)},
            {"Verifiers", print(s.verifiers)},
            {"RemoveDataCapProposalIDs", print(s.remove_data_cap_proposal_ids)},
            {"Allocations", print(s.allocations)},
            {"NextAllocationId", s.next_allocation_id},
            {"Claims", print(s.claims)}};
}

Json json_of(const Printer& print, const datacap::State& s) {
    return {{"Governor", print(s.governor)},
            {"Token",
             {{"Supply", print(s.token.supply)},
              {"Balances", print(s.token.balances)},
              {"Allowances", print(s.token.allowances)},
              {"HamtBitWidth", s.token.hamt_bit_width}}}};
}

Json json_of(const evm::Life& life) {
    return {{"Origin", life.origin}, {"Nonce", life.nonce}};
}
Json json_of(const Printer& print, const evm::State& s) {
    Json transient;
    if (s.transient)
        transient = {{"TransientDataState", print(s.transient->state)},
                     {"TransientDataLifespan", json_of(s.transient->life)}};
    return {{"Bytecode", print(s.bytecode)},
            {"BytecodeHash", s.bytecode_hash},  // an array of 32 numbers
            {"ContractState", print(s.contract_state)},
            {"TransientData", std::move(transient)},
            {"Nonce", s.nonce},
            {"Tombstone", s.tombstone ? json_of(*s.tombstone) : Json()}};
}

// Reads a state that got a different number of fields with version 19 of the actors.
template <class Old, class New>
Result<Json> read_either(const Printer& print, Blockstore& blocks, const Cid& head) {
    STRATA_TRY(const auto data, blocks.get(head));
    if (const auto state = from_cbor<New>(data)) return json_of(print, *state);
    STRATA_TRY(const auto state, from_cbor<Old>(data));
    return json_of(print, state);
}

template <class S>
Result<Json> read_as(const Printer& print, Blockstore& blocks, const Cid& head) {
    STRATA_TRY(const auto state, get_cbor<S>(blocks, head));
    return json_of(print, state);
}

}  // namespace

Result<Json> actor_state(const Printer& print, Blockstore& blocks, vm::ActorType type, const Cid& head) {
    switch (type) {
        case vm::ActorType::system:
            return read_as<system::State>(print, blocks, head);
        case vm::ActorType::init:
            return read_as<vm::InitState>(print, blocks, head);
        case vm::ActorType::cron:
            return read_as<cron::State>(print, blocks, head);
        case vm::ActorType::account:
            return read_as<account::State>(print, blocks, head);
        case vm::ActorType::power:
            return read_as<power::State>(print, blocks, head);
        case vm::ActorType::miner:
            return read_as<miner::State>(print, blocks, head);
        case vm::ActorType::market:
            return read_either<market::State, market::State19>(print, blocks, head);
        case vm::ActorType::payment_channel:
            return read_as<paych::State>(print, blocks, head);
        case vm::ActorType::multisig:
            return read_as<multisig::State>(print, blocks, head);
        case vm::ActorType::reward:
            return read_either<reward::State, reward::State19>(print, blocks, head);
        case vm::ActorType::verified_registry:
            return read_as<verifreg::State>(print, blocks, head);
        case vm::ActorType::datacap:
            return read_as<datacap::State>(print, blocks, head);
        case vm::ActorType::evm:
            return read_as<evm::State>(print, blocks, head);
        case vm::ActorType::placeholder:
        case vm::ActorType::eam:
        case vm::ActorType::ethaccount:
            return Json();
        case vm::ActorType::none:
            break;
    }
    return fail(Errc::unsupported, "the actor is not a built-in one, so its state cannot be printed");
}

}  // namespace strata::api
