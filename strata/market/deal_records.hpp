#pragma once
// The records of the market, below "deals/" of the KeyValue: deals by proposal CID, messages on their way, settlements.
// All are kept in memory, and each change is written to the KeyValue at once. Thread-safe: HTTP adds deals and data,
// the chain's thread does the rest.
#include <map>
#include <span>

#include <strata/base/mutex.hpp>
#include <strata/market/provider_market.hpp>
#include <strata/types/message.hpp>

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

/// How many deals of each kind there may be; see MarketConfig.
struct DealLimits {
    std::size_t waiting = 0;
    std::size_t waiting_per_client = 0;
    std::size_t failed = 0;
};

class DealRecords {
  public:
    /// `store` must outlive the object.
    explicit DealRecords(store::KeyValue& store) : store_(store) {}
    /// `client_of` returns the ID address of a proposal's client, or the proposal's own address if there is no such
    /// actor.
    Status load(const std::function<Address(const DealProposal&)>& client_of);

    std::vector<DealRecord> deals() const;
    std::vector<DealRecord> deals_in(DealStage stage) const;
    std::optional<DealRecord> find(const Cid& proposal) const;
    /// Adds a deal of `client`, an ID address. If all places are taken, a deal gives way: of the client with the most
    /// waiting deals, the oldest that waits for data. If the deal is known, returns false and changes nothing.
    /// Errors: busy if the client has too many waiting deals, or if no deal can give way.
    Result<bool> add(const DealRecord& record, const Address& client, const DealLimits& limits);
    /// Writes all of the deals if all are still in the stage `from`. Otherwise writes none and returns false.
    Result<bool> advance(std::span<const DealRecord> records, DealStage from) { return write(records, from, {}); }
    Status forget(const Cid& proposal);

    // Messages are for the chain's thread only.
    const std::map<Cid, PublishRecord>& publishing() const { return publishing_; }
    /// Writes the deals, which enter the publishing stage, in one batch with their message. Returns false, and writes
    /// nothing, if a deal is not in the received stage.
    Result<bool> start_publishing(std::span<const DealRecord> records, const PublishRecord& message);
    /// Writes the deals, which leave the publishing stage, and forgets the message in the same batch.
    Status end_publishing(std::span<const DealRecord> records, const Cid& message);
    const std::optional<SignedMessage>& escrow_message() const { return escrow_; }
    Status set_escrow_message(std::optional<SignedMessage> message);
    Status save_settlement(std::uint64_t number, const SettlementRecord& record);
    /// Returns the settlements in the order of their numbers, which begin with 0.
    std::vector<SettlementRecord> settlements() const;

  private:
    /// Does the same as advance(), with further writes in the same batch.
    Result<bool> write(std::span<const DealRecord> records, DealStage from, std::vector<store::Write> batch);

    struct Waiting {
        std::size_t all = 0;
        std::size_t of_client = 0;
    };
    /// A deal that gives way, with its new record; if `record` is empty, the deal is forgotten.
    struct Displaced {
        Cid cid;
        std::optional<DealRecord> record;
    };
    Waiting count_waiting(const Address& client) const STRATA_REQUIRES(mutex_);
    std::optional<Displaced> displaced_by(const Address& newcomer, ChainEpoch now, const DealLimits& limits) const
        STRATA_REQUIRES(mutex_);
    void apply(Displaced displaced) STRATA_REQUIRES(mutex_);
    const Cid* deal_to_displace(const Address& newcomer) const STRATA_REQUIRES(mutex_);
    std::size_t count_failed() const STRATA_REQUIRES(mutex_);

    store::KeyValue& store_;
    /// Held by a writer from its look at the records to their change, the disk included; readers never wait for it.
    /// It is taken before `mutex_`.
    Mutex writing_;
    mutable Mutex mutex_;
    std::map<Cid, DealRecord> deals_ STRATA_GUARDED_BY(mutex_);
    std::map<Cid, Address> clients_ STRATA_GUARDED_BY(mutex_);  // by deal; see load()
    std::vector<SettlementRecord> settlements_ STRATA_GUARDED_BY(mutex_);
    // The chain's thread only:
    std::map<Cid, PublishRecord> publishing_;
    std::optional<SignedMessage> escrow_;
};

}  // namespace strata::market
