#include <strata/provider/miner_on_chain.hpp>

#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/chain/supply.hpp>

namespace strata::provider {
namespace {

namespace miner = actors::miner;

constexpr unsigned kPartitionsWidth = 3;
constexpr unsigned kSectorsWidth = 5;

struct Deadlines {
    std::vector<Cid> due;
    STRATA_CBOR_TUPLE(due);
};

/// Reads the fields of a tuple in order; those that nobody needs are passed over.
class Tuple {
  public:
    static Result<Tuple> open(BytesView bytes) {
        Tuple out(bytes);
        STRATA_OK(out.reader_.array());
        return out;
    }
    template <class... T>
    Status read(T&... fields) {
        Status status;
        static_cast<void>(((status = decode(reader_, fields)).has_value() && ...));
        return status;
    }
    Status skip(int count) {
        for (int i = 0; i < count; ++i) STRATA_OK(reader_.item());
        return {};
    }

  private:
    explicit Tuple(BytesView bytes) : reader_(bytes) {}
    CborReader reader_;
};

Result<PartitionView> partition_of(BytesView bytes) {
    STRATA_TRY(auto tuple, Tuple::open(bytes));
    BitField sectors, unproven, terminated;
    PartitionView out;
    STRATA_OK(tuple.read(sectors, unproven, out.faults, out.recoveries, terminated));
    out.live = sectors - terminated;
    return out;
}

template <class State>
Result<State> state_of(vm::StateTree& state, ActorId id) {
    STRATA_TRY(const auto actor, state.get(id));
    if (!actor) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    return get_cbor<State>(state.store(), actor->head);
}

}  // namespace

Result<MinerOnChain> MinerOnChain::load(vm::StateTree& state, ActorId id) {
    STRATA_TRY(const auto actor, state.get(id));
    if (!actor) return fail(Errc::not_found, "no miner f0" + std::to_string(id));
    MinerOnChain out(state);
    out.balance_ = actor->balance;
    STRATA_TRY(const Bytes bytes, state.store().get(actor->head));
    STRATA_TRY(auto tuple, Tuple::open(bytes));
    Cid info;
    STRATA_OK(tuple.read(info, out.deposits_, out.locked_));
    STRATA_OK(tuple.skip(1));  // vesting funds
    STRATA_OK(tuple.read(out.fee_debt_, out.pledge_, out.pre_commits_));
    STRATA_OK(tuple.skip(1));  // clean-up of pre-commitments
    STRATA_OK(tuple.read(out.allocated_, out.sectors_, out.period_start_));
    STRATA_OK(tuple.skip(1));  // current deadline, as of the last cron
    STRATA_OK(tuple.read(out.deadlines_));
    STRATA_TRY(out.info_, get_cbor<miner::MinerInfo>(state.store(), info));
    return out;
}

Result<BitField> MinerOnChain::allocated_numbers() const {
    return get_cbor<BitField>(state_->store(), allocated_);
}

Result<std::optional<PreCommitOnChain>> MinerOnChain::pre_commit(SectorNumber number) const {
    using Map = HamtMap<std::uint64_t, miner::SectorPreCommitOnChainInfo>;
    STRATA_TRY(const auto map, Map::load(state_->store(), pre_commits_));
    STRATA_TRY(const auto found, map.get(number));
    if (!found) return std::optional<PreCommitOnChain>{};
    return std::optional(
        PreCommitOnChain{found->info.sealed_cid, found->pre_commit_epoch, found->pre_commit_deposit});
}

Result<std::optional<SectorOnChain>> MinerOnChain::sector(SectorNumber number) const {
    STRATA_TRY(const auto sectors,
               AmtArray<miner::SectorOnChainInfo>::load(state_->store(), sectors_, kSectorsWidth));
    STRATA_TRY(const auto found, sectors.get(number));
    if (!found) return std::optional<SectorOnChain>{};
    return std::optional(
        SectorOnChain{found->seal_proof, found->sealed_cid, found->activation, found->expiration});
}

Result<DeadlineView> MinerOnChain::deadline(const Cid& cid) const {
    STRATA_TRY(const Bytes bytes, state_->store().get(cid));
    STRATA_TRY(auto tuple, Tuple::open(bytes));
    DeadlineView out;
    Cid root;
    STRATA_OK(tuple.read(root));
    STRATA_OK(tuple.skip(1));  // expirations
    STRATA_OK(tuple.read(out.posted));
    STRATA_TRY(const auto partitions, Amt::load(state_->store(), root, kPartitionsWidth));
    STRATA_OK(partitions.for_each([&](std::uint64_t, BytesView partition) -> Result<bool> {
        STRATA_TRY(auto view, partition_of(partition));
        out.partitions.push_back(std::move(view));
        return true;
    }));
    return out;
}

Result<ProvingView> MinerOnChain::proving() const {
    STRATA_TRY(const auto deadlines, get_cbor<Deadlines>(state_->store(), deadlines_));
    ProvingView out;
    out.period_start = period_start_;
    for (const auto& cid : deadlines.due) {
        STRATA_TRY(auto view, deadline(cid));
        out.deadlines.push_back(std::move(view));
    }
    return out;
}

MinerMoney MinerOnChain::money() const {
    // builtin-actors miner state.rs, get_available_balance.
    return {balance_, locked_, deposits_, pledge_, fee_debt_, balance_ - locked_ - deposits_ - pledge_ - fee_debt_};
}

Result<TokenAmount> pre_commit_deposit_on(vm::StateTree& state, SectorSize size) {
    STRATA_TRY(const auto reward, state_of<actors::reward::State>(state, kRewardId));
    STRATA_TRY(const auto power, state_of<actors::power::State>(state, kPowerId));
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
