#include <strata/provider/miner_on_chain.hpp>

#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/chain/supply.hpp>

namespace strata::provider {
namespace {

namespace miner = actors::miner;

template <class State>
Result<State> state_of(vm::StateTree& state, ActorId id) {
    STRATA_TRY(const auto actor, state.get(id));
    if (!actor) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    return get_cbor<State>(state.store(), actor->head);
}

}  // namespace

Result<MinerOnChain> MinerOnChain::load(vm::StateTree& state, ActorId id) {
    STRATA_TRY(const auto actor, state.get(id));
    if (!actor) return fail(Errc::not_found, "the state has no miner f0" + std::to_string(id));
    MinerOnChain out(state);
    out.balance_ = actor->balance;
    STRATA_TRY(out.miner_, get_cbor<miner::State>(state.store(), actor->head));
    STRATA_TRY(out.info_, get_cbor<miner::MinerInfo>(state.store(), out.miner_.info));
    return out;
}

Result<BitField> MinerOnChain::allocated_numbers() const {
    return get_cbor<BitField>(state_->store(), miner_.allocated_sectors);
}

Result<std::optional<PreCommitOnChain>> MinerOnChain::pre_commit(SectorNumber number) const {
    STRATA_TRY(const auto map, miner::PreCommits::load(state_->store(), miner_.pre_committed_sectors));
    STRATA_TRY(const auto found, map.get(number));
    if (!found) return std::optional<PreCommitOnChain>{};
    return std::optional(PreCommitOnChain{found->info.sealed_cid, found->pre_commit_epoch, found->pre_commit_deposit});
}

Result<std::optional<SectorOnChain>> MinerOnChain::sector(SectorNumber number) const {
    using Sectors = AmtArray<miner::SectorOnChainInfo>;
    STRATA_TRY(const auto sectors, Sectors::load(state_->store(), miner_.sectors, miner::kSectorsAmtWidth));
    STRATA_TRY(const auto found, sectors.get(number));
    if (!found) return std::optional<SectorOnChain>{};
    return std::optional(SectorOnChain{found->seal_proof, found->sealed_cid, found->activation, found->expiration});
}

Result<ProvingView> MinerOnChain::proving() const {
    STRATA_TRY(const auto deadlines, get_cbor<miner::Deadlines>(state_->store(), miner_.deadlines));
    ProvingView out;
    // The state may name a period that is over: the actor moves it only when a deadline ends with something to do.
    out.period_start = miner_.proving_period_start;
    for (const auto& cid : deadlines.due) {
        STRATA_TRY(const auto deadline, get_cbor<miner::Deadline>(state_->store(), cid));
        auto& view = out.deadlines.emplace_back();
        view.posted = deadline.partitions_posted;
        STRATA_TRY(const auto partitions,
                   miner::Partitions::load(state_->store(), deadline.partitions, miner::kPartitionsWidth));
        STRATA_OK(partitions.for_each([&](std::uint64_t, const miner::Partition& partition) -> Status {
            view.partitions.push_back({partition.live_sectors(), partition.faults, partition.recoveries});
            return {};
        }));
    }
    return out;
}

MinerMoney MinerOnChain::money() const {
    MinerMoney out{balance_, miner_.locked_funds, miner_.pre_commit_deposits, miner_.initial_pledge, miner_.fee_debt,
                   {}};
    // Source: builtin-actors miner state.rs, get_available_balance.
    out.available = out.balance - out.vesting - out.pre_commit_deposits - out.initial_pledge - out.fee_debt;
    return out;
}

Result<TokenAmount> pre_commit_deposit_on(vm::StateTree& state, SectorSize size) {
    STRATA_TRY(const auto reward, state_of<actors::reward::State>(state, kRewardId));
    STRATA_TRY(const auto power, state_of<actors::power::State>(state, kPowerId));
    // The deposit counts a sector as if all of it held verified data, whatever it will hold
    // (docs/protocol/storage.md §2.3).
    return miner::pre_commit_deposit_for_power(reward.this_epoch_reward_smoothed, power.this_epoch_qa_power_smoothed,
                                               miner::qa_power_max(size));
}

Result<TokenAmount> initial_pledge_on(vm::StateTree& state, const chain::Network& network, ChainEpoch epoch,
                                      SectorSize size, std::uint64_t verified_bytes, ChainEpoch duration) {
    STRATA_TRY(const auto reward, state_of<actors::reward::State>(state, kRewardId));
    STRATA_TRY(const auto power, state_of<actors::power::State>(state, kPowerId));
    STRATA_TRY(const auto supply, chain::vm_supply(network, epoch, state));
    const auto qa_power = miner::qa_power_for_weight(size, duration, BigInt(verified_bytes) * BigInt(duration));
    return miner::initial_pledge_for_power(qa_power, reward.this_epoch_baseline_power,
                                           reward.this_epoch_reward_smoothed, power.this_epoch_qa_power_smoothed,
                                           supply.circulating(), epoch - power.ramp_start_epoch,
                                           power.ramp_duration_epochs);
}

}  // namespace strata::provider
