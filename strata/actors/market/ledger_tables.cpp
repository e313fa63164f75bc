// The tables of the market's state: deals, schedules, sectors.
#include <strata/actors/market/state.hpp>

namespace strata::actors::market {
namespace {

// Returns the table in `slot`. If the slot is empty, loads the table and keeps it there.
template <class T, class Load>
ActorResult<T*> opened(Runtime& rt, std::optional<T>& slot, Load load) {
    if (!slot) {
        STRATA_TRY(auto table, rt.check(load(), ExitCode::illegal_state, "market table"));
        slot.emplace(std::move(table));
    }
    return &*slot;
}

}  // namespace

ActorResult<Ledger> Ledger::load(Runtime& rt) {
    if (!rt.policy().solstice) {
        STRATA_TRY(auto state, rt.state<State>());
        return Ledger(rt, std::move(state));
    }
    STRATA_TRY(auto tables, rt.state<State19>());
    State state;
    static_cast<Tables&>(state) = std::move(tables);
    return Ledger(rt, std::move(state));
}

ActorResult<Ledger> Ledger::empty(Runtime& rt) {
    const auto root = [&](Result<Cid> r) { return rt.check(std::move(r), ExitCode::illegal_state, "empty table"); };
    auto& store = rt.store();
    State s;
    STRATA_TRY(s.proposals, root(Proposals::empty_root(store, kProposalsWidth)));
    STRATA_TRY(s.states, root(States::empty_root(store, kStatesWidth)));
    STRATA_TRY(s.pending_proposals, root(HamtSet<Cid>::empty_root(store)));
    STRATA_TRY(s.escrow_table, root(BalanceTable::empty_root(store, kBalanceTableWidth)));
    // All empty tables with the same width have the same root.
    s.locked_table = s.escrow_table;
    STRATA_TRY(s.deal_ops_by_epoch, root(DealOps::empty_root(store)));
    s.pending_deal_allocation_ids = s.deal_ops_by_epoch;
    s.provider_sectors = s.deal_ops_by_epoch;
    return Ledger(rt, std::move(s));
}

// Writes only the tables that were opened, as the reference does.
Done Ledger::save() {
    if (proposals_) {
        STRATA_TRY(state_.proposals, checked(proposals_->flush()));
    }
    if (states_) {
        STRATA_TRY(state_.states, checked(states_->flush()));
    }
    if (pending_) {
        STRATA_TRY(state_.pending_proposals, checked(pending_->flush()));
    }
    if (escrow_) {
        STRATA_TRY(state_.escrow_table, checked(escrow_->flush()));
    }
    if (locked_) {
        STRATA_TRY(state_.locked_table, checked(locked_->flush()));
    }
    if (ops_) {
        STRATA_TRY(state_.deal_ops_by_epoch, checked(ops_->flush()));
    }
    if (allocations_) {
        STRATA_TRY(state_.pending_deal_allocation_ids, checked(allocations_->flush()));
    }
    if (provider_sectors_) {
        STRATA_TRY(state_.provider_sectors, checked(provider_sectors_->flush()));
    }
    if (!solstice()) return rt_->set_state(state_);
    State19 tables;
    static_cast<Tables&>(tables) = state_;
    return rt_->set_state(tables);
}

ActorResult<Proposals*> Ledger::proposals() {
    return opened(*rt_, proposals_, [&] { return Proposals::load(rt_->store(), state_.proposals, kProposalsWidth); });
}
ActorResult<States*> Ledger::states() {
    return opened(*rt_, states_, [&] { return States::load(rt_->store(), state_.states, kStatesWidth); });
}
ActorResult<HamtSet<Cid>*> Ledger::pending() {
    return opened(*rt_, pending_, [&] { return HamtSet<Cid>::load(rt_->store(), state_.pending_proposals); });
}
ActorResult<BalanceTable*> Ledger::table(std::optional<BalanceTable>& slot, const Cid& root) {
    return opened(*rt_, slot, [&] { return BalanceTable::load(rt_->store(), root, kBalanceTableWidth); });
}
ActorResult<DealOps*> Ledger::ops() {
    return opened(*rt_, ops_, [&] { return DealOps::load(rt_->store(), state_.deal_ops_by_epoch); });
}
ActorResult<HamtMap<DealId, std::uint64_t>*> Ledger::allocations() {
    return opened(*rt_, allocations_, [&] {
        return HamtMap<DealId, std::uint64_t>::load(rt_->store(), state_.pending_deal_allocation_ids);
    });
}
ActorResult<ProviderSectors*> Ledger::provider_sectors() {
    return opened(*rt_, provider_sectors_,
                  [&] { return ProviderSectors::load(rt_->store(), state_.provider_sectors); });
}

ActorResult<std::optional<DealProposal>> Ledger::find_proposal(DealId id) {
    STRATA_TRY(auto* const all, proposals());
    return checked(all->get(id));
}

ActorResult<DealProposal> Ledger::proposal(DealId id) {
    STRATA_TRY(auto found, find_proposal(id));
    if (found) return std::move(*found);
    // An ID that was assigned, but has no proposal any more, belongs to a deal that is over.
    if (id < state_.next_id) return abort(kDealExpired, "deal " + std::to_string(id) + " is over");
    return not_found("deal " + std::to_string(id) + " does not exist; the next ID is " +
                     std::to_string(state_.next_id));
}

ActorResult<std::optional<DealState>> Ledger::find_state(DealId id) {
    STRATA_TRY(auto* const all, states());
    return checked(all->get(id));
}
Done Ledger::put_proposal(DealId id, const DealProposal& proposal) {
    STRATA_TRY(auto* const all, proposals());
    return checked(all->set(id, proposal));
}
Done Ledger::put_state(DealId id, const DealState& state) {
    STRATA_TRY(auto* const all, states());
    return checked(all->set(id, state));
}

Done Ledger::remove_completed(DealId id) {
    STRATA_TRY(auto* const all_states, states());
    STRATA_TRY(const bool had_state, checked(all_states->remove(id)));
    if (!had_state) return illegal_state("the completed deal " + std::to_string(id) + " has no state");
    STRATA_TRY(auto* const all_proposals, proposals());
    STRATA_TRY(const bool had_proposal, checked(all_proposals->remove(id)));
    if (!had_proposal) return illegal_state("the completed deal " + std::to_string(id) + " has no proposal");
    return {};
}

ActorResult<bool> Ledger::is_pending(const Cid& proposal) {
    STRATA_TRY(auto* const all, pending());
    return checked(all->contains(proposal));
}
Done Ledger::put_pending(const Cid& proposal) {
    STRATA_TRY(auto* const all, pending());
    return checked(all->set(proposal, Unit{}));
}
ActorResult<bool> Ledger::remove_pending(const Cid& proposal) {
    STRATA_TRY(auto* const all, pending());
    STRATA_TRY(const auto removed, checked(all->remove(proposal)));
    return removed.has_value();
}
Done Ledger::put_allocation(DealId id, std::uint64_t allocation) {
    STRATA_TRY(auto* const all, allocations());
    return checked(all->set(id, allocation));
}
ActorResult<std::uint64_t> Ledger::take_allocation(DealId id) {
    if (solstice()) return 0;
    STRATA_TRY(auto* const all, allocations());
    STRATA_TRY(const auto removed, checked(all->remove(id)));
    return removed.value_or(0);
}

Done Ledger::schedule(ChainEpoch epoch, DealId id) {
    STRATA_TRY(auto* const all, ops());
    STRATA_TRY(const auto root, checked(all->get(epoch)));
    HamtSet<DealId> deals(rt_->store());
    if (root) {
        STRATA_TRY(deals, checked(HamtSet<DealId>::load(rt_->store(), *root)));
    }
    STRATA_OK(checked(deals.set(id, Unit{})));
    STRATA_TRY(const Cid new_root, checked(deals.flush()));
    return checked(all->set(epoch, new_root));
}

ActorResult<std::vector<DealId>> Ledger::scheduled(ChainEpoch epoch) {
    STRATA_TRY(auto* const all, ops());
    STRATA_TRY(const auto root, checked(all->get(epoch)));
    std::vector<DealId> out;
    if (!root) return out;
    STRATA_TRY(const auto deals, checked(HamtSet<DealId>::load(rt_->store(), *root)));
    STRATA_OK(checked(deals.for_each([&](DealId id, const Unit&) -> Status {
        out.push_back(id);
        return {};
    })));
    return out;
}

Done Ledger::unschedule_all(ChainEpoch epoch) {
    STRATA_TRY(auto* const all, ops());
    STRATA_OK(checked(all->remove(epoch)));
    return {};
}

ActorResult<SectorDealIds> Ledger::sector_deals(ActorId provider) {
    STRATA_TRY(auto* const all, provider_sectors());
    STRATA_TRY(const auto root, checked(all->get(provider)));
    if (!root) return SectorDealIds(rt_->store());
    return checked(SectorDealIds::load(rt_->store(), *root));
}

Done Ledger::save_sector_deals(ActorId provider, SectorDealIds& deals) {
    STRATA_TRY(auto* const all, provider_sectors());
    if (deals.empty()) {
        STRATA_OK(checked(all->remove(provider)));
        return {};
    }
    STRATA_TRY(const Cid root, checked(deals.flush()));
    return checked(all->set(provider, root));
}

Done Ledger::add_sector_deals(ActorId provider,
                              const std::vector<std::pair<SectorNumber, std::vector<DealId>>>& added) {
    STRATA_TRY(auto deals, sector_deals(provider));
    for (const auto& [sector, ids] : added) {
        STRATA_TRY(const auto existing, checked(deals.get(sector)));
        auto all = ids;
        if (existing) all.insert(all.end(), existing->begin(), existing->end());
        // As in the reference, the list is stored sorted and without duplicates.
        std::ranges::sort(all);
        const auto repeated = std::ranges::unique(all);
        all.erase(repeated.begin(), repeated.end());
        STRATA_OK(checked(deals.set(sector, all)));
    }
    return save_sector_deals(provider, deals);
}

ActorResult<std::vector<DealId>> Ledger::pop_sector_deals(ActorId provider, const BitField& sectors) {
    STRATA_TRY(auto deals, sector_deals(provider));
    std::vector<DealId> popped;
    bool found = false;
    for (const auto& range : sectors.ranges()) {
        for (SectorNumber sector = range.begin; sector < range.end; ++sector) {
            STRATA_OK(rt_->charge_round());
            STRATA_TRY(const auto ids, checked(deals.remove(sector)));
            if (!ids) continue;
            found = true;
            popped.insert(popped.end(), ids->begin(), ids->end());
        }
    }
    // As in the reference, a table without changes is not written.
    if (found) STRATA_OK(save_sector_deals(provider, deals));
    return popped;
}

Done Ledger::remove_sector_deals(const ProviderSectorDeals& removed) {
    for (const auto& [provider, sectors] : removed) {
        STRATA_TRY(auto deals, sector_deals(provider));
        bool found = false;
        for (const auto& [sector, ids] : sectors) {
            STRATA_TRY(auto existing, checked(deals.get(sector)));
            if (!existing) continue;
            found = true;
            std::erase_if(*existing, [&](DealId id) { return std::ranges::find(ids, id) != ids.end(); });
            if (existing->empty()) {
                STRATA_OK(checked(deals.remove(sector)));
            } else {
                STRATA_OK(checked(deals.set(sector, *existing)));
            }
        }
        if (found) STRATA_OK(save_sector_deals(provider, deals));
    }
    return {};
}

}  // namespace strata::actors::market
