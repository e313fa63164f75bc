#include <strata/actors/read/miner.hpp>

#include <strata/actors/miner/state.hpp>
#include <strata/actors/read/account.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::actors::read {
namespace {

using Sectors = AmtArray<miner::SectorOnChainInfo>;

Result<miner::Deadlines> deadlines_of(Blockstore& blocks, const miner::State& state) {
    return get_cbor<miner::Deadlines>(blocks, state.deadlines);
}
Result<miner::Partitions> partitions_of(Blockstore& blocks, const Cid& deadline) {
    STRATA_TRY(const auto found, get_cbor<miner::Deadline>(blocks, deadline));
    return miner::Partitions::load(blocks, found.partitions, miner::kPartitionsWidth);
}

Result<std::vector<PartitionView>> views_of(const miner::Partitions& partitions) {
    std::vector<PartitionView> out;
    STRATA_OK(partitions.for_each([&](std::uint64_t, const miner::Partition& partition) -> Status {
        out.push_back({partition.sectors, partition.live_sectors(), partition.active_sectors(), partition.faults,
                       partition.recoveries});
        return {};
    }));
    return out;
}

}  // namespace

struct Miner::Found {
    SectorPlace place;
    miner::Partition partition;
};

Miner::Miner(Blockstore& blocks, ActorId id, TokenAmount balance, miner::State state)
    : blocks_(&blocks),
      id_(id),
      balance_(std::move(balance)),
      state_(std::make_shared<const miner::State>(std::move(state))) {}

Result<Miner> Miner::load(vm::StateTree& tree, const Address& address) {
    STRATA_TRY(const auto id, tree.resolve(address));
    STRATA_TRY(const auto actor, id ? tree.get(*id) : std::optional<vm::ActorState>{});
    if (!actor) return fail(Errc::not_found, "the state has no miner " + address.to_string());
    return load(tree.store(), *id, *actor);
}

Result<Miner> Miner::load(Blockstore& blocks, ActorId id, const vm::ActorState& actor) {
    STRATA_TRY(auto state, get_cbor<miner::State>(blocks, actor.head));
    return Miner(blocks, id, actor.balance, std::move(state));
}

Result<miner::MinerInfo> Miner::info() const {
    return get_cbor<miner::MinerInfo>(*blocks_, state_->info);
}

MinerMoney Miner::money() const {
    MinerMoney out{.balance = balance_,
                   .vesting = state_->locked_funds,
                   .pre_commit_deposits = state_->pre_commit_deposits,
                   .initial_pledge = state_->initial_pledge,
                   .fee_debt = state_->fee_debt,
                   .available = {}};
    // builtin-actors miner state.rs, get_available_balance.
    out.available = out.balance - out.vesting - out.pre_commit_deposits - out.initial_pledge - out.fee_debt;
    return out;
}

Result<TokenAmount> Miner::vested(ChainEpoch epoch) const {
    STRATA_TRY(const auto funds, state_->vesting_funds.read(*blocks_));
    TokenAmount sum;
    for (const auto& fund : funds) {
        if (fund.epoch >= epoch) break;
        sum += fund.amount;
    }
    return sum;
}

Result<BitField> Miner::allocated_numbers() const {
    return get_cbor<BitField>(*blocks_, state_->allocated_sectors);
}

Result<std::optional<miner::SectorPreCommitOnChainInfo>> Miner::pre_commit(SectorNumber number) const {
    STRATA_TRY(const auto table,
               miner::PreCommits::load(*blocks_, state_->pre_committed_sectors, miner::kPreCommitsWidth));
    return table.get(number);
}

Result<std::optional<miner::SectorOnChainInfo>> Miner::sector(SectorNumber number) const {
    STRATA_TRY(const auto sectors, Sectors::load(*blocks_, state_->sectors, miner::kSectorsAmtWidth));
    return sectors.get(number);
}

Status Miner::for_each_sector(const std::function<Status(const miner::SectorOnChainInfo&)>& visit) const {
    STRATA_TRY(const auto sectors, Sectors::load(*blocks_, state_->sectors, miner::kSectorsAmtWidth));
    return sectors.for_each([&](std::uint64_t, const miner::SectorOnChainInfo& sector) { return visit(sector); });
}

miner::DeadlineInfo Miner::deadline_at(ChainEpoch epoch) const {
    return state_->recorded_deadline_info(epoch).next_not_elapsed();
}

Result<std::vector<DeadlineSummary>> Miner::deadlines() const {
    STRATA_TRY(const auto deadlines, deadlines_of(*blocks_, *state_));
    std::vector<DeadlineSummary> out;
    for (const auto& cid : deadlines.due) {
        STRATA_TRY(auto deadline, get_cbor<miner::Deadline>(*blocks_, cid));
        STRATA_TRY(const auto posts, miner::Posts::load(*blocks_, deadline.optimistic_post_submissions_snapshot,
                                                        miner::kOptimisticPostsWidth));
        out.push_back({std::move(deadline.partitions_posted), posts.count(), std::move(deadline.daily_fee)});
    }
    return out;
}

Result<std::vector<PartitionView>> Miner::partitions(std::uint64_t index) const {
    STRATA_TRY(const auto deadlines, deadlines_of(*blocks_, *state_));
    if (index >= deadlines.due.size())
        return fail(Errc::out_of_range, "failed to load the deadline: invalid deadline " + std::to_string(index));
    STRATA_TRY(const auto partitions, partitions_of(*blocks_, deadlines.due[index]));
    return views_of(partitions);
}

Result<ProvingView> Miner::proving() const {
    STRATA_TRY(const auto deadlines, deadlines_of(*blocks_, *state_));
    ProvingView out;
    out.period_start = state_->proving_period_start;
    for (const auto& cid : deadlines.due) {
        STRATA_TRY(auto deadline, get_cbor<miner::Deadline>(*blocks_, cid));
        STRATA_TRY(const auto partitions,
                   miner::Partitions::load(*blocks_, deadline.partitions, miner::kPartitionsWidth));
        auto& view = out.deadlines.emplace_back();
        view.posted = std::move(deadline.partitions_posted);
        STRATA_TRY(view.partitions, views_of(partitions));
    }
    return out;
}

Result<BitField> Miner::sectors_in(BitField PartitionView::* set) const {
    STRATA_TRY(const auto view, proving());
    BitField out;
    for (const auto& deadline : view.deadlines)
        for (const auto& partition : deadline.partitions) out |= partition.*set;
    return out;
}

Result<std::optional<Miner::Found>> Miner::find_partition(SectorNumber number) const {
    STRATA_TRY(const auto deadlines, deadlines_of(*blocks_, *state_));
    std::optional<Found> found;
    for (std::uint64_t index = 0; index < deadlines.due.size() && !found; ++index) {
        STRATA_TRY(const auto partitions, partitions_of(*blocks_, deadlines.due[index]));
        STRATA_OK(partitions.for_each_while([&](std::uint64_t at, const miner::Partition& partition) -> Result<bool> {
            if (partition.sectors.contains(number)) found = Found{{index, at}, partition};
            return !found;
        }));
    }
    return found;
}

Result<std::optional<SectorPlace>> Miner::find(SectorNumber number) const {
    STRATA_TRY(const auto found, find_partition(number));
    return found ? std::optional(found->place) : std::nullopt;
}

Result<SectorExpiration> Miner::expiration(SectorNumber number) const {
    SectorExpiration out;
    STRATA_TRY(const auto found, find_partition(number));
    if (!found || found->partition.terminated.contains(number)) return out;
    STRATA_TRY(const auto queue, AmtArray<miner::ExpirationSet>::load(*blocks_, found->partition.expirations_epochs,
                                                                      miner::kPartitionExpirationsWidth));
    STRATA_OK(queue.for_each_while([&](std::uint64_t epoch, const miner::ExpirationSet& set) -> Result<bool> {
        if (set.early_sectors.contains(number)) {
            out.early = static_cast<ChainEpoch>(epoch);
            return true;
        }
        if (!set.on_time_sectors.contains(number)) return true;
        out.on_time = static_cast<ChainEpoch>(epoch);
        return false;
    }));
    return out;
}

Result<Address> worker_key(vm::StateTree& tree, const Miner& miner) {
    STRATA_TRY(const auto info, miner.info());
    return key_of(tree, info.worker);
}

}  // namespace strata::actors::read
