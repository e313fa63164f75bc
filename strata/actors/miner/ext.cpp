#include <strata/actors/miner/ext.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/bitfield_queue.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/actors/verifreg/messages.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::miner {
namespace {

constexpr MethodNumber kPubkeyAddress = 2;  // a method of accounts

BatchReturn all_succeed(std::size_t count) {
    return {static_cast<std::uint32_t>(count), {}};
}

}  // namespace

ActorResult<reward::ThisEpochRewardReturn> request_current_epoch_block_reward(Runtime& rt) {
    return rt.ask<reward::ThisEpochRewardReturn>(Address::id(kRewardId), reward::kThisEpochReward, std::nullopt);
}

ActorResult<power::CurrentTotalPowerReturn> request_current_total_power(Runtime& rt) {
    return rt.ask<power::CurrentTotalPowerReturn>(Address::id(kPowerId), power::kCurrentTotalPower, std::nullopt);
}

Done request_update_power(Runtime& rt, const PowerPair& delta) {
    if (delta.is_zero()) return {};
    const power::UpdateClaimedPowerParams params{delta.raw, delta.qa};
    STRATA_OK(rt.call(Address::id(kPowerId), power::kUpdateClaimedPower, to_cbor(params), 0));
    return {};
}

Done notify_pledge_changed(Runtime& rt, const TokenAmount& pledge_delta) {
    if (pledge_delta.is_zero()) return {};
    STRATA_OK(rt.call(Address::id(kPowerId), power::kUpdatePledgeTotal, to_cbor(pledge_delta), 0));
    return {};
}

Done burn_funds(Runtime& rt, const TokenAmount& amount) {
    if (amount.sign() <= 0) return {};
    STRATA_OK(rt.call(Address::id(kBurntFundsId), kMethodSend, std::nullopt, amount));
    return {};
}

Done enroll_cron_event(Runtime& rt, ChainEpoch event_epoch, CronEvent event) {
    const power::EnrollCronEventParams params{event_epoch, to_cbor(CronEventPayload{event})};
    STRATA_OK(rt.call(Address::id(kPowerId), power::kEnrollCronEvent, to_cbor(params), 0));
    return {};
}

Done request_terminate_deals(Runtime& rt, ChainEpoch epoch, const BitField& sectors) {
    if (sectors.empty()) return {};
    STRATA_OK(check_encodable(sectors));  // cron ignores a failure of the market, but not this one
    const market::OnMinerSectorsTerminateParams params{epoch, sectors};
    auto sent = rt.call(Address::id(kMarketId), market::kOnMinerSectorsTerminate, to_cbor(params), 0);
    if (sent) return {};
    // Cron continues if the market fails, so that damage in the market's state does not stop the miners' crons too.
    const bool from_cron = rt.origin() == kSystemId;
    if (from_cron && sent.error().kind == Abort::Kind::exit) return {};
    return std::move(sent).error();
}

ActorResult<market::VerifyDealsForActivationReturn> verify_deals(Runtime& rt,
                                                                 std::vector<market::SectorDeals> sectors) {
    // As in the reference, the market is not called if no sector has deals, so no gas is charged for it.
    if (std::ranges::all_of(sectors, [](const auto& s) { return s.deal_ids.empty(); }))
        return market::VerifyDealsForActivationReturn{std::vector<std::optional<Cid>>(sectors.size())};
    const market::VerifyDealsForActivationParams params{std::move(sectors)};
    return rt.ask<market::VerifyDealsForActivationReturn>(Address::id(kMarketId), market::kVerifyDealsForActivation,
                                                          to_cbor(params));
}

ActorResult<market::BatchActivateDealsReturn> batch_activate_deals(Runtime& rt,
                                                                   std::vector<market::SectorDeals> sectors,
                                                                   bool compute_cid) {
    if (std::ranges::all_of(sectors, [](const auto& s) { return s.deal_ids.empty(); }))
        return market::BatchActivateDealsReturn{all_succeed(sectors.size()),
                                                std::vector<market::SectorDealActivation>(sectors.size())};
    const market::BatchActivateDealsParams params{std::move(sectors), compute_cid};
    return rt.ask<market::BatchActivateDealsReturn>(Address::id(kMarketId), market::kBatchActivateDeals,
                                                    to_cbor(params));
}

ActorResult<std::vector<verifreg::Claim>> get_claims(Runtime& rt, std::vector<verifreg::ClaimId> ids) {
    const std::size_t count = ids.size();
    const verifreg::GetClaimsParams params{rt.receiver(), std::move(ids)};
    STRATA_TRY(auto answer, rt.ask<verifreg::GetClaimsReturn>(Address::id(kVerifiedRegistryId), verifreg::kGetClaims,
                                                              to_cbor(params)));
    if (answer.results.success_count < count)
        return illegal_argument("the registry knows only " + std::to_string(answer.results.success_count) + " of the " +
                                std::to_string(count) + " claims that the message names");
    return std::move(answer.claims);
}

ActorResult<verifreg::ClaimAllocationsReturn> batch_claim_allocations(
    Runtime& rt, std::vector<verifreg::SectorAllocationClaims> sectors, bool all_or_nothing) {
    if (std::ranges::all_of(sectors, [](const auto& s) { return s.claims.empty(); }))
        return verifreg::ClaimAllocationsReturn{all_succeed(sectors.size()), std::vector<BigInt>(sectors.size())};
    const verifreg::ClaimAllocationsParams params{std::move(sectors), all_or_nothing};
    return rt.ask<verifreg::ClaimAllocationsReturn>(Address::id(kVerifiedRegistryId), verifreg::kClaimAllocations,
                                                    to_cbor(params));
}

ActorResult<ActorId> resolve_worker_address(Runtime& rt, const Address& address) {
    STRATA_TRY(const auto id, rt.resolve(address));
    if (!id) return illegal_argument("the worker " + address.to_string() + " has no actor");
    STRATA_TRY(const auto type, rt.type_of(*id));
    if (type != ActorType::account) return illegal_argument("the worker " + address.to_string() + " is not an account");
    // A BLS address is the key itself. For any other address the account must be asked for its key.
    if (address.protocol() == Address::Protocol::bls) return *id;
    STRATA_TRY(const auto key, rt.ask<Address>(Address::id(*id), kPubkeyAddress, std::nullopt));
    if (key.protocol() != Address::Protocol::bls)
        return illegal_argument("the worker's key is " + key.to_string() + ", expected a BLS key (f3)");
    return *id;
}

TokenAmount NetworkPledgeInputs::initial_pledge(const StoragePower& qa_power) const {
    return initial_pledge_for_power(qa_power, network_baseline, epoch_reward, network_qap, circulating_supply,
                                    epochs_since_ramp_start, ramp_duration_epochs);
}

ActorResult<NetworkPledgeInputs> request_network_pledge_inputs(Runtime& rt) {
    STRATA_TRY(const auto reward, request_current_epoch_block_reward(rt));
    STRATA_TRY(const auto power, request_current_total_power(rt));
    STRATA_TRY(const auto supply, rt.circulating_supply());
    return NetworkPledgeInputs{.network_qap = power.quality_adj_power_smoothed,
                               .network_baseline = reward.this_epoch_baseline_power,
                               .circulating_supply = supply,
                               .epoch_reward = reward.this_epoch_reward_smoothed,
                               .epochs_since_ramp_start = rt.epoch() - power.ramp_start_epoch,
                               .ramp_duration_epochs = power.ramp_duration_epochs};
}

}  // namespace strata::actors::miner
