// Published deals on their way through a sector. What the provider and the chain say is asked again each time.
#include <algorithm>

#include <strata/market/deal_machine.hpp>
#include <strata/provider/provider.hpp>

namespace strata::market {
namespace {

using provider::SectorState;

const provider::SectorStatus* sector_of(const std::vector<provider::SectorStatus>& sectors, DealId id) {
    for (const auto& sector : sectors) {
        if (sector.state == SectorState::moved) continue;
        for (const auto& piece : sector.pieces)
            if (piece.deal && piece.deal->id == id) return &sector;
    }
    return nullptr;
}

// The message that proved the sector is deep enough.
bool is_sure(const provider::SectorStatus& sector) {
    return sector.state == SectorState::finalizing || sector.state == SectorState::proving;
}

}  // namespace

Status DealMachine::follow_sealing() {
    const auto deals = context_.records.deals_in(DealStage::sealing);
    if (deals.empty()) return {};
    STRATA_TRY(auto state, context_.node.head_state());
    STRATA_TRY(const auto market, MarketOnChain::load(state));
    for (const auto& record : deals) STRATA_OK(follow_sealing(record, state, market));
    return {};
}

Status DealMachine::follow_sealing(const DealRecord& record, vm::StateTree& state, const MarketOnChain& market) {
    const auto& terms = record.deal.proposal;
    const bool started = context_.node.head()->height() > terms.start_epoch;
    const auto named = with_ids(state, terms);
    if (!named && named.error().is_fatal()) return named.error();
    STRATA_TRY(const auto found, market.deal(record.id));
    const bool ours = found && named && found->proposal == *named;
    if (!ours && !started) return enter(record, DealStage::received, "its publication was undone");

    const auto sectors = context_.provider.sectors();
    const auto* sector = sector_of(sectors, record.id);
    if (ours && found->state.sector_start_epoch != kEpochUndefined) {
        if (sector != nullptr && !is_sure(*sector)) return {};  // the provider waits for more blocks
        DealRecord active = record;
        active.sector = found->state.sector_number;
        return enter(std::move(active), DealStage::active);
    }
    if (started) {
        const auto why = sector == nullptr ? record.failure : sector->reason;
        return fail_deal(record, "no sector with it was proven before its start" + (why.empty() ? "" : ": " + why));
    }
    wakeups_->wake_at(terms.start_epoch + 1);
    if (sector == nullptr) return put_into_sector(record);
    DealRecord seen = record;
    seen.sector = sector->number;
    seen.failure = sector->reason;
    if (seen.sector == record.sector && seen.failure == record.failure) return {};
    STRATA_OK(context_.records.advance(std::span(&seen, 1), DealStage::sealing));
    return {};
}

// The Provider gives a deal that has its sector the same number again, so that a kill in between does no harm.
Status DealMachine::put_into_sector(const DealRecord& record) {
    const auto& terms = record.deal.proposal;
    const auto data = file_source(context_.pieces.path_of(terms.piece_cid));
    const auto number =
        data ? context_.provider.add_piece(
                   *data, {terms.piece_size, terms.piece_cid},
                   provider::PieceDeal{record.id, terms.start_epoch, terms.end_epoch, std::nullopt}, epoch_)
             : Result<SectorNumber>(data.error());
    if (!number) {
        wakeups_->wake_at(epoch_ + kTryAgain);
        return note(record, "no sector takes it: " + number.error().message());
    }
    DealRecord placed = record;
    placed.sector = *number;
    placed.failure.clear();
    STRATA_OK(context_.records.advance(std::span(&placed, 1), DealStage::sealing));
    wakeups_->wake_at(epoch_ + 1);
    return {};
}

}  // namespace strata::market
