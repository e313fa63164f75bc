// Follows published deals on their way through a sector. In every epoch the provider and the chain are asked anew, so
// that nothing is missed after the process was killed or the chain reorganised.
#include <map>

#include <strata/actors/read/market.hpp>
#include <strata/market/deal_machine.hpp>
#include <strata/provider/api.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::market {
namespace {

using provider::SectorState;

// Maps each deal to its sector. A sector whose pieces moved to a newer one does not hold them any more.
std::map<DealId, const provider::SectorStatus*> by_deal(std::span<const provider::SectorStatus> sectors) {
    std::map<DealId, const provider::SectorStatus*> out;
    for (const auto& sector : sectors) {
        if (sector.state == SectorState::moved) continue;
        for (const auto& piece : sector.pieces)
            if (piece.deal) out.emplace(piece.deal->id, &sector);
    }
    return out;
}

// Returns true if the message that proved the sector is deep enough in the chain.
bool is_settled(const provider::SectorStatus& sector) {
    return sector.state == SectorState::finalizing || sector.state == SectorState::proving;
}

}  // namespace

Status DealMachine::follow_sealing() {
    const auto deals = context_.records.deals_in(DealStage::sealing);
    if (deals.empty()) return {};
    STRATA_TRY(auto state, context_.chain.head_state());
    STRATA_TRY(const auto market, actors::read::Market::load(state));
    const auto sectors = context_.provider.sectors();
    const auto holders = by_deal(sectors);
    for (const auto& record : deals) {
        const auto holder = holders.find(record.id);
        STRATA_OK(follow_sealing(record, holder == holders.end() ? nullptr : holder->second, state, market));
    }
    return {};
}

Status DealMachine::follow_sealing(const DealRecord& record, const provider::SectorStatus* sector, vm::StateTree& state,
                                   const actors::read::Market& market) {
    const auto& terms = record.deal.proposal;
    const bool started = context_.chain.head_epoch() > terms.start_epoch;
    const auto named = with_ids(state, terms, context_.address_prefix());
    if (!named && named.error().is_fatal()) return named.error();
    STRATA_TRY(const auto found, market.deal(record.id));
    // After a reorganisation the deal may be gone, or its ID may belong to a different deal.
    const bool ours = found && named && found->proposal == *named;
    if (!ours && !started)
        return enter(record, DealStage::received,
                     "a reorganisation undid the publication; the deal is published again");

    if (ours && found->state.sector_start_epoch != kEpochUndefined) {
        if (sector != nullptr && !is_settled(*sector)) return {};  // a reorganisation could still undo it
        DealRecord active = record;
        active.sector = found->state.sector_number;
        return enter(std::move(active), DealStage::active);
    }
    if (started) {
        const auto why = sector == nullptr ? record.failure : sector->reason;
        return fail_deal(record, "no sector with the deal was proven before the deal's start at epoch " +
                                     std::to_string(terms.start_epoch) + (why.empty() ? "" : ": " + why));
    }
    wakeups_->wake_at(terms.start_epoch + 1);
    if (sector == nullptr) return put_into_sector(record);
    DealRecord updated = record;
    updated.sector = sector->number;
    updated.failure = sector->reason;
    if (updated.sector == record.sector && updated.failure == record.failure) return {};
    STRATA_OK(context_.records.advance(std::span(&updated, 1), DealStage::sealing));
    return {};
}

// The Provider returns the same sector again if the deal already has one, so it does no harm if the process is killed
// between its record and ours.
Status DealMachine::put_into_sector(const DealRecord& record) {
    const auto& terms = record.deal.proposal;
    const auto number = [&]() -> Result<SectorNumber> {
        STRATA_TRY(auto piece, context_.pieces.read(terms.piece_cid));
        if (!piece)
            return fail(Errc::not_found, "the data of piece " + terms.piece_cid.to_string() +
                                             " is not in the piece store; send it again");
        const auto reader = std::make_shared<retrieval::PieceReader>(std::move(*piece));
        return context_.provider.add_piece(
            retrieval::PieceReader::source(reader, 0, reader->size()), {terms.piece_size, terms.piece_cid},
            provider::PieceDeal{
                .id = record.id, .start = terms.start_epoch, .end = terms.end_epoch, .allocation = std::nullopt},
            epoch_);
    }();
    if (!number) {
        wakeups_->wake_at(epoch_ + kTryAgain);
        return note(record, "the piece cannot be put into a sector: " + number.error().message());
    }
    DealRecord placed = record;
    placed.sector = *number;
    placed.failure.clear();
    STRATA_OK(context_.records.advance(std::span(&placed, 1), DealStage::sealing));
    wakeups_->wake_at(epoch_ + 1);
    return {};
}

}  // namespace strata::market
