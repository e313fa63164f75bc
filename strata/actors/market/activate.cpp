// Deals are verified when a sector is pre-committed, and activated when the sector is proven.
#include <set>

#include <strata/actors/market/handlers.hpp>

namespace strata::actors::market {
namespace {

// Refuses a deal that the caller cannot activate in a sector with this expiration.
Done check_can_activate(Runtime& rt, const DealProposal& proposal, ChainEpoch sector_expiration) {
    if (proposal.provider != Address::id(rt.caller()))
        return forbidden("the deal's provider is " + proposal.provider.to_string() + ", expected the caller, f0" +
                         std::to_string(rt.caller()));
    // A deal that missed its start gets the exit code of a removed deal, although cron may not have removed it yet.
    if (rt.epoch() > proposal.start_epoch)
        return abort(kDealExpired, "the deal had to be activated by epoch " + std::to_string(proposal.start_epoch) +
                                       "; the current epoch is " + std::to_string(rt.epoch()));
    if (proposal.end_epoch > sector_expiration)
        return illegal_argument("the deal ends at epoch " + std::to_string(proposal.end_epoch) + ", expected at most " +
                                std::to_string(sector_expiration) + ", the epoch at which its sector expires");
    return {};
}

ActorResult<Cid> data_commitment(Runtime& rt, const std::vector<DealProposal>& proposals, RegisteredSealProof proof) {
    std::vector<PieceInfo> pieces;
    for (const auto& p : proposals) pieces.push_back({p.piece_size, p.piece_cid});
    return rt.unwrap(rt.kernel().compute_unsealed_sector_cid(proof, pieces), ExitCode::illegal_argument,
                     "unsealed sector CID");
}

// The inner result holds the exit code of a deal that cannot be activated; such a deal does not end the message. An
// outer Abort does.
using Preactivated = std::expected<DealProposal, ExitCode>;

ActorResult<Preactivated> preactivate(Runtime& rt, Ledger& ledger, DealId id, ChainEpoch sector_expiration) {
    auto proposal = ledger.proposal(id);
    if (!proposal) {
        const auto& failure = proposal.error();
        const bool of_this_deal =
            failure.kind == Abort::Kind::exit && (failure.code == ExitCode::not_found || failure.code == kDealExpired);
        if (of_this_deal) return Preactivated(std::unexpect, failure.code);
        return std::move(proposal).error();
    }
    if (auto ok = check_can_activate(rt, *proposal, sector_expiration); !ok)
        return Preactivated(std::unexpect, ok.error().code);
    // A deal gets its state when it is activated, so a deal with a state is active already.
    STRATA_TRY(const auto state, ledger.find_state(id));
    if (state) return Preactivated(std::unexpect, ExitCode::illegal_argument);
    STRATA_TRY(const Cid cid, proposal_cid(rt, *proposal));
    // A deal without a state must be pending, so that it cannot be published twice.
    STRATA_TRY(const bool pending, ledger.is_pending(cid));
    if (!pending) return Preactivated(std::unexpect, ExitCode::illegal_state);
    return Preactivated(std::move(*proposal));
}

Done check_fits(Runtime& rt, const SectorDeals& sector, const std::vector<DealProposal>& proposals) {
    const auto size = sector_size(sector.sector_type);
    if (!size)
        return illegal_argument("the seal proof type is " + std::to_string(std::to_underlying(sector.sector_type)) +
                                ", expected 0 to 19");
    BigInt total;
    for (const auto& proposal : proposals) {
        STRATA_OK(check_can_activate(rt, proposal, sector.sector_expiry));
        total += BigInt(proposal.piece_size);
    }
    if (total > BigInt(static_cast<std::uint64_t>(*size)))
        return illegal_argument("the deals have " + total.to_string() + " bytes, expected at most " +
                                std::to_string(std::to_underlying(*size)) + ", the size of the sector");
    return {};
}

bool has_duplicates(std::vector<DealId> ids) {
    std::ranges::sort(ids);
    return std::ranges::adjacent_find(ids) != ids.end();
}

DealState active_state(SectorNumber sector, ChainEpoch epoch) {
    return {.sector_number = sector,
            .sector_start_epoch = epoch,
            .last_updated_epoch = kEpochUndefined,
            .slash_epoch = kEpochUndefined};
}

using SectorIds = std::vector<std::pair<SectorNumber, std::vector<DealId>>>;

class Activation {
  public:
    Activation(Runtime& rt, Ledger& ledger) : rt_(rt), ledger_(ledger) {}

    /// Returns the sector's proposals, or the exit code of the first deal that cannot be activated.
    ActorResult<std::expected<std::vector<DealProposal>, ExitCode>> validate(const SectorDeals& sector) {
        using Out = std::expected<std::vector<DealProposal>, ExitCode>;
        if (has_duplicates(sector.deal_ids)) return Out(std::unexpect, ExitCode::illegal_argument);
        std::vector<DealProposal> proposals;
        for (const DealId id : sector.deal_ids) {
            if (activated_.contains(id)) return Out(std::unexpect, ExitCode::illegal_argument);
            STRATA_TRY(auto proposal, preactivate(rt_, ledger_, id, sector.sector_expiry));
            if (!proposal) return Out(std::unexpect, proposal.error());
            proposals.push_back(std::move(*proposal));
        }
        return Out(std::move(proposals));
    }

    ActorResult<SectorDealActivation> activate(const SectorDeals& sector, const std::vector<DealProposal>& proposals,
                                               bool compute_cid) {
        SectorDealActivation out;
        for (std::size_t i = 0; i < proposals.size(); ++i) {
            const DealId id = sector.deal_ids[i];
            activated_.insert(id);
            STRATA_TRY(const auto allocation, ledger_.take_allocation(id));
            out.activated.push_back(
                {*proposals[i].client.as_id(), allocation, proposals[i].piece_cid, proposals[i].piece_size});
            states_.emplace_back(id, active_state(sector.sector_number, rt_.epoch()));
        }
        if (compute_cid && !proposals.empty()) {
            STRATA_TRY(out.unsealed_cid, data_commitment(rt_, proposals, sector.sector_type));
        }
        sectors_.emplace_back(sector.sector_number, sector.deal_ids);
        for (std::size_t i = 0; i < proposals.size(); ++i)
            STRATA_OK(emit_deal(rt_, "deal-activated", sector.deal_ids[i], proposals[i]));
        return out;
    }

    /// Activates the deals of the sector's new pieces, and returns for each piece whether it was accepted.
    ActorResult<std::vector<PieceReturn>> change(const SectorChanges& sector) {
        std::vector<PieceReturn> out;
        std::vector<DealId> ids;
        for (const auto& piece : sector.added) {
            STRATA_TRY(const auto id, accept(sector, piece));
            out.push_back({id.has_value()});
            if (id) ids.push_back(*id);
        }
        sectors_.emplace_back(sector.sector, ids);
        return out;
    }

    /// Writes the states of all deals together, so that no deal is active before every sector has been checked.
    Done write() {
        for (const auto& [id, state] : states_) STRATA_OK(ledger_.put_state(id, state));
        STRATA_OK(ledger_.add_sector_deals(rt_.caller(), sectors_));
        return ledger_.save();
    }

  private:
    // Activates the deal of a piece and returns its ID; empty if the piece does not match a deal that can be activated.
    ActorResult<std::optional<DealId>> accept(const SectorChanges& sector, const PieceChange& piece) {
        const auto id = from_received_cbor<DealId>(piece.payload);
        if (!id || activated_.contains(*id)) return std::optional<DealId>{};
        STRATA_TRY(const auto proposal, preactivate(rt_, ledger_, *id, sector.minimum_commitment_epoch));
        if (!proposal || piece.data != proposal->piece_cid || piece.size != proposal->piece_size)
            return std::optional<DealId>{};
        activated_.insert(*id);
        STRATA_OK(emit_deal(rt_, "deal-activated", *id, *proposal));
        STRATA_OK(ledger_.take_allocation(*id));
        states_.emplace_back(*id, active_state(sector.sector, rt_.epoch()));
        return std::optional<DealId>(*id);
    }

    Runtime& rt_;
    Ledger& ledger_;
    std::set<DealId> activated_;
    std::vector<std::pair<DealId, DealState>> states_;
    SectorIds sectors_;
};

}  // namespace

ActorResult<VerifyDealsForActivationReturn> verify_deals_for_activation(Runtime& rt,
                                                                        const VerifyDealsForActivationParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    STRATA_TRY(auto ledger, Ledger::load(rt));
    VerifyDealsForActivationReturn out;
    for (const auto& sector : params.sectors) {
        std::vector<DealProposal> proposals;
        // A deal that is listed twice would take its space in the sector twice.
        std::set<DealId> seen;
        for (const DealId id : sector.deal_ids) {
            if (!seen.insert(id).second)
                return illegal_argument("sector " + std::to_string(sector.sector_number) + " lists deal " +
                                        std::to_string(id) + " twice");
            STRATA_TRY(auto proposal, ledger.proposal(id));
            proposals.push_back(std::move(proposal));
        }
        STRATA_OK(check_fits(rt, sector, proposals));
        auto& cid = out.unsealed_cids.emplace_back();
        if (!proposals.empty()) {
            STRATA_TRY(cid, data_commitment(rt, proposals, sector.sector_type));
        }
    }
    return out;
}

ActorResult<BatchActivateDealsReturn> batch_activate_deals(Runtime& rt, const BatchActivateDealsParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    STRATA_TRY(auto ledger, Ledger::load(rt));
    Activation activation(rt, ledger);
    BatchActivateDealsReturn out;
    for (const auto& sector : params.sectors) {
        STRATA_TRY(const auto proposals, activation.validate(sector));
        // A sector is sealed with all of its deals, so one bad deal fails the sector. The other sectors continue.
        if (!proposals) {
            out.activation_results.add_fail(proposals.error());
            continue;
        }
        STRATA_TRY(out.activations.emplace_back(), activation.activate(sector, *proposals, params.compute_cid));
        out.activation_results.add_success();
    }
    STRATA_OK(activation.write());
    return out;
}

ActorResult<SectorContentChangedReturn> sector_content_changed(Runtime& rt, const SectorContentChangedParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    STRATA_TRY(auto ledger, Ledger::load(rt));
    Activation activation(rt, ledger);
    SectorContentChangedReturn out;
    for (const auto& sector : params) {
        // The miner reports which pieces are in its sectors now. The deals for these pieces become active.
        STRATA_TRY(out.emplace_back(), activation.change(sector));
    }
    STRATA_OK(activation.write());
    return out;
}

}  // namespace strata::actors::market
