#pragma once
// The client's side of storage deals: money into escrow, proposals, data to a provider. One thread.
// Source: storage.md §10, §11.1.
#include <strata/chain/full_node.hpp>
#include <strata/market/deal_record.hpp>
#include <strata/retrieval/client_file.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::market {

/// What a provider says of itself: GET /market/ask.
struct ProviderAsk {
    Address miner;
    Ask ask;
};

/// What a client wants of the deals of one file.
struct DealTerms {
    Address client;  // ID or key; its key is in the wallet
    Address provider;
    ChainEpoch start = 0;
    ChainEpoch end = 0;
    TokenAmount price_per_gib_epoch;
    /// Nothing: what the chain demands now, and a bit more, since that moves until the deal is published.
    std::optional<TokenAmount> provider_collateral;
    TokenAmount client_collateral;
};

/// One deal as its provider tells of it: GET /market/deals/{proposal CID}.
struct DealStatus {
    Cid proposal;
    DealStage stage{};
    DealId id = 0;            // from sealing on
    SectorNumber sector = 0;  // from sealing on
    std::optional<Cid> publish_message;
    std::string failure;
};

class MarketClient {
  public:
    /// Both must outlive the client.
    MarketClient(chain::FullNode& node, wallet::Wallet& wallet) : node_(node), wallet_(wallet) {}

    /// What `who` has in escrow and not locked, at the head. Errors: not_found without such an actor.
    Result<TokenAmount> free_escrow(const Address& who);
    /// Sends what is missing to `wanted` by AddBalance; nothing if it is there already. The message has to land before
    /// a provider takes a proposal.
    Result<std::optional<Cid>> fill_escrow(const Address& who, const TokenAmount& wanted);
    /// What the proposals lock of their client's escrow together.
    static TokenAmount escrow_for(std::span<const ClientDealProposal> deals);

    /// A signed proposal; `root` is its label. Errors: those of reading the head's state and of signing.
    Result<ClientDealProposal> make_proposal(const PieceInfo& piece, const Cid& root, const DealTerms& terms);
    /// One for each piece of the file.
    Result<std::vector<ClientDealProposal>> make_proposals(const retrieval::ClientFile& file, const DealTerms& terms);

    // `url`: http://HOST:PORT of a provider. Errors: io; malformed for an answer that is none; invalid_argument with
    // the provider's reason where it refuses.
    static Result<ProviderAsk> ask(const std::string& url);
    static Result<Cid> propose(const std::string& url, const ClientDealProposal& deal, std::uint64_t data_size);
    static Status upload(const std::string& url, const Cid& proposal, const std::filesystem::path& data);
    static Result<DealStatus> status(const std::string& url, const Cid& proposal);

  private:
    chain::FullNode& node_;
    wallet::Wallet& wallet_;
};

}  // namespace strata::market
