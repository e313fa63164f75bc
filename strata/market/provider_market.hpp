#pragma once
// The provider's side of storage deals: takes proposals and their data, publishes them, hands their pieces to the
// Provider and gets them paid. Everything it must not forget is in the KeyValue, below "deals/"; after a kill it goes
// on where it stood. Source: storage.md §10, §11.1.
#include <span>

#include <strata/chain/full_node.hpp>
#include <strata/market/deal_record.hpp>
#include <strata/retrieval/piece_store.hpp>

namespace strata::wallet {
class Wallet;
}
namespace strata::provider {
class Provider;
}

namespace strata::market {

struct MarketConfig {
    Address miner;  // f0
    Ask ask;
    /// Deals that wait for their data, or to be published; more proposals are refused.
    std::size_t max_waiting = 64;
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
    bool landed = false;            // it is over: executed, or refused by the own pool
    TokenAmount payment;            // to the provider's escrow, all deals together
    std::vector<DealId> completed;  // over and paid in full
    std::string failure;            // of the message or of some deals
    STRATA_CBOR_TUPLE(message, deals, landed, payment, completed, failure);
};

class ProviderMarket {
  public:
    /// Works for one miner through the node it runs in; all must outlive the market, and be thread-safe (the blocks of
    /// the node too) but the Provider, which is called by the thread of on_epoch() only. Publishes again what was on
    /// its way: to be opened after the Provider and before anything new is signed. Errors: not_found without such a
    /// miner; malformed records.
    static Result<std::unique_ptr<ProviderMarket>> open(MarketConfig config, chain::FullNode& node,
                                                        wallet::Wallet& wallet, provider::Provider& provider,
                                                        store::KeyValue& records, retrieval::PieceStore& pieces);
    ~ProviderMarket();

    // ---- the chain's thread -----------------------------------------------------------------------------------------

    /// Brings every deal as far as the head allows. To be called after the Provider's on_epoch() of the same epoch, and
    /// whenever that is called. What fails stays where it is and is tried again; errors are those of the KeyValue.
    Status on_epoch(ChainEpoch epoch);
    /// The next epoch after the last on_epoch at which it has something to do. Nothing: only if something happens.
    std::optional<ChainEpoch> next_wakeup() const;
    /// Is a message of the market waiting to land? To be asked after on_epoch(epoch).
    bool wants_block(ChainEpoch epoch) const;
    /// Sends SettleDealPayments for active deals, which pays the epochs gone by into the provider's escrow; returns the
    /// message. settlements() has the outcome. Errors: invalid_argument for no deals; those of signing.
    Result<Cid> settle(std::span<const DealId> deals, ChainEpoch epoch);

    // ---- any thread -------------------------------------------------------------------------------------------------

    /// Checks a proposal and queues the deal, whose data is awaited then; returns its proposal CID. Errors say to the
    /// client what is wrong: invalid_argument (terms), verification (signature), busy (too many deals). The same
    /// proposal again gives the same answer.
    Result<Cid> propose(const ClientDealProposal& deal, std::uint64_t data_size);
    /// Takes the data of an accepted deal. Errors: not_found, invalid_argument if no data is awaited, verification if
    /// it is other data, truncated, busy if the same piece is on its way already. Data that is there already is no
    /// error.
    Status receive_data(const Cid& proposal, const ByteSource& data);

    /// In the order of their proposal CIDs.
    std::vector<DealRecord> deals() const;
    std::optional<DealRecord> find(const Cid& proposal) const;
    /// Oldest first.
    std::vector<Settlement> settlements() const;
    const MarketConfig& config() const;

  private:
    struct Parts;
    explicit ProviderMarket(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::market
