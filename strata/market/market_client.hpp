#pragma once
// The client's side of storage deals: it puts money into escrow, makes proposals and sends data to a provider. One
// thread. Source: builtin-actors actors/market; market_http.hpp for the protocol.
#include <chrono>

#include <strata/market/deal_record.hpp>
#include <strata/market/market_chain.hpp>
#include <strata/retrieval/client_file.hpp>

namespace strata::market {

/// The terms of a provider: GET /market/ask.
struct ProviderAsk {
    Address miner;
    Ask ask;
};

/// The terms of all deals of one file.
struct DealTerms {
    Address client;  // an ID or key address whose key is in the wallet
    Address provider;
    ChainEpoch start = 0;
    ChainEpoch end = 0;
    TokenAmount price_per_gib_epoch;
    /// If empty, a fifth more than the chain demands now: the demand changes until the deal is published.
    std::optional<TokenAmount> provider_collateral;
    TokenAmount client_collateral;
};

/// One deal as its provider describes it: GET /market/deals/{proposal CID}.
struct DealStatus {
    Cid proposal;
    DealStage stage{};
    DealId id = 0;            // in the sealing stage and later
    SectorNumber sector = 0;  // in the sealing stage and later
    std::optional<Cid> publish_message;
    std::string failure;
};

class MarketClient {
  public:
    /// `chain` must outlive the client.
    explicit MarketClient(MarketChain& chain) : chain_(chain) {}

    /// Returns the part of `who`'s escrow that is not locked, at the head. Errors: not_found if there is no such actor.
    Result<TokenAmount> free_escrow(const Address& who);
    /// Raises the free escrow to `wanted` and returns the AddBalance message, which must land before a provider accepts
    /// a proposal. Returns an empty optional if the escrow is sufficient already.
    Result<std::optional<Cid>> fill_escrow(const Address& who, const TokenAmount& wanted);
    /// Returns the sum that the proposals will lock in their client's escrow.
    static TokenAmount escrow_for(std::span<const ClientDealProposal> deals);

    /// Makes a signed proposal; `root` is its label. Errors: those of reading the head's state and of signing.
    Result<ClientDealProposal> make_proposal(const PieceInfo& piece, const Cid& root, const DealTerms& terms);
    /// Makes a proposal that is not signed yet; the terms have the provider's collateral.
    static DealProposal proposal_for(const PieceInfo& piece, const Cid& root, const DealTerms& terms);
    /// Makes one proposal for each piece of the file.
    Result<std::vector<ClientDealProposal>> make_proposals(const retrieval::ClientFile& file, const DealTerms& terms);

    /// The most time that a provider has for a short answer; only an upload may take longer.
    static constexpr std::chrono::seconds kMostTime{60};

    // `url` is http://HOST:PORT of a provider. Errors: io; malformed if the answer cannot be read; not_found for an
    // unknown deal; busy if it has too much to do now; invalid_argument, with the provider's reason, if it refuses.
    static Result<ProviderAsk> ask(const std::string& url, std::chrono::seconds most = kMostTime);
    static Result<Cid> propose(const std::string& url, const ClientDealProposal& deal, std::uint64_t data_size);
    static Status upload(const std::string& url, const Cid& proposal, BytesView data);
    /// Errors: also those of reading the file, which are not the provider's.
    static Status upload(const std::string& url, const Cid& proposal, const std::filesystem::path& data);
    static Result<DealStatus> status(const std::string& url, const Cid& proposal);

  private:
    MarketChain& chain_;
};

}  // namespace strata::market
