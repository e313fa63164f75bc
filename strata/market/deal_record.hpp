#pragma once
// A storage deal as its provider records it. Source: docs/protocol/storage.md §10.
#include <strata/actors/market/types.hpp>

namespace strata::market {

using actors::market::ClientDealProposal;
using actors::market::DealProposal;

enum class DealStage : std::uint8_t {
    accepted = 0,    // the provider accepts the terms and waits for the data
    received = 1,    // the data is here and has the piece's commitment
    publishing = 2,  // PublishStorageDeals was sent
    sealing = 3,     // on chain; its piece is on the way into a sector
    active = 4,      // the sector is proven
    failed = 5,
};
std::string_view deal_stage_name(DealStage stage);

struct DealRecord {
    ClientDealProposal deal;
    DealStage stage = DealStage::accepted;
    std::uint64_t data_size = 0;  // bytes before padding
    std::optional<Cid> publish_message;
    DealId id = 0;            // in the sealing stage and later
    SectorNumber sector = 0;  // in the sealing stage and later
    std::string failure;      // why it failed, or what holds it up; a sentence for people
    ChainEpoch since = 0;     // the epoch in which it entered this stage
    STRATA_CBOR_TUPLE(deal, stage, data_size, publish_message, id, sector, failure, since);
};

/// Names a deal before it has an ID: the CID of the proposal that the client signed.
Cid proposal_cid(const DealProposal& proposal);

/// The terms that a provider demands of every deal.
struct Ask {
    TokenAmount price_per_gib_epoch;
    std::uint64_t max_piece_size = 0;  // padded
    /// The least number of epochs from acceptance to the deal's start, for publishing and sealing.
    ChainEpoch least_lead = 0;
};
/// Returns the lowest price per epoch that an ask allows, rounded up.
TokenAmount least_price(const Ask& ask, std::uint64_t padded_size);

}  // namespace strata::market
