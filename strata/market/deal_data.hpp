#pragma once
// Data of deals on its way into the piece store and out of it. Thread-safe.
#include <strata/market/deal_records.hpp>

namespace strata::market {

class DealData {
  public:
    /// Both must outlive the object.
    DealData(DealRecords& records, retrieval::PieceStore& pieces) : records_(records), pieces_(pieces) {}

    /// As ProviderMarket::receive_data; the deal goes on to the stage received at `now`.
    Status receive(const Cid& proposal, const ByteSource& data, ChainEpoch now);
    /// Removes the piece unless a deal that did not fail needs it.
    Status drop_unless_needed(const Cid& piece);

  private:
    /// Held while deals and pieces are compared: a piece must not go away while a deal counts on it.
    std::mutex mutex_;
    DealRecords& records_;
    retrieval::PieceStore& pieces_;
};

}  // namespace strata::market
