#include <strata/market/market_client.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/read/market.hpp>
#include <strata/base/mapped_file.hpp>
#include <strata/http/client.hpp>
#include <strata/market/deal_checks.hpp>
#include <strata/market/market_http.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::market {
namespace {

using nlohmann::json;

// All answers of the protocol are small; a provider that sends more is not read to the end.
constexpr std::uint64_t kMostBytes = 1 << 20;
const http::ClientLimits kUpload{.body_bytes = kMostBytes};

/// Limits the complete exchange, so that a provider cannot hold its client with a byte now and then.
http::ClientLimits small(std::chrono::seconds most = MarketClient::kMostTime) {
    return {.body_bytes = kMostBytes, .timeout = most, .total = most};
}

Error bad_answer(const std::string& url, std::string_view what) {
    return fail(Errc::malformed,
                url + " answered without a valid " + std::string(what) + "; is this a Strata provider's market?");
}

Errc code_of(unsigned status) {
    if (status == 404) return Errc::not_found;
    if (status == 429 || status == 503) return Errc::busy;
    return status >= 500 ? Errc::io : Errc::invalid_argument;
}

// Returns the body of an answer with status 200 or 202; any other status becomes an error with the provider's reason.
Result<std::string> body_of(const std::string& url, Result<http::Answer> answer) {
    if (!answer) return std::move(answer).error();
    std::string text(as_text(answer->body));
    if (answer->status == 200 || answer->status == 202) return text;
    auto reason = text.substr(0, 1000);
    while (reason.ends_with('\n')) reason.pop_back();
    return fail(code_of(answer->status),
                url + " refused with status " + std::to_string(answer->status) + ": " + reason);
}

// Reads the fields of a JSON object that a provider sent; none is trusted to be there or to have the right type.
class Fields {
  public:
    static Result<Fields> parse(const std::string& url, const std::string& text) {
        Fields out;
        out.url_ = url;
        out.json_ = json::parse(text, nullptr, /*allow_exceptions=*/false);
        if (!out.json_.is_object()) return bad_answer(url, "JSON object");
        return out;
    }
    Result<std::string> text(const char* name) const {
        const auto it = json_.find(name);
        if (it == json_.end() || !it->is_string()) return bad_answer(url_, name);
        return it->get<std::string>();
    }
    /// Returns zero for null: a deal that is not on chain has no ID and no sector yet.
    Result<std::uint64_t> number(const char* name) const {
        const auto it = json_.find(name);
        if (it != json_.end() && it->is_null()) return std::uint64_t{0};
        if (it == json_.end() || !it->is_number_unsigned()) return bad_answer(url_, name);
        return it->get<std::uint64_t>();
    }
    bool is_null(const char* name) const { return json_.contains(name) && json_[name].is_null(); }
    Result<Cid> cid(const char* name) const {
        STRATA_TRY(const auto value, text(name));
        const auto cid = Cid::parse(value);
        return cid ? cid : Result<Cid>(bad_answer(url_, name));
    }

  private:
    std::string url_;
    json json_;
};

Result<DealStage> parse_stage(const std::string& url, std::string_view name) {
    for (auto stage = DealStage::accepted; stage <= DealStage::failed;
         stage = static_cast<DealStage>(static_cast<std::uint8_t>(stage) + 1))
        if (deal_stage_name(stage) == name) return stage;
    return bad_answer(url, "stage");
}

std::string deal_url(const std::string& url, const Cid& proposal) {
    return url + "/market/deals/" + proposal.to_string();
}

}  // namespace

Result<TokenAmount> MarketClient::free_escrow(const Address& who) {
    STRATA_TRY(auto state, chain_.head_state());
    STRATA_TRY(const auto id, state.resolve(who));
    if (!id) return fail(Errc::not_found, "no actor has the address " + who.to_string());
    STRATA_TRY(const auto market, actors::read::Market::load(state));
    STRATA_TRY(const auto escrow, market.escrow(*id));
    return escrow.free();
}

Result<std::optional<Cid>> MarketClient::fill_escrow(const Address& who, const TokenAmount& wanted) {
    STRATA_TRY(const auto free, free_escrow(who));
    if (free >= wanted) return std::optional<Cid>{};
    Message message;
    message.to = Address::id(kMarketId);
    message.from = who;
    message.method = actors::market::kAddBalance;
    message.params = to_cbor(who);
    message.value = wanted - free;
    STRATA_TRY(const auto cid, chain_.send(std::move(message)));
    return std::optional(cid);
}

TokenAmount MarketClient::escrow_for(std::span<const ClientDealProposal> deals) {
    TokenAmount sum;
    for (const auto& deal : deals) sum += deal.proposal.client_balance_requirement();
    return sum;
}

Result<ClientDealProposal> MarketClient::make_proposal(const PieceInfo& piece, const Cid& root,
                                                       const DealTerms& terms) {
    auto full = terms;
    if (!terms.provider_collateral) {
        // The least collateral changes with supply and power until the deal is published, so a fifth is added.
        STRATA_TRY(auto state, chain_.head_state());
        STRATA_TRY(const auto least, least_collateral_on(state, chain_.network(), chain_.head_epoch() + 1, piece.size));
        full.provider_collateral = div_ceil(least * BigInt(6), BigInt(5));
    }
    ClientDealProposal deal{proposal_for(piece, root, full), {}};
    STRATA_TRY(deal.client_signature, chain_.sign_bytes(terms.client, to_cbor(deal.proposal)));
    return deal;
}

DealProposal MarketClient::proposal_for(const PieceInfo& piece, const Cid& root, const DealTerms& terms) {
    DealProposal proposal;
    proposal.piece_cid = piece.cid;
    proposal.piece_size = piece.size;
    proposal.client = terms.client;
    proposal.provider = terms.provider;
    proposal.label.value = root.to_string();
    proposal.start_epoch = terms.start;
    proposal.end_epoch = terms.end;
    proposal.storage_price_per_epoch = least_price({.price_per_gib_epoch = terms.price_per_gib_epoch}, piece.size);
    proposal.client_collateral = terms.client_collateral;
    if (terms.provider_collateral) proposal.provider_collateral = *terms.provider_collateral;
    return proposal;
}

Result<std::vector<ClientDealProposal>> MarketClient::make_proposals(const retrieval::ClientFile& file,
                                                                     const DealTerms& terms) {
    std::vector<ClientDealProposal> out;
    for (const auto& piece : file.pieces) {
        STRATA_TRY(out.emplace_back(), make_proposal(piece.info, file.dag.root, terms));
    }
    return out;
}

Result<ProviderAsk> MarketClient::ask(const std::string& url, std::chrono::seconds most) {
    STRATA_TRY(const auto text, body_of(url, http::get(url + "/market/ask", {}, small(most))));
    STRATA_TRY(const auto fields, Fields::parse(url, text));
    STRATA_TRY(const auto miner, fields.text("Miner"));
    STRATA_TRY(const auto price, fields.text("PricePerGiBEpoch"));
    ProviderAsk out;
    STRATA_TRY(out.miner, Address::parse(miner));
    STRATA_TRY(out.ask.price_per_gib_epoch, BigInt::parse(price));
    STRATA_TRY(out.ask.max_piece_size, fields.number("MaxPieceSize"));
    STRATA_TRY(const auto lead, fields.number("LeastLead"));
    // A provider's numbers are not trusted: a price must not be negative, and sums of epochs must not overflow later.
    if (out.ask.price_per_gib_epoch.is_negative() || lead > INT32_MAX) return bad_answer(url, "ask");
    out.ask.least_lead = static_cast<ChainEpoch>(lead);
    return out;
}

Result<Cid> MarketClient::propose(const std::string& url, const ClientDealProposal& deal, std::uint64_t data_size) {
    const auto request = to_cbor(DealRequest{deal, data_size});
    STRATA_TRY(const auto text,
               body_of(url, http::send("POST", url + "/market/deals", "application/cbor", request, small())));
    STRATA_TRY(const auto fields, Fields::parse(url, text));
    STRATA_TRY(const auto cid, fields.cid("Proposal"));
    if (cid != proposal_cid(deal.proposal)) return bad_answer(url, "proposal CID");
    return cid;
}

Status MarketClient::upload(const std::string& url, const Cid& proposal, BytesView data) {
    STRATA_OK(
        body_of(url, http::send("PUT", deal_url(url, proposal) + "/data", "application/octet-stream", data, kUpload)));
    return {};
}

Status MarketClient::upload(const std::string& url, const Cid& proposal, const std::filesystem::path& data) {
    STRATA_TRY(const auto file, MappedFile::open(data));
    return upload(url, proposal, file.bytes());
}

Result<DealStatus> MarketClient::status(const std::string& url, const Cid& proposal) {
    STRATA_TRY(const auto text, body_of(url, http::get(deal_url(url, proposal), {}, small())));
    STRATA_TRY(const auto fields, Fields::parse(url, text));
    STRATA_TRY(const auto stage, fields.text("Stage"));
    DealStatus out;
    out.proposal = proposal;
    STRATA_TRY(out.stage, parse_stage(url, stage));
    STRATA_TRY(out.id, fields.number("DealID"));
    STRATA_TRY(out.sector, fields.number("Sector"));
    STRATA_TRY(out.failure, fields.text("Failure"));
    if (!fields.is_null("PublishMessage")) {
        STRATA_TRY(out.publish_message, fields.cid("PublishMessage"));
    }
    return out;
}

}  // namespace strata::market
