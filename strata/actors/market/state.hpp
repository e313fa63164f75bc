#pragma once
// The state of the storage market and the operations on it. `Ledger` loads tables when they are first used, keeps them
// open and writes all of them in save(). Source: docs/protocol/fvm.md §8.9; builtin-actors actors/market/src/state.rs.
#include <strata/actors/market/types.hpp>
#include <strata/actors/runtime.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/hamt.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::market {

inline constexpr unsigned kProposalsWidth = 5;
inline constexpr unsigned kStatesWidth = 6;
inline constexpr unsigned kBalanceTableWidth = 6;
/// The exit code for a deal that is over, whose record is deleted.
inline constexpr ExitCode kDealExpired{32};
/// The exit code for a deal that is not active yet.
inline constexpr ExitCode kDealNotActivated{33};

/// The part of the state that is the same in all versions of the actor.
struct Tables {
    Cid proposals;
    Cid states;
    Cid pending_proposals;
    Cid escrow_table;
    Cid locked_table;
    DealId next_id = 0;
    Cid deal_ops_by_epoch;
    ChainEpoch last_cron = kEpochUndefined;
    TokenAmount total_client_locked_collateral;
    TokenAmount total_provider_locked_collateral;
    TokenAmount total_client_storage_fee;
    Cid provider_sectors;
};

/// The state up to version 18.
struct State : Tables {
    Cid pending_deal_allocation_ids;
    STRATA_CBOR_TUPLE(proposals, states, pending_proposals, escrow_table, locked_table, next_id, deal_ops_by_epoch,
                      last_cron, total_client_locked_collateral, total_provider_locked_collateral,
                      total_client_storage_fee, pending_deal_allocation_ids, provider_sectors);
};

/// The state since version 19, which knows no verified deals (FIP-0118; crate fil_actor_market_state 27.2.0
/// src/v19/state.rs).
struct State19 : Tables {
    STRATA_CBOR_TUPLE(proposals, states, pending_proposals, escrow_table, locked_table, next_id, deal_ops_by_epoch,
                      last_cron, total_client_locked_collateral, total_provider_locked_collateral,
                      total_client_storage_fee, provider_sectors);
};

using Proposals = AmtArray<DealProposal>;
using States = AmtArray<DealState>;
using BalanceTable = HamtMap<Address, TokenAmount>;
using PendingAllocations = HamtMap<DealId, std::uint64_t>;  // to the ID of a verified deal's allocation
using DealOps = HamtMap<ChainEpoch, Cid>;                   // epoch to the root of a HamtSet<DealId>
using ProviderSectors = HamtMap<ActorId, Cid>;              // provider to the root of a SectorDealIds
using SectorDealIds = HamtMap<SectorNumber, std::vector<DealId>>;
using ProviderSectorDeals = std::map<ActorId, std::map<SectorNumber, std::vector<DealId>>>;

class Ledger {
  public:
    /// Opens the actor's state. Nothing is written before save().
    static ActorResult<Ledger> load(Runtime& rt);
    /// Returns a market without deals.
    static ActorResult<Ledger> empty(Runtime& rt);
    Done save();
    Tables& state() { return state_; }

    // Deals.
    ActorResult<std::optional<DealProposal>> find_proposal(DealId id);
    /// Fails with kDealExpired for a deal that is over, and with not_found for one that never existed.
    ActorResult<DealProposal> proposal(DealId id);
    ActorResult<std::optional<DealState>> find_state(DealId id);
    Done put_proposal(DealId id, const DealProposal& proposal);
    Done put_state(DealId id, const DealState& state);
    /// Removes the proposal and the state of a deal that is over.
    Done remove_completed(DealId id);

    ActorResult<bool> is_pending(const Cid& proposal);
    Done put_pending(const Cid& proposal);
    /// Returns false if the proposal was not pending.
    ActorResult<bool> remove_pending(const Cid& proposal);
    Done put_allocation(DealId id, std::uint64_t allocation);
    /// Removes and returns the allocation of a deal; 0 if the deal has none, as all deals since version 19.
    ActorResult<std::uint64_t> take_allocation(DealId id);

    // Cron.
    Done schedule(ChainEpoch epoch, DealId id);
    ActorResult<std::vector<DealId>> scheduled(ChainEpoch epoch);
    Done unschedule_all(ChainEpoch epoch);

    // Sectors of providers.
    Done add_sector_deals(ActorId provider, const std::vector<std::pair<SectorNumber, std::vector<DealId>>>& added);
    /// Removes the deals of these sectors and returns their IDs.
    ActorResult<std::vector<DealId>> pop_sector_deals(ActorId provider, const BitField& sectors);
    Done remove_sector_deals(const ProviderSectorDeals& removed);

    /// Returns the complete deposit of an address, free and locked.
    ActorResult<TokenAmount> escrow(const Address& address);
    /// Returns the part of the deposit that deals lock.
    ActorResult<TokenAmount> locked(const Address& address);
    Done deposit(const Address& address, const TokenAmount& amount);
    /// Takes up to `amount` of the unlocked balance and returns the amount taken.
    ActorResult<TokenAmount> withdraw(const Address& address, const TokenAmount& amount);
    /// Returns true if the free escrow of the address is enough to lock this amount.
    ActorResult<bool> covers(const Address& address, const TokenAmount& to_lock);
    /// Locks the client's fee and collateral and the provider's collateral.
    Done lock_for(const DealProposal& proposal);

    // A deal's life.
    struct Timeout {
        TokenAmount slashed;
    };
    struct TooEarly {};
    using Activity = std::variant<DealState, Timeout, TooEarly>;
    /// Returns the state of an active deal. Removes a deal whose start has passed without activation, and returns
    /// Timeout; returns TooEarly before the start, since version 19 of active deals too.
    ActorResult<Activity> active_or_timed_out(DealId id, const DealProposal& proposal, const Cid& proposal_cid);
    struct Update {
        TokenAmount slashed;
        TokenAmount payment;
        bool completed = false;
        bool remove = false;
    };
    /// Settles an active deal up to the current epoch. The caller removes the deal if `remove` is set.
    ActorResult<Update> update(const DealState& state, const DealProposal& proposal, const Cid& proposal_cid);
    /// Pays up to the slash epoch, gives the rest back to the client, takes the provider's collateral and returns it as
    /// the slashed amount.
    ActorResult<TokenAmount> slash(const DealProposal& proposal, const DealState& state);

  private:
    enum class Reason { client_collateral, client_storage_fee, provider_collateral };
    Ledger(Runtime& rt, State state) : rt_(&rt), state_(std::move(state)) {}
    bool solstice() const { return rt_->policy().solstice; }
    Done end_pending(const DealState& state, const DealProposal& proposal, const Cid& proposal_cid);
    template <class T>
    ActorResult<T> checked(Result<T> result) {
        return rt_->check(std::move(result), ExitCode::illegal_state, "market state");
    }
    ActorResult<Proposals*> proposals();
    ActorResult<States*> states();
    ActorResult<HamtSet<Cid>*> pending();
    ActorResult<BalanceTable*> table(std::optional<BalanceTable>& slot, const Cid& root);
    ActorResult<BalanceTable*> escrow_table() { return table(escrow_, state_.escrow_table); }
    ActorResult<BalanceTable*> locked_table() { return table(locked_, state_.locked_table); }
    ActorResult<DealOps*> ops();
    ActorResult<HamtMap<DealId, std::uint64_t>*> allocations();
    ActorResult<ProviderSectors*> provider_sectors();
    ActorResult<SectorDealIds> sector_deals(ActorId provider);
    Done save_sector_deals(ActorId provider, SectorDealIds& deals);

    Done add_to(BalanceTable& table, const Address& address, const TokenAmount& amount);
    Done subtract_from(BalanceTable& table, const Address& address, const TokenAmount& amount);
    Done lock(const Address& address, const TokenAmount& amount);
    Done unlock(const Address& address, const TokenAmount& amount, Reason reason);
    Done pay(const Address& client, const Address& provider, const TokenAmount& amount);
    Done take(const Address& address, const TokenAmount& amount, Reason reason);

    Runtime* rt_;
    State state_;  // since version 19 its allocations do not exist
    std::optional<Proposals> proposals_;
    std::optional<States> states_;
    std::optional<HamtSet<Cid>> pending_;
    std::optional<BalanceTable> escrow_;
    std::optional<BalanceTable> locked_;
    std::optional<DealOps> ops_;
    std::optional<HamtMap<DealId, std::uint64_t>> allocations_;
    std::optional<ProviderSectors> provider_sectors_;
};

/// Returns the CID under which a proposal is pending: the blake2b-256 of its CBOR.
ActorResult<Cid> proposal_cid(Runtime& rt, const DealProposal& proposal);

}  // namespace strata::actors::market
