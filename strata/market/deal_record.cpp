#include <strata/market/deal_record.hpp>

namespace strata::market {

std::string_view deal_stage_name(DealStage stage) {
    switch (stage) {
        case DealStage::accepted:
            return "accepted";
        case DealStage::received:
            return "received";
        case DealStage::publishing:
            return "publishing";
        case DealStage::sealing:
            return "sealing";
        case DealStage::active:
            return "active";
        case DealStage::failed:
            return "failed";
    }
    return "unknown";
}

Cid proposal_cid(const DealProposal& proposal) {
    return Cid::hash_of(Codec::dag_cbor, to_cbor(proposal));
}

TokenAmount least_price(const Ask& ask, std::uint64_t padded_size) {
    return div_ceil(ask.price_per_gib_epoch * BigInt(padded_size), BigInt(std::uint64_t{1} << 30));
}

}  // namespace strata::market
