#include <strata/market/deal_data.hpp>

#include <algorithm>

namespace strata::market {

Status DealData::receive(const Cid& proposal, const ByteSource& data, ChainEpoch now) {
    const auto found = records_.find(proposal);
    if (!found) return fail(Errc::not_found, "there is no deal " + proposal.to_string());
    if (found->stage == DealStage::failed)
        return fail(Errc::invalid_argument,
                    "the deal failed and takes no data: " + found->failure + "; make a new proposal");
    const auto& terms = found->deal.proposal;
    // The bytes that were sent are always checked, even if the piece is already here. It may be here in a different
    // length, because bytes with and without zeros at the end have the same commitment.
    STRATA_OK(pieces_.add({terms.piece_size, terms.piece_cid}, found->data_size, data));
    STRATA_TRY(const bool done, advance(*found, now));
    if (done) return {};
    STRATA_OK(drop_unless_needed(terms.piece_cid));
    return fail(Errc::invalid_argument,
                "the deal " + proposal.to_string() + " failed while its data arrived; make a new proposal");
}

// Marks the deal as received. Returns false if it failed while its data arrived. The lock keeps drop_unless_needed()
// from removing the piece after it was found and before the record is written.
Result<bool> DealData::advance(DealRecord record, ChainEpoch now) {
    if (record.stage != DealStage::accepted) return true;  // the data arrived before
    const Lock lock(mutex_);
    STRATA_TRY(const auto kept, pieces_.find(record.deal.proposal.piece_cid));
    if (!kept)
        return fail(
            Errc::busy,
            "a different deal with the same piece just ended, and the data was removed with it; send the data again");
    record.stage = DealStage::received;
    record.since = now;
    STRATA_TRY(const bool done, records_.advance(std::span(&record, 1), DealStage::accepted));
    if (done) return true;
    const auto current = records_.find(proposal_cid(record.deal.proposal));
    return current && current->stage != DealStage::failed;
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
