#include <strata/market/deal_data.hpp>

#include <algorithm>

namespace strata::market {

Status DealData::receive(const Cid& proposal, const ByteSource& data, ChainEpoch now) {
    const auto found = records_.find(proposal);
    if (!found) return fail(Errc::not_found, "no deal " + proposal.to_string());
    if (found->stage == DealStage::failed) return fail(Errc::invalid_argument, "the deal failed: " + found->failure);
    if (found->stage != DealStage::accepted) return {};
    const auto& terms = found->deal.proposal;
    STRATA_TRY(const auto held, pieces_.find(terms.piece_cid));
    if (!held) STRATA_OK(pieces_.add({terms.piece_size, terms.piece_cid}, found->data_size, data));

    const std::lock_guard lock(mutex_);
    STRATA_TRY(const auto kept, pieces_.find(terms.piece_cid));
    if (!kept) return fail(Errc::busy, "another deal of the piece ended just now: send the data again");
    if (kept->size != found->data_size)
        return fail(Errc::invalid_argument, "the piece is here with " + std::to_string(kept->size) + " bytes of data");
    DealRecord record = *found;
    record.stage = DealStage::received;
    record.since = now;
    STRATA_TRY(const bool done, records_.advance(std::span(&record, 1), DealStage::accepted));
    return done ? Status{} : fail(Errc::invalid_argument, "the deal does not wait for data any more");
}

Status DealData::drop_unless_needed(const Cid& piece) {
    const std::lock_guard lock(mutex_);
    const auto deals = records_.deals();
    const bool needed = std::ranges::any_of(deals, [&](const DealRecord& record) {
        return record.stage != DealStage::failed && record.deal.proposal.piece_cid == piece;
    });
    return needed ? Status{} : pieces_.remove(piece);
}

}  // namespace strata::market
