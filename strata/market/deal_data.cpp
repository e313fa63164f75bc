#include <strata/market/deal_data.hpp>

#include <algorithm>

namespace strata::market {

Status DealData::receive(const Cid& proposal, const ByteSource& data, ChainEpoch now) {
    const auto found = records_.find(proposal);
    if (!found) return fail(Errc::not_found, "there is no deal " + proposal.to_string());
    if (found->stage == DealStage::failed) return fail(Errc::invalid_argument, "the deal failed: " + found->failure);
    const auto& terms = found->deal.proposal;
    // The bytes that were sent are judged, even if the piece is known. It may be here in a different length: bytes with
    // and without zeros behind them have the same commitment.
    STRATA_OK(pieces_.add({terms.piece_size, terms.piece_cid}, found->data_size, data));
    STRATA_TRY(const bool done, advance(*found, now));
    if (done) return {};
    STRATA_OK(drop_unless_needed(terms.piece_cid));
    return fail(Errc::invalid_argument, "the deal " + proposal.to_string() + " does not wait for data any more");
}

// False if the deal failed meanwhile.
Result<bool> DealData::advance(DealRecord record, ChainEpoch now) {
    if (record.stage != DealStage::accepted) return true;
    const Lock lock(mutex_);
    STRATA_TRY(const auto kept, pieces_.find(record.deal.proposal.piece_cid));
    if (!kept)
        return fail(Errc::busy,
                    "a different deal of the piece just ended and took its data along: send the data again");
    record.stage = DealStage::received;
    record.since = now;
    STRATA_TRY(const bool done, records_.advance(std::span(&record, 1), DealStage::accepted));
    if (done) return true;
    const auto stands = records_.find(proposal_cid(record.deal.proposal));
    return stands && stands->stage != DealStage::failed;
}

Status DealData::drop_unless_needed(const Cid& piece) {
    const Lock lock(mutex_);
    const auto deals = records_.deals();
    const bool needed = std::ranges::any_of(deals, [&](const DealRecord& record) {
        return record.stage != DealStage::failed && record.deal.proposal.piece_cid == piece;
    });
    return needed ? Status{} : pieces_.remove(piece);
}

}  // namespace strata::market
