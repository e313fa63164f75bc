// Sectors without a pre-commit, which are sealed non-interactively and hold no data. Source: FIP-0092,
// docs/protocol/storage.md §2; builtin-actors v18 actors/miner/src/lib.rs.
#include <utility>

#include <strata/actors/miner/activation.hpp>
#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/miner/seal_verification.hpp>

namespace strata::actors::miner {
namespace {

Done check_params(Runtime& rt, const State& state, const MinerInfo& info, const ProveCommitSectorsNiParams& params) {
    if (params.proving_deadline >= kWPoStPeriodDeadlines)
        return illegal_argument(no_such_deadline(params.proving_deadline));
    if (!deadline_is_mutable(state.current_proving_period_start(rt.epoch()), params.proving_deadline, rt.epoch()))
        return forbidden(deadline_is_near(params.proving_deadline));
    if (consensus_fault_active(info, rt.epoch()))
        return forbidden("a consensus fault bars the miner from new sectors up to epoch " +
                         std::to_string(info.consensus_fault_elapsed) + "; the current epoch is " +
                         std::to_string(rt.epoch()));
    if (!rt.policy().ni_seal_proofs.contains(params.seal_proof_type))
        return illegal_argument("seal proof type " + std::to_string(std::to_underlying(params.seal_proof_type)) +
                                " is not allowed for non-interactive sectors; allowed are " +
                                type_numbers(rt.policy().ni_seal_proofs));
    if (params.aggregate_proof_type != RegisteredAggregateProof::snark_pack_v2)
        return illegal_argument("the aggregate proof has type " +
                                std::to_string(std::to_underlying(params.aggregate_proof_type)) +
                                ", expected 1 (SnarkPackV2)");
    return {};
}

std::vector<SectorOnChainInfo> new_sectors(const std::vector<SectorNiActivationInfo>& proven,
                                           RegisteredSealProof seal_proof, ChainEpoch epoch, SectorSize size,
                                           const NetworkPledgeInputs& pledge_inputs, std::uint32_t flags) {
    // Without verified data and without kFullQaPower, both kinds of power are equal.
    const auto power = (flags & kFullQaPower) != 0 ? qa_power_max(size) : raw_power_for_sector(size);
    SectorOnChainInfo sector;
    sector.seal_proof = seal_proof;
    sector.activation = epoch;
    sector.power_base_epoch = epoch;
    sector.initial_pledge = pledge_inputs.initial_pledge(power);
    sector.flags = flags;
    sector.daily_fee = daily_proof_fee(pledge_inputs.circulating_supply, power);
    std::vector<SectorOnChainInfo> out;
    for (const auto& info : proven) {
        sector.sector_number = info.sector_number;
        sector.sealed_cid = info.sealed_cid;
        sector.expiration = info.expiration;
        out.push_back(sector);
    }
    return out;
}

BitField numbers_of(const std::vector<SectorNiActivationInfo>& sectors) {
    std::vector<SectorNumber> out;
    for (const auto& sector : sectors) out.push_back(sector.sector_number);
    return BitField::of(std::move(out));
}

}  // namespace

ActorResult<BatchReturn> prove_commit_sectors_ni(Runtime& rt, const ProveCommitSectorsNiParams& params) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(check_aggregate_proof(params.aggregate_proof, params.sectors.size(), /*interactive=*/false));
    STRATA_OK(require_control(rt, info));
    STRATA_OK(check_params(rt, state, info, params));
    STRATA_TRY(const auto inputs,
               validate_ni_sectors(rt, params.sectors, params.seal_proof_type, params.require_activation_success));
    if (inputs.results.success_count == 0)
        return illegal_argument("none of the " + std::to_string(params.sectors.size()) + " sectors is valid");
    STRATA_OK(
        verify_aggregate_seal(rt, inputs, params.seal_proof_type, params.aggregate_proof_type, params.aggregate_proof));

    STRATA_TRY(const auto pledge_inputs, request_network_pledge_inputs(rt));
    const auto proven = inputs.results.successes(params.sectors);
    const auto sectors = new_sectors(proven, params.seal_proof_type, rt.epoch(), info.sector_size, pledge_inputs,
                                     new_sector_flags(rt.policy()));
    const TokenAmount pledge = sectors.front().initial_pledge * BigInt(sectors.size());
    STRATA_OK(lock_initial_pledge(rt, state, pledge));
    const bool had_cron = std::exchange(state.deadline_cron_active, true);
    // The numbers of invalid sectors are taken too, because the aggregate proof covers them.
    STRATA_OK(state.allocate_sector_numbers(rt, numbers_of(params.sectors), CollisionPolicy::deny_collisions));
    STRATA_OK(state.put_sectors(rt, sectors));
    STRATA_OK(state.assign_sectors_to_deadline(rt, rt.epoch(), sectors, info.window_post_partition_sectors,
                                               info.sector_size, params.proving_deadline));
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto fee_to_burn, state.repay_debts(balance));
    STRATA_OK(rt.set_state(state));

    STRATA_OK(burn_funds(rt, fee_to_burn));
    STRATA_OK(notify_pledge_changed(rt, pledge));
    STRATA_OK(check_balance(rt));
    for (const auto& sector : proven) STRATA_OK(emit::sector_activated(rt, sector.sector_number, std::nullopt, {}));
    if (!had_cron) STRATA_OK(enroll_deadline_cron(rt, state));
    return inputs.results;
}

}  // namespace strata::actors::miner
