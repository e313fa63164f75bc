#pragma once
// Reads the state of the storage market: escrow and deals. Layout: docs/protocol/fvm.md §8.9; builtin-actors
// actors/market/src/state.rs.
#include <functional>
#include <memory>

#include <strata/types/basic.hpp>

namespace strata {
class Blockstore;
namespace vm {
class StateTree;
}
namespace actors::market {
struct Deal;
struct DealProposal;
struct Tables;
}  // namespace actors::market
}  // namespace strata

namespace strata::actors::read {

/// The money that the market holds for an address.
struct Escrow {
    TokenAmount total;
    TokenAmount locked;  // a part of `total`
    TokenAmount free() const { return total - locked; }
};

class Market {
  public:
    /// The blocks below `tree` must outlive the object. Errors: not_found without a market actor; missing_block,
    /// malformed.
    static Result<Market> load(vm::StateTree& tree);

    /// The ID that the next deal gets.
    DealId next_id() const;
    /// Both amounts are zero for an owner without money in the market.
    Result<Escrow> escrow(ActorId owner) const;
    Status for_each_escrow(const std::function<Status(const Address& owner, const Escrow&)>& visit) const;
    /// Empty for a deal that is over or never existed.
    Result<std::optional<market::Deal>> deal(DealId id) const;
    /// Returns the ID of the allocation of a verified deal that is not active yet; empty for all others, and since
    /// version 19, whose market knows no verified deals (FIP-0118).
    Result<std::optional<std::uint64_t>> pending_allocation(DealId id) const;
    /// Visits all deals in ascending order of their IDs.
    Status for_each_deal(const std::function<Status(DealId, const market::Deal&)>& visit) const;
    /// Returns true if the proposal is published, and its deal was not settled, visited by cron or ended since then.
    /// The parties of `proposal` must be ID addresses.
    Result<bool> is_pending(const market::DealProposal& proposal) const;
    /// Does the same for the CID of a proposal.
    Result<bool> is_pending(const Cid& proposal) const;
    /// Returns the ID of the deal with this proposal; empty if the proposal is not pending, or its deal is not among
    /// the newest 10,000.
    Result<std::optional<DealId>> find_pending(const market::DealProposal& proposal) const;

  private:
    Market(Blockstore& blocks, market::Tables state, Cid pending_allocations);

    Blockstore* blocks_;
    std::shared_ptr<const market::Tables> state_;
    Cid pending_allocations_;  // undefined since version 19
};

}  // namespace strata::actors::read
