#include <strata/market/deal_checks.hpp>
#include <strata/market/market_http.hpp>
#include <strata/types/piece.hpp>

#include "target.hpp"

// A deal proposal that arrives over HTTP and passes the checks is within their bounds, and its encoding decodes again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    using namespace strata::market;
    const auto request = from_cbor<DealRequest>({data, size});
    if (!request) return 0;
    STRATA_CHECK(from_cbor<DealRequest>(to_cbor(*request)).has_value());
    static const chain::Network network = chain::devnet_2k();
    static const Ask ask{TokenAmount(1), std::uint64_t{1} << 30, 100};
    const auto& proposal = request->deal.proposal;
    const DealRules rules{proposal.provider, ask, std::uint64_t{1} << 30, network};
    if (!check_terms(rules, request->deal, request->data_size)) return 0;
    STRATA_CHECK(proposal.start_epoch >= 0 && proposal.duration() > 0);
    STRATA_CHECK(request->data_size <= piece_capacity(proposal.piece_size));
    STRATA_CHECK(!proposal.client_balance_requirement().is_negative());
    static_cast<void>(check_times(proposal, 1000, ask.least_lead));
    return 0;
}
