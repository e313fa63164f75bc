#pragma once
// Data of deals on its way into the piece store and out of it. Thread-safe.
#include <strata/base/mutex.hpp>
#include <strata/market/deal_records.hpp>

namespace strata::market {

class DealData {
  public:
    /// Both must outlive the object.
    DealData(DealRecords& records, retrieval::PieceStore& pieces) : records_(records), pieces_(pieces) {}

    /// As ProviderMarket::receive_data; an accepted deal enters the stage received at `now`.
    Status receive(const Cid& proposal, const ByteSource& data, ChainEpoch now);
    /// Removes the piece unless a deal that did not fail needs it.
    Status drop_unless_needed(const Cid& piece) STRATA_EXCLUDES(mutex_);

  private:
    Result<bool> advance(DealRecord record, ChainEpoch now) STRATA_EXCLUDES(mutex_);

    /// Held while deals and pieces are compared: a piece must not go while a deal counts on it.
    Mutex mutex_;
    DealRecords& records_;
    retrieval::PieceStore& pieces_;
};

}  // namespace strata::market
