#pragma once
// Reads the storage market in one state: escrow, deals, and the least collateral.
// Source: builtin-actors actors/market/src/state.rs, policy.rs.
#include <strata/actors/queries.hpp>
#include <strata/chain/network.hpp>

namespace strata::market {

using actors::market::Deal;
using actors::market::DealProposal;

class MarketOnChain {
  public:
    /// `state` must outlive the object. Errors: not_found if there is no market actor; malformed.
    static Result<MarketOnChain> load(vm::StateTree& state);

    /// Returns the part of `who`'s escrow that is not locked.
    Result<TokenAmount> free_escrow(ActorId who) const;
    /// Returns an empty optional for a deal that is over and for one that never existed.
    Result<std::optional<Deal>> deal(DealId id) const;
    /// Returns true if the deal is published and its sector not proven yet. The proposal must have ID addresses.
    Result<bool> is_pending(const DealProposal& proposal) const;
    /// Returns the ID of such a deal. Only the newest 10,000 deals are searched.
    Result<std::optional<DealId>> find_pending(const DealProposal& proposal) const;

  private:
    MarketOnChain(vm::StateTree& state) : blocks_(&state.store()) {}

    Blockstore* blocks_;
    actors::market::State market_;
};

/// Returns the proposal with ID addresses, as the actor keeps it. Errors: not_found if a party has no actor; the
/// sentence prints its address with `address_prefix`.
Result<DealProposal> with_ids(vm::StateTree& state, DealProposal proposal, char address_prefix);

/// Returns the least collateral of a provider that the actor would demand in a message on top of this state.
Result<TokenAmount> least_collateral_on(vm::StateTree& state, const chain::Network& network, ChainEpoch epoch,
                                        std::uint64_t padded_size);

}  // namespace strata::market
