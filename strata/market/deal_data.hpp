#pragma once
// Puts the data of deals into the piece store, and removes it when no deal needs it. Thread-safe.
#include <strata/base/mutex.hpp>
#include <strata/market/deal_records.hpp>

namespace strata::market {

class DealData {
  public:
    /// Both must outlive the object.
    DealData(DealRecords& records, retrieval::PieceStore& pieces) : records_(records), pieces_(pieces) {}

    /// Does what ProviderMarket::receive_data says; an accepted deal enters the received stage at `now`.
    Status receive(const Cid& proposal, const ByteSource& data, ChainEpoch now);
    /// Removes the piece unless a deal that did not fail needs it.
    Status drop_unless_needed(const Cid& piece) STRATA_EXCLUDES(mutex_);

  private:
    Result<bool> advance(DealRecord record, ChainEpoch now) STRATA_EXCLUDES(mutex_);

    /// Held while deals and pieces are compared, so that no piece is removed while a deal comes to need it.
    Mutex mutex_;
    DealRecords& records_;
    retrieval::PieceStore& pieces_;
};

}  // namespace strata::market
