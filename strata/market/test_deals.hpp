#pragma once
// Deals and pieces for tests that need no chain.
#include <strata/crypto/hash.hpp>
#include <strata/market/deal_records.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::market::testing {

struct PieceData {
    Bytes bytes;
    PieceInfo info;
};
inline PieceData piece_of(Bytes bytes) {
    proofs::PieceCommitter commitment;
    commitment.update(bytes);
    const auto made = commitment.finish().value();
    return {std::move(bytes), {made.padded_size, proofs::piece_cid(made.commitment)}};
}

inline DealRecord deal_of(const PieceData& piece, std::string label, ChainEpoch since = 0) {
    DealRecord out;
    auto& proposal = out.deal.proposal;
    proposal.piece_cid = piece.info.cid;
    proposal.piece_size = piece.info.size;
    proposal.client = Address::id(100);
    proposal.provider = Address::id(1000);
    proposal.label.value = std::move(label);
    proposal.start_epoch = 1000;
    proposal.end_epoch = 1000 + 181 * kEpochsInDay;
    out.deal.client_signature = {Signature::Type::bls, Bytes(96)};
    out.data_size = piece.bytes.size();
    out.since = since;
    return out;
}
inline Cid cid_of(const DealRecord& record) {
    return proposal_cid(record.deal.proposal);
}
inline Address itself(const DealProposal& proposal) {
    return proposal.client;
}

}  // namespace strata::market::testing
