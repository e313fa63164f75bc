#pragma once
// Takes deals over HTTP, from MarketClient, with a small protocol of this program (docs/formats/market_http.md).
//   GET  /market/ask                      JSON {"Miner", "PricePerGiBEpoch", "MaxPieceSize", "LeastLead"}
//   POST /market/deals                    CBOR DealRequest; 202 and JSON {"Proposal": CID}, or a reason as text
//   PUT  /market/deals/{proposal CID}/data  the bytes before padding; 200, or a reason as text
//   GET  /market/deals/{proposal CID}     JSON, see to_json in market_http.cpp
//   GET  /market/deals                    a JSON array of these
#include <strata/http/message.hpp>
#include <strata/market/provider_market.hpp>

namespace strata::market {

struct DealRequest {
    ClientDealProposal deal;
    std::uint64_t data_size = 0;  // bytes before padding
    STRATA_CBOR_TUPLE(deal, data_size);
};

class MarketHttp {
  public:
    /// `market` must outlive the object.
    explicit MarketHttp(ProviderMarket& market) : market_(market) {}
    /// Returns true for /market and the paths below it.
    static bool serves(std::string_view path);
    /// May be called from any thread.
    http::Response handle(const http::Request& request);

  private:
    http::Response take_proposal(const http::Request& request);
    http::Response take_data(const http::Request& request, const Cid& proposal);

    ProviderMarket& market_;
};

}  // namespace strata::market
