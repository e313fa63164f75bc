#pragma once
// What the market remembers, below "deals/" of the KeyValue: deals by proposal CID, messages on their way, settlements.
// All in memory, written through. Thread-safe: HTTP adds deals and data, the chain's thread does the rest.
#include <map>
#include <mutex>
#include <span>

#include <strata/market/provider_market.hpp>
#include <strata/types/signed_message.hpp>

namespace strata::market {

/// A PublishStorageDeals message and the deals in it, in its order.
struct PublishRecord {
    SignedMessage message;
    std::vector<Cid> proposals;
    STRATA_CBOR_TUPLE(message, proposals);
};
struct SettlementRecord {
    SignedMessage message;
    Settlement outcome;
    STRATA_CBOR_TUPLE(message, outcome);
};

class DealRecords {
  public:
    /// `store` must outlive the object.
    explicit DealRecords(store::KeyValue& store) : store_(store) {}
    Status load();

    std::vector<DealRecord> deals() const;
    std::vector<DealRecord> deals_in(DealStage stage) const;
    std::optional<DealRecord> find(const Cid& proposal) const;
    /// Adds a deal unless there are `most` that wait for data or publication. Errors: busy. Nothing is done, and false
    /// returned, if it is known.
    Result<bool> add(const DealRecord& record, std::size_t most);
    /// Writes the deals, all or none; only if all still are in the stage `from`. False otherwise.
    Result<bool> advance(std::span<const DealRecord> records, DealStage from) { return write(records, from, {}, {}); }
    Status forget(const Cid& proposal);

    // Messages: one thread.
    const std::map<Cid, PublishRecord>& publishing() const { return publishing_; }
    /// The deals go to the stage publishing together with their message.
    Result<bool> start_publishing(std::span<const DealRecord> records, const PublishRecord& message);
    /// The deals leave that stage and the message is forgotten.
    Status end_publishing(std::span<const DealRecord> records, const Cid& message);
    const std::optional<SignedMessage>& escrow_message() const { return escrow_; }
    Status set_escrow_message(std::optional<SignedMessage> message);
    Status save_settlement(std::uint64_t number, const SettlementRecord& record);
    /// In the order of their numbers, from 0 on.
    std::vector<SettlementRecord> settlements() const;

  private:
    Result<bool> write(std::span<const DealRecord> records, DealStage from, std::vector<store::Write> batch,
                       const std::function<void()>& also);

    store::KeyValue& store_;
    mutable std::mutex mutex_;
    std::map<Cid, DealRecord> deals_;
    std::map<Cid, PublishRecord> publishing_;
    std::optional<SignedMessage> escrow_;
    std::vector<SettlementRecord> settlements_;
};

}  // namespace strata::market
