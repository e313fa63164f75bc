#pragma once
// Calls from a miner to other actors. Source: docs/protocol/fvm.md §8.8; builtin-actors v18
// actors/miner/src/{ext,lib}.rs.
#include <strata/actors/math/smoothing.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::market {
struct BatchActivateDealsReturn;
struct SectorDeals;
struct VerifyDealsForActivationReturn;
}  // namespace strata::actors::market

namespace strata::actors::power {
struct CurrentTotalPowerReturn;
}

namespace strata::actors::reward {
struct ThisEpochRewardReturn;
}

namespace strata::actors::verifreg {
struct Claim;
struct ClaimAllocationsReturn;
struct SectorAllocationClaims;
using ClaimId = std::uint64_t;
}  // namespace strata::actors::verifreg

namespace strata::actors::miner {

ActorResult<reward::ThisEpochRewardReturn> request_current_epoch_block_reward(Runtime& rt);
ActorResult<power::CurrentTotalPowerReturn> request_current_total_power(Runtime& rt);
/// The next three send no message if the amount is zero.
Done request_update_power(Runtime& rt, const PowerPair& delta);
Done notify_pledge_changed(Runtime& rt, const TokenAmount& pledge_delta);
Done burn_funds(Runtime& rt, const TokenAmount& amount);
Done enroll_cron_event(Runtime& rt, ChainEpoch event_epoch, CronEvent event);
/// Ignores a failure of the market if cron is the origin, because the failure must not stop the miner's own cron.
Done request_terminate_deals(Runtime& rt, ChainEpoch epoch, const BitField& sectors);

/// The next two do not call the market if no sector has deals.
ActorResult<market::VerifyDealsForActivationReturn> verify_deals(Runtime& rt, std::vector<market::SectorDeals> sectors);
ActorResult<market::BatchActivateDealsReturn> batch_activate_deals(Runtime& rt,
                                                                   std::vector<market::SectorDeals> sectors,
                                                                   bool compute_cid);
/// Returns the miner's claims with these IDs. Aborts with illegal_argument if one does not exist.
ActorResult<std::vector<verifreg::Claim>> get_claims(Runtime& rt, std::vector<verifreg::ClaimId> ids);
/// Does not call the registry if there are no claims.
ActorResult<verifreg::ClaimAllocationsReturn> batch_claim_allocations(
    Runtime& rt, std::vector<verifreg::SectorAllocationClaims> sectors, bool all_or_nothing);

/// Resolves a worker to the ID of an account. The account must have a BLS key, with which the worker makes VRF proofs.
ActorResult<ActorId> resolve_worker_address(Runtime& rt, const Address& address);

/// The inputs to a sector's pledge in addition to its power.
struct NetworkPledgeInputs {
    FilterEstimate network_qap;
    StoragePower network_baseline;
    TokenAmount circulating_supply;
    FilterEstimate epoch_reward;
    std::int64_t epochs_since_ramp_start = 0;
    std::uint64_t ramp_duration_epochs = 0;

    TokenAmount initial_pledge(const StoragePower& qa_power) const;
};
/// Asks the reward actor and the power actor for the inputs.
ActorResult<NetworkPledgeInputs> request_network_pledge_inputs(Runtime& rt);

}  // namespace strata::actors::miner
