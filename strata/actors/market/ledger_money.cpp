// The money in the market's state: escrow, locks, payments, and the final payments of a deal.
#include <strata/actors/market/state.hpp>

namespace strata::actors::market {
namespace {

std::string balance_too_low(const Address& address, const TokenAmount& held, const TokenAmount& taken) {
    return "the balance of " + address.to_string() + " is " + held.to_string() + " attoFIL, expected at least " +
           taken.to_string() + ", the amount to take";
}
std::string slashed_after_end(const DealState& state, const DealProposal& p) {
    return "the deal was slashed at epoch " + std::to_string(state.slash_epoch) + ", expected at most " +
           std::to_string(p.end_epoch) + ", the epoch of its end";
}

}  // namespace

ActorResult<TokenAmount> Ledger::escrow(const Address& address) {
    STRATA_TRY(auto* const balances, escrow_table());
    STRATA_TRY(auto amount, checked(balances->get(address)));
    return amount.value_or(TokenAmount(0));
}
ActorResult<TokenAmount> Ledger::locked(const Address& address) {
    STRATA_TRY(auto* const balances, locked_table());
    STRATA_TRY(auto amount, checked(balances->get(address)));
    return amount.value_or(TokenAmount(0));
}

Done Ledger::add_to(BalanceTable& table, const Address& address, const TokenAmount& amount) {
    STRATA_TRY(const auto found, checked(table.get(address)));
    const TokenAmount before = found.value_or(TokenAmount(0));
    const TokenAmount sum = before + amount;
    if (sum.is_negative()) return illegal_argument(balance_too_low(address, before, -amount));
    // A balance that becomes zero is removed from the table, but zero added to a missing balance is written, as in
    // builtin-actors, because the table's root depends on it.
    if (sum.is_zero() && !before.is_zero()) {
        STRATA_OK(checked(table.remove(address)));
        return {};
    }
    return checked(table.set(address, sum));
}

Done Ledger::subtract_from(BalanceTable& table, const Address& address, const TokenAmount& amount) {
    STRATA_TRY(const auto found, checked(table.get(address)));
    if (const auto held = found.value_or(TokenAmount(0)); amount > held)
        return illegal_argument(balance_too_low(address, held, amount));
    return add_to(table, address, -amount);
}

Done Ledger::deposit(const Address& address, const TokenAmount& amount) {
    STRATA_TRY(auto* const balances, escrow_table());
    return add_to(*balances, address, amount);
}

ActorResult<TokenAmount> Ledger::withdraw(const Address& address, const TokenAmount& amount) {
    STRATA_TRY(const auto held, escrow(address));
    STRATA_TRY(const auto minimum, locked(address));
    TokenAmount taken = min(max(TokenAmount(0), held - minimum), amount);
    if (taken.sign() > 0) {
        STRATA_TRY(auto* const balances, escrow_table());
        STRATA_OK(add_to(*balances, address, -taken));
    }
    return taken;
}

ActorResult<bool> Ledger::covers(const Address& address, const TokenAmount& to_lock) {
    STRATA_TRY(const auto held, escrow(address));
    STRATA_TRY(const auto before, locked(address));
    return before + to_lock <= held;
}

Done Ledger::lock(const Address& address, const TokenAmount& amount) {
    if (amount.is_negative())
        return illegal_state("the amount to lock is " + amount.to_string() + " attoFIL, expected at least 0");
    STRATA_TRY(const bool covered, covers(address, amount));
    if (!covered)
        return insufficient_funds("the free escrow of " + address.to_string() + " does not cover the " +
                                  amount.to_string() + " attoFIL to lock");
    STRATA_TRY(auto* const balances, locked_table());
    return add_to(*balances, address, amount);
}

Done Ledger::lock_for(const DealProposal& proposal) {
    STRATA_OK(lock(proposal.client, proposal.client_balance_requirement()));
    STRATA_OK(lock(proposal.provider, proposal.provider_collateral));
    state_.total_client_locked_collateral += proposal.client_collateral;
    state_.total_client_storage_fee += proposal.total_storage_fee();
    state_.total_provider_locked_collateral += proposal.provider_collateral;
    return {};
}

Done Ledger::unlock(const Address& address, const TokenAmount& amount, Reason reason) {
    if (amount.is_negative())
        return illegal_state("the amount to unlock is " + amount.to_string() + " attoFIL, expected at least 0");
    STRATA_TRY(auto* const balances, locked_table());
    STRATA_OK(subtract_from(*balances, address, amount));
    // These totals count locked FIL, which the circulating supply excludes.
    switch (reason) {
        case Reason::client_collateral:
            state_.total_client_locked_collateral -= amount;
            break;
        case Reason::client_storage_fee:
            state_.total_client_storage_fee -= amount;
            break;
        case Reason::provider_collateral:
            state_.total_provider_locked_collateral -= amount;
            break;
    }
    return {};
}

// Moves locked funds of the client to the provider, who gets them unlocked.
Done Ledger::pay(const Address& client, const Address& provider, const TokenAmount& amount) {
    STRATA_TRY(auto* const balances, escrow_table());
    STRATA_OK(subtract_from(*balances, client, amount));
    STRATA_OK(unlock(client, amount, Reason::client_storage_fee));
    return add_to(*balances, provider, amount);
}

// Takes locked funds out of the market's tables. The caller burns them.
Done Ledger::take(const Address& address, const TokenAmount& amount, Reason reason) {
    if (amount.is_negative())
        return illegal_state("the amount to slash is " + amount.to_string() + " attoFIL, expected at least 0");
    STRATA_TRY(auto* const balances, escrow_table());
    STRATA_OK(subtract_from(*balances, address, amount));
    return unlock(address, amount, reason);
}

ActorResult<Ledger::Activity> Ledger::active_or_timed_out(DealId id, const DealProposal& proposal,
                                                          const Cid& proposal_cid) {
    const bool early = rt_->epoch() < proposal.start_epoch;
    // Source of the rule since version 19: crate fil_actor_market_state 27.2.0 src/v19/state.rs.
    if (early && solstice()) return Activity(TooEarly{});
    STRATA_TRY(const auto state, find_state(id));
    if (state) return Activity(*state);
    if (early) return Activity(TooEarly{});
    STRATA_OK(unlock(proposal.client, proposal.total_storage_fee(), Reason::client_storage_fee));
    STRATA_OK(unlock(proposal.client, proposal.client_collateral, Reason::client_collateral));
    // The penalty is the complete collateral of the provider, so no part of it remains to unlock. builtin-actors calls
    // unlock with zero all the same.
    STRATA_OK(take(proposal.provider, proposal.provider_collateral, Reason::provider_collateral));
    STRATA_OK(unlock(proposal.provider, 0, Reason::provider_collateral));
    STRATA_TRY(auto* const all, proposals());
    STRATA_TRY(const bool had_proposal, checked(all->remove(id)));
    if (!had_proposal) return illegal_state("deal " + std::to_string(id) + " timed out, but it has no proposal");
    STRATA_TRY(const bool was_pending, remove_pending(proposal_cid));
    if (!was_pending) return illegal_state("deal " + std::to_string(id) + " timed out, but it was not pending");
    STRATA_OK(take_allocation(id));
    return Activity(Timeout{proposal.provider_collateral});
}

// The client pays for the epochs up to the slash, and gets back the rest of the fee and the client collateral. The
// provider loses the provider collateral.
ActorResult<TokenAmount> Ledger::slash(const DealProposal& p, const DealState& state) {
    const ChainEpoch from = std::max(p.start_epoch, state.last_updated_epoch);
    const ChainEpoch to = std::min(p.end_epoch, state.slash_epoch);
    const TokenAmount payment = p.storage_price_per_epoch * BigInt(std::max<ChainEpoch>(0, to - from));
    if (payment.sign() > 0) STRATA_OK(pay(p.client, p.provider, payment));
    if (state.slash_epoch > p.end_epoch) return illegal_state(slashed_after_end(state, p));
    const ChainEpoch remaining = p.end_epoch - std::max(state.slash_epoch, p.start_epoch);
    if (remaining < 0)
        return illegal_state("the deal has " + std::to_string(remaining) + " epochs left, expected at least 0");
    STRATA_OK(unlock(p.client, p.storage_price_per_epoch * BigInt(remaining), Reason::client_storage_fee));
    STRATA_OK(unlock(p.client, p.client_collateral, Reason::client_collateral));
    STRATA_OK(take(p.provider, p.provider_collateral, Reason::provider_collateral));
    return p.provider_collateral;
}

// Ends the time in which the proposal is pending: with the first update. Since version 19 that update must be after the
// start, because at the start the proposal could still be published again (crate fil_actor_market_state 27.2.0
// src/v19/state.rs). Cron or an earlier settlement may have removed the pending entry already.
Done Ledger::end_pending(const DealState& state, const DealProposal& p, const Cid& proposal_cid) {
    const bool ever_updated = state.last_updated_epoch != kEpochUndefined;
    const bool was_early = !ever_updated || (solstice() && state.last_updated_epoch <= p.start_epoch);
    const bool is_late = !solstice() || rt_->epoch() > p.start_epoch;
    if (was_early && is_late) STRATA_OK(remove_pending(proposal_cid));
    return {};
}

// Pays for the epochs since the last update, and releases the collaterals when the deal is over.
ActorResult<Ledger::Update> Ledger::update(const DealState& state, const DealProposal& p, const Cid& proposal_cid) {
    const ChainEpoch now = rt_->epoch();
    const bool ever_updated = state.last_updated_epoch != kEpochUndefined;
    STRATA_OK(end_pending(state, p, proposal_cid));
    if (ever_updated && state.last_updated_epoch > now)
        return illegal_state("the deal was updated at epoch " + std::to_string(state.last_updated_epoch) +
                             "; the current epoch is " + std::to_string(now));
    if (p.start_epoch > now) return Update{};
    const bool slashed = state.slash_epoch != kEpochUndefined;
    if (slashed && now < state.slash_epoch)
        return illegal_state("the deal was slashed at epoch " + std::to_string(state.slash_epoch) +
                             "; the current epoch is " + std::to_string(now));
    if (slashed && state.slash_epoch > p.end_epoch) return illegal_state(slashed_after_end(state, p));
    const ChainEpoch to = slashed ? state.slash_epoch : std::min(p.end_epoch, now);
    const ChainEpoch from =
        ever_updated && state.last_updated_epoch > p.start_epoch ? state.last_updated_epoch : p.start_epoch;
    const TokenAmount payment = p.storage_price_per_epoch * BigInt(to - from);
    if (payment.sign() > 0) STRATA_OK(pay(p.client, p.provider, payment));
    if (slashed) {
        // Only deals that were marked for termination before FIP-0074 get here. As in builtin-actors, the reported
        // payment includes the rest that goes back to the client.
        const TokenAmount rest =
            p.storage_price_per_epoch * BigInt(p.end_epoch - std::max(state.slash_epoch, p.start_epoch));
        STRATA_OK(unlock(p.client, rest, Reason::client_storage_fee));
        STRATA_OK(unlock(p.client, p.client_collateral, Reason::client_collateral));
        STRATA_OK(take(p.provider, p.provider_collateral, Reason::provider_collateral));
        return Update{.slashed = p.provider_collateral, .payment = rest + payment, .completed = false, .remove = true};
    }
    if (now < p.end_epoch) return Update{.slashed = 0, .payment = payment, .completed = false, .remove = false};
    if (state.sector_start_epoch == kEpochUndefined)
        return illegal_state("the deal ended at epoch " + std::to_string(p.end_epoch) + ", but it never started");
    STRATA_OK(unlock(p.provider, p.provider_collateral, Reason::provider_collateral));
    STRATA_OK(unlock(p.client, p.client_collateral, Reason::client_collateral));
    return Update{.slashed = 0, .payment = payment, .completed = true, .remove = true};
}

ActorResult<Cid> proposal_cid(Runtime& rt, const DealProposal& proposal) {
    STRATA_TRY(const auto digest, rt.blake2b(to_cbor(proposal)));
    return Cid::v1(Codec::dag_cbor, HashCode::blake2b_256, digest);
}

}  // namespace strata::actors::market
