#pragma once
// The provider's side of storage deals: it takes proposals and their data, publishes them, hands their pieces to the
// Provider and gets the deals paid. Its records are in the KeyValue, below "deals/", so that the market
// continues where it stopped if the process was killed. Source: builtin-actors actors/market; market_http.hpp
// (protocol).
#include <span>

#include <strata/market/deal_record.hpp>
#include <strata/market/market_chain.hpp>
#include <strata/retrieval/piece_store.hpp>

namespace strata::provider {
class Provider;
struct MaxFees;
}  // namespace strata::provider

namespace strata::market {

struct MarketConfig {
    Address miner;  // f0
    Ask ask;
    /// How many deals may wait for their data or for publication, of all clients and of one client. If all places are
    /// taken, a new proposal displaces a deal: of the client with the most waiting deals, the oldest that waits for
    /// data.
    std::size_t max_waiting = 64;
    std::size_t max_waiting_per_client = 16;
    /// If there are this many failed deals, a displaced deal is forgotten instead of kept as failed.
    std::size_t max_failed = 1000;
    /// How many epochs an accepted deal waits for its data.
    ChainEpoch data_wait = 240;
    /// How many epochs the first deal that could be published waits for others to share its message.
    ChainEpoch publish_delay = 0;
    /// How many deals one message may publish.
    std::size_t publish_batch = 16;
    /// How many epochs must follow a message's execution before it counts (Lotus' MessageConfidence is 5).
    ChainEpoch message_confidence = 5;
    std::shared_ptr<provider::MaxFees> max_fees;  // empty: the usual ones
};

/// One SettleDealPayments message.
struct Settlement {
    Cid message;
    std::vector<DealId> deals;
    bool landed = false;            // the settlement is over: the message was executed, or this node's pool refused it
    TokenAmount payment;            // to the provider's escrow, all deals together
    std::vector<DealId> completed;  // over and paid in full
    std::string failure;            // of the message or of some deals
    STRATA_CBOR_TUPLE(message, deals, landed, payment, completed, failure);
};

class ProviderMarket {
  public:
    /// Opens the market of one miner. Whatever is passed by reference must outlive it and be thread-safe, except the
    /// Provider, which only the thread of on_epoch() calls. Messages that had not landed are published again, so the
    /// market is opened after the Provider and before anything new is signed. Errors: not_found if there is no such
    /// miner; malformed records.
    static Result<std::unique_ptr<ProviderMarket>> open(MarketConfig config, std::unique_ptr<MarketChain> chain,
                                                        provider::Provider& provider, store::KeyValue& records,
                                                        retrieval::PieceStore& pieces);
    ~ProviderMarket();

    // To be called on the chain's thread:

    /// Advances every deal as far as the head allows. To be called after each on_epoch() of the Provider, with the same
    /// epoch. A deal whose step fails stays where it is and is tried again. Errors: those of the KeyValue.
    Status on_epoch(ChainEpoch epoch);
    /// Returns the next epoch that needs an on_epoch() call; empty if only an outside event can create work.
    std::optional<ChainEpoch> next_wakeup() const;
    /// Returns true if a message of the market waits for a block at this epoch. To be asked after on_epoch(epoch).
    bool wants_block(ChainEpoch epoch) const;
    /// Sends SettleDealPayments for active deals, which pays for the epochs so far into the provider's escrow, and
    /// returns the message. settlements() has the outcome. Errors: invalid_argument if `deals` is empty; those of
    /// signing.
    Result<Cid> settle(std::span<const DealId> deals, ChainEpoch epoch);

    // To be called on any thread:

    /// Checks a proposal, records the deal, which from then on waits for its data, and returns its proposal CID. The
    /// same proposal gets the same answer again. Errors tell the client what is wrong: invalid_argument (terms),
    /// verification (signature), busy (too many deals wait).
    Result<Cid> propose(const ClientDealProposal& deal, std::uint64_t data_size);
    /// Takes the data of a deal. It is checked against the commitment even if the provider has the piece already.
    /// Errors: not_found; invalid_argument if the deal failed; verification if the data has a different commitment;
    /// truncated; busy if the same piece is being received.
    Status receive_data(const Cid& proposal, const ByteSource& data);

    /// Returns all deals, ordered by proposal CID.
    std::vector<DealRecord> deals() const;
    std::optional<DealRecord> find(const Cid& proposal) const;
    /// Returns all settlements, oldest first.
    std::vector<Settlement> settlements() const;
    MarketConfig config() const;
    /// Takes new terms and limits for what comes from now on; the miner and the confidence of messages stay. Deals that
    /// were accepted keep their terms.
    void change(MarketConfig config);
    /// Returns the first letter of every address that is printed for this network: 'f' or 't'.
    char address_prefix() const;

  private:
    struct Parts;
    explicit ProviderMarket(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::market
