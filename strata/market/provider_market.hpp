#pragma once
// The provider's side of storage deals: takes proposals and their data, publishes them, hands their pieces to the
// Provider and gets them paid. Everything it must not forget is in the KeyValue, below "deals/"; after a kill it
// continues where it stood. Source: builtin-actors actors/market; market_http.hpp for how deals come in.
#include <span>

#include <strata/market/deal_record.hpp>
#include <strata/market/market_chain.hpp>
#include <strata/retrieval/piece_store.hpp>

namespace strata::provider {
class Provider;
}

namespace strata::market {

struct MarketConfig {
    Address miner;  // f0
    Ask ask;
    /// How many deals may wait for their data or for publication, all together and of one client. Where all places are
    /// taken, a new proposal takes that of the oldest deal that waits for data, of the client with the most waiting
    /// deals.
    std::size_t max_waiting = 64;
    std::size_t max_waiting_per_client = 16;
    /// How many deals that failed before they were published are remembered.
    std::size_t max_failed = 1000;
    /// How long an accepted deal waits for its data.
    ChainEpoch data_wait = 240;
    /// How long the first deal that could be published waits for others to share the message.
    ChainEpoch publish_delay = 0;
    /// Deals of one message.
    std::size_t publish_batch = 16;
    /// Epochs on top of a message's execution before it counts (lotus MessageConfidence is 5).
    ChainEpoch message_confidence = 5;
};

/// One SettleDealPayments message.
struct Settlement {
    Cid message;
    std::vector<DealId> deals;
    bool landed = false;            // it is over: executed, or refused by this node's pool
    TokenAmount payment;            // to the provider's escrow, all deals together
    std::vector<DealId> completed;  // over and paid in full
    std::string failure;            // of the message or of some deals
    STRATA_CBOR_TUPLE(message, deals, landed, payment, completed, failure);
};

class ProviderMarket {
  public:
    /// Works for one miner. What is passed by reference must outlive the market and be thread-safe, but the Provider,
    /// which is called by the thread of on_epoch() only. Publishes again what was on its way: to be opened after the
    /// Provider and before anything new is signed. Errors: not_found without such a miner; malformed records.
    static Result<std::unique_ptr<ProviderMarket>> open(MarketConfig config, std::unique_ptr<MarketChain> chain,
                                                        provider::Provider& provider, store::KeyValue& records,
                                                        retrieval::PieceStore& pieces);
    ~ProviderMarket();

    // To be called on the chain's thread:

    /// Brings every deal as far as the head allows. To be called after each on_epoch() of the Provider, with the same
    /// epoch. A deal whose step fails stays where it is and is tried again; errors are those of the KeyValue.
    Status on_epoch(ChainEpoch epoch);
    /// The next epoch that needs an on_epoch() call; empty if only an outside event can create work.
    std::optional<ChainEpoch> next_wakeup() const;
    /// Is a message of the market waiting to land? To be asked after on_epoch(epoch).
    bool wants_block(ChainEpoch epoch) const;
    /// Sends SettleDealPayments for active deals, which pays the epochs gone by into the provider's escrow; returns the
    /// message. settlements() has the outcome. Errors: invalid_argument for no deals; those of signing.
    Result<Cid> settle(std::span<const DealId> deals, ChainEpoch epoch);

    // To be called on any thread:

    /// Checks a proposal and queues the deal, whose data is awaited then; returns its proposal CID. Errors tell the
    /// client what is wrong: invalid_argument (terms), verification (signature), busy (too many deals wait). The same
    /// proposal again gets the same answer.
    Result<Cid> propose(const ClientDealProposal& deal, std::uint64_t data_size);
    /// Takes the data of a deal. It is checked against the commitment even if the provider has the piece already.
    /// Errors: not_found; invalid_argument if the deal failed; verification if it is different data; truncated; busy if
    /// the same piece is being received.
    Status receive_data(const Cid& proposal, const ByteSource& data);

    /// In the order of their proposal CIDs.
    std::vector<DealRecord> deals() const;
    std::optional<DealRecord> find(const Cid& proposal) const;
    /// Oldest first.
    std::vector<Settlement> settlements() const;
    const MarketConfig& config() const;
    /// Begins every address that is printed for this network: 'f' or 't'.
    char address_prefix() const;

  private:
    struct Parts;
    explicit ProviderMarket(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::market
