// Pays for deals and ends them: by settlement, by cron or by termination.
#include <strata/actors/market/handlers.hpp>

namespace strata::actors::market {
namespace {

void mark_removed(ProviderSectorDeals& removed, const DealProposal& proposal, const DealState& state, DealId id) {
    removed[*proposal.provider.as_id()][state.sector_number].push_back(id);
}

// The collected effects of one cron tick.
struct CronRun {
    TokenAmount slashed;
    ProviderSectorDeals removed;
    std::map<ChainEpoch, std::vector<DealId>> rescheduled;
};

// Deals from before FIP-0074 are paid by cron. Newer deals are paid when somebody calls SettleDealPayments.
Done update_legacy_deal(Runtime& rt, Ledger& ledger, CronRun& run, DealId id, const DealProposal& proposal,
                        DealState state, const Cid& cid) {
    STRATA_TRY(const auto update, ledger.update(state, proposal, cid));
    if (update.remove) {
        run.slashed += update.slashed;
        STRATA_OK(ledger.remove_completed(id));
        mark_removed(run.removed, proposal, state, id);
        if (!update.completed) STRATA_OK(emit_deal(rt, "deal-terminated", id, proposal));
    } else {
        if (!update.slashed.is_zero())
            return illegal_state("deal " + std::to_string(id) + " continues, although " + update.slashed.to_string() +
                                 " attoFIL were slashed");
        state.last_updated_epoch = rt.epoch();
        STRATA_OK(ledger.put_state(id, state));
        run.rescheduled[next_update_epoch(id, rt.epoch() + 1)].push_back(id);
    }
    if (update.completed) STRATA_OK(emit_deal(rt, "deal-completed", id, proposal));
    return {};
}

// Returns true for a deal from after FIP-0074, which cron visits once, to end the time in which its proposal is
// pending: it has started by then, so it cannot be published again. Such a deal was never updated, or, since version
// 19, this is the visit that was scheduled when it was published (builtin-actors #1781;
// actors/market/tests/cron_tick_first_visit.rs).
bool is_only_visit(Runtime& rt, DealId id, const DealProposal& proposal, const DealState& state, ChainEpoch scheduled) {
    if (rt.policy().solstice) return scheduled <= next_update_epoch(id, proposal.start_epoch);
    return state.last_updated_epoch == kEpochUndefined;
}

// `scheduled` is the epoch of the visit, which is before the current epoch after null rounds.
Done visit_deal(Runtime& rt, Ledger& ledger, CronRun& run, DealId id, ChainEpoch scheduled) {
    STRATA_TRY(const auto proposal, ledger.find_proposal(id));
    if (!proposal) return {};  // it was settled or terminated before its turn
    STRATA_TRY(const Cid cid, proposal_cid(rt, *proposal));
    STRATA_TRY(const auto activity, ledger.active_or_timed_out(id, *proposal, cid));
    if (const auto* timeout = std::get_if<Ledger::Timeout>(&activity)) {
        run.slashed += timeout->slashed;
        return {};
    }
    if (std::holds_alternative<Ledger::TooEarly>(activity))
        return illegal_state("deal " + std::to_string(id) + " is processed at epoch " + std::to_string(rt.epoch()) +
                             ", expected at least " + std::to_string(proposal->start_epoch) +
                             ", the epoch of its start");
    const auto& state = std::get<DealState>(activity);
    if (is_only_visit(rt, id, *proposal, state, scheduled)) {
        STRATA_TRY(const bool was_pending, ledger.remove_pending(cid));
        if (!was_pending && !rt.policy().solstice)
            return illegal_state("deal " + std::to_string(id) +
                                 " is active, but it was not pending before its first update");
        return {};
    }
    return update_legacy_deal(rt, ledger, run, id, *proposal, state, cid);
}

// The results of SettleDealPayments, and the effects that are written at its end.
struct Settlement {
    SettleDealPaymentsReturn out;
    TokenAmount slashed;
    ProviderSectorDeals removed;
    std::vector<std::pair<DealId, DealState>> states;
};

// Returns false for a success. For a deal that failed, adds its exit code to the results and returns true, so that the
// next deal is settled all the same. A failure without an exit code, such as too little gas, ends the message.
template <class T>
ActorResult<bool> note_failure(Settlement& s, const ActorResult<T>& result) {
    if (result) return false;
    if (result.error().kind != Abort::Kind::exit) return result.error();
    s.out.results.add_fail(result.error().code);
    return true;
}

Done settle_active(Runtime& rt, Ledger& ledger, Settlement& s, DealId id, const DealProposal& proposal, DealState state,
                   const Cid& cid) {
    if (state.slash_epoch != kEpochUndefined)
        return illegal_argument("deal " + std::to_string(id) + " was marked for termination at epoch " +
                                std::to_string(state.slash_epoch) + "; only cron can settle it");
    const auto update = ledger.update(state, proposal, cid);
    STRATA_TRY(const bool failed, note_failure(s, update));
    if (failed) return {};
    if (update->remove) {
        STRATA_OK(ledger.remove_completed(id));
        mark_removed(s.removed, proposal, state, id);
        if (!update->completed) STRATA_OK(emit_deal(rt, "deal-terminated", id, proposal));
    } else {
        state.last_updated_epoch = rt.epoch();
        s.states.emplace_back(id, state);
    }
    s.out.settlements.push_back({.payment = update->payment, .completed = update->remove});
    s.out.results.add_success();
    if (update->completed) STRATA_OK(emit_deal(rt, "deal-completed", id, proposal));
    return {};
}

Done settle_deal(Runtime& rt, Ledger& ledger, Settlement& s, DealId id) {
    const auto proposal = ledger.proposal(id);
    if (!proposal) {
        if (proposal.error().kind != Abort::Kind::exit) return proposal.error();
        s.out.results.add_fail(kDealExpired);  // also for a deal that never existed
        return {};
    }
    STRATA_TRY(const Cid cid, proposal_cid(rt, *proposal));
    const auto activity = ledger.active_or_timed_out(id, *proposal, cid);
    STRATA_TRY(const bool failed, note_failure(s, activity));
    if (failed) return {};
    if (const auto* state = std::get_if<DealState>(&*activity))
        return settle_active(rt, ledger, s, id, *proposal, *state, cid);
    if (const auto* timeout = std::get_if<Ledger::Timeout>(&*activity)) {
        s.slashed += timeout->slashed;
        s.out.results.add_fail(kDealExpired);
        return {};
    }
    // The deal has not started, so no payment is due yet.
    s.out.settlements.push_back({.payment = 0, .completed = false});
    s.out.results.add_success();
    return {};
}

// Ends a deal whose sector was terminated, and returns the slashed collateral.
ActorResult<TokenAmount> terminate_deal(Runtime& rt, Ledger& ledger, DealId id, ChainEpoch epoch) {
    STRATA_TRY(const auto proposal, ledger.find_proposal(id));
    if (!proposal) return TokenAmount(0);
    if (proposal->provider != Address::id(rt.caller()))
        return illegal_state("the provider of deal " + std::to_string(id) + " is " + proposal->provider.to_string() +
                             ", expected the caller, f0" + std::to_string(rt.caller()));
    // A deal that reached its end is not slashed. Its settlement pays it and removes it.
    if (proposal->end_epoch <= epoch) return TokenAmount(0);
    STRATA_TRY(auto state, ledger.find_state(id));
    if (!state) return illegal_argument("deal " + std::to_string(id) + " has no state, because it was never activated");
    // Since version 19 a settlement may have updated the deal without removing its pending entry.
    if (state->last_updated_epoch == kEpochUndefined || rt.policy().solstice) {
        STRATA_TRY(const Cid cid, proposal_cid(rt, *proposal));
        STRATA_OK(ledger.remove_pending(cid));
    }
    state->slash_epoch = epoch;
    STRATA_TRY(auto slashed, ledger.slash(*proposal, *state));
    STRATA_OK(ledger.remove_completed(id));
    STRATA_OK(emit_deal(rt, "deal-terminated", id, *proposal));
    return slashed;
}

}  // namespace

Done emit_deal(Runtime& rt, std::string_view type, DealId id, const DealProposal& proposal) {
    Runtime::Event event(type);
    event.indexed("id", id).indexed("client", *proposal.client.as_id()).indexed("provider", *proposal.provider.as_id());
    return rt.emit(event);
}

Done burn(Runtime& rt, const TokenAmount& amount) {
    if (amount.is_zero()) return {};
    STRATA_OK(rt.call(Address::id(kBurntFundsId), kMethodSend, std::nullopt, amount));
    return {};
}

Done cron_tick(Runtime& rt) {
    STRATA_OK(rt.require_caller({kCronId}));
    STRATA_TRY(auto ledger, Ledger::load(rt));
    CronRun run;
    // Null rounds have no cron, so this tick also visits the deals that were scheduled for them.
    const ChainEpoch first = ledger.state().last_cron + 1;
    for (ChainEpoch epoch = first; epoch <= rt.epoch(); ++epoch) {
        STRATA_TRY(const auto deals, ledger.scheduled(epoch));
        for (const DealId id : deals) STRATA_OK(visit_deal(rt, ledger, run, id, epoch));
    }
    STRATA_OK(ledger.remove_sector_deals(run.removed));
    for (ChainEpoch epoch = first; epoch <= rt.epoch(); ++epoch) STRATA_OK(ledger.unschedule_all(epoch));
    for (const auto& [epoch, ids] : run.rescheduled)
        for (const DealId id : ids) STRATA_OK(ledger.schedule(epoch, id));
    ledger.state().last_cron = rt.epoch();
    STRATA_OK(ledger.save());
    return burn(rt, run.slashed);
}

ActorResult<SettleDealPaymentsReturn> settle_deal_payments(Runtime& rt, const BitField& deal_ids) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto ledger, Ledger::load(rt));
    Settlement s;
    for (const auto& range : deal_ids.ranges())
        for (DealId id = range.begin; id < range.end; ++id) {
            STRATA_OK(rt.charge_round());
            STRATA_OK(settle_deal(rt, ledger, s, id));
        }
    for (const auto& [id, state] : s.states) STRATA_OK(ledger.put_state(id, state));
    STRATA_OK(ledger.remove_sector_deals(s.removed));
    STRATA_OK(ledger.save());
    STRATA_OK(burn(rt, s.slashed));
    return std::move(s.out);
}

Done on_miner_sectors_terminate(Runtime& rt, const OnMinerSectorsTerminateParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    STRATA_TRY(auto ledger, Ledger::load(rt));
    STRATA_TRY(const auto ids, ledger.pop_sector_deals(rt.caller(), params.sectors));
    TokenAmount total;
    for (const DealId id : ids) {
        STRATA_TRY(const auto slashed, terminate_deal(rt, ledger, id, params.epoch));
        total += slashed;
    }
    STRATA_OK(ledger.save());
    return burn(rt, total);
}

}  // namespace strata::actors::market
