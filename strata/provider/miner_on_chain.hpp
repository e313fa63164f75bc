#pragma once
// Reads what a provider must know of its miner from one state. Layouts: docs/protocol/fvm.md §8.8.
#include <strata/actors/miner/state.hpp>
#include <strata/chain/network.hpp>
#include <strata/provider/miner_chain.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::provider {

class MinerOnChain {
  public:
    /// `state` must outlive the object. Errors: not_found if the state has no such miner; malformed.
    static Result<MinerOnChain> load(vm::StateTree& state, ActorId miner);

    const actors::miner::MinerInfo& info() const { return info_; }
    Result<BitField> allocated_numbers() const;
    Result<std::optional<PreCommitOnChain>> pre_commit(SectorNumber number) const;
    Result<std::optional<SectorOnChain>> sector(SectorNumber number) const;
    Result<ProvingView> proving() const;
    MinerMoney money() const;

  private:
    MinerOnChain(vm::StateTree& state) : state_(&state) {}

    vm::StateTree* state_;
    TokenAmount balance_;
    actors::miner::State miner_;
    actors::miner::MinerInfo info_;
};

// The deposit of one pre-commitment and the pledge of one sector, as the actor would charge them on top of this state.
Result<TokenAmount> pre_commit_deposit_on(vm::StateTree& state, SectorSize size);
Result<TokenAmount> initial_pledge_on(vm::StateTree& state, const chain::Network& network, ChainEpoch epoch,
                                      SectorSize size, std::uint64_t verified_bytes, ChainEpoch duration);

}  // namespace strata::provider
