// These methods answer questions that anyone may ask a miner. Source: docs/protocol/fvm.md §8.8; builtin-actors v18
// actors/miner/src/lib.rs.
#include <algorithm>

#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>

namespace strata::actors::miner {
namespace {

ActorResult<State> state_for_anyone(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    return rt.state<State>();
}

ActorResult<MinerInfo> info_for_anyone(Runtime& rt) {
    STRATA_TRY(const auto state, state_for_anyone(rt));
    return state.get_info(rt);
}

}  // namespace

ActorResult<GetOwnerReturn> get_owner(Runtime& rt) {
    STRATA_TRY(const auto info, info_for_anyone(rt));
    return GetOwnerReturn{info.owner, info.pending_owner_address};
}

ActorResult<bool> is_controlling_address(Runtime& rt, const Address& address) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto id, rt.resolve(address));
    if (!id) return false;
    const Address asked = Address::id(*id);
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    return asked == info.owner || asked == info.worker ||
           std::ranges::find(info.control_addresses, asked) != info.control_addresses.end();
}

ActorResult<SectorSize> get_sector_size(Runtime& rt) {
    STRATA_TRY(const auto info, info_for_anyone(rt));
    return info.sector_size;
}

ActorResult<TokenAmount> get_available_balance(Runtime& rt) {
    STRATA_TRY(const auto state, state_for_anyone(rt));
    STRATA_TRY(const auto balance, rt.balance());
    return state.get_available_balance(balance);
}

ActorResult<GetVestingFundsReturn> get_vesting_funds(Runtime& rt) {
    STRATA_TRY(const auto state, state_for_anyone(rt));
    STRATA_TRY(const auto funds, state.vesting_funds.load(rt));
    GetVestingFundsReturn out;
    for (const auto& fund : funds) out.vesting_funds.emplace_back(fund.epoch, fund.amount);
    return out;
}

ActorResult<GetPeerIdReturn> get_peer_id(Runtime& rt) {
    STRATA_TRY(const auto info, info_for_anyone(rt));
    return GetPeerIdReturn{info.peer_id};
}

ActorResult<GetMultiaddrsReturn> get_multiaddrs(Runtime& rt) {
    STRATA_TRY(const auto info, info_for_anyone(rt));
    return GetMultiaddrsReturn{info.multi_address};
}

ActorResult<TokenAmount> max_termination_fee(Runtime& rt, const MaxTerminationFeeParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto reward, request_current_epoch_block_reward(rt));
    STRATA_TRY(const auto power, request_current_total_power(rt));
    const auto fault_fee = pledge_penalty_for_continued_fault(reward.this_epoch_reward_smoothed,
                                                              power.quality_adj_power_smoothed, params.power);
    return pledge_penalty_for_termination(params.initial_pledge, kTerminationLifetimeCap * kEpochsInDay, fault_fee);
}

ActorResult<TokenAmount> initial_pledge(Runtime& rt) {
    STRATA_TRY(const auto state, state_for_anyone(rt));
    return state.initial_pledge;
}

}  // namespace strata::actors::miner
