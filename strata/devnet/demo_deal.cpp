// strata demo: cuts the file into pieces, makes a deal for each piece, and has the deals sealed into sectors.
#include <fmt/format.h>

#include <strata/chain/api.hpp>
#include <strata/devnet/demo.hpp>
#include <strata/node/node.hpp>
#include <strata/provider/api.hpp>
#include <strata/types/basic.hpp>

namespace strata::devnet {
namespace {

/// The duration of the deals: a day more than the shortest allowed, 180 days (docs/protocol/storage.md §10.1).
constexpr ChainEpoch kDealEpochs = 181 * kEpochsInDay;
/// Added to the time that the provider demands between acceptance and the deal's start.
constexpr ChainEpoch kStartMargin = 60;
// How many epochs publishing and sealing may take before the demo gives up.
constexpr ChainEpoch kPublishLimit = 300;
constexpr ChainEpoch kSealLimit = kEpochsInDay;

std::string bytes_text(std::uint64_t bytes) {
    return fmt::format("{} bytes", bytes);
}

}  // namespace

Status Demo::put_file() {
    report_.stage("The client cuts the file into pieces");
    std::error_code error;
    std::filesystem::create_directories(run_folder() / "client-files", error);
    if (error) return fail(Errc::io, "cannot create folders in " + run_folder().string() + ": " + error.message());
    STRATA_TRY(file_, retrieval::prepare_file(options_.file, net_->client().blocks(), run_folder() / "client-files",
                                              result_.sector_size));
    result_.root = file_.dag.root;
    report_.fact("file", fmt::format("{}  {}", options_.file.string(), bytes_text(result_.file_size)));
    report_.fact("root", fmt::format("{}  UnixFS, {} block(s)", result_.root.to_string(), file_.dag.blocks));
    for (const auto& piece : file_.pieces) {
        result_.deals.emplace_back().piece = piece;
        report_.fact("piece", fmt::format("{}  a CAR of {}, padded to {}", piece.info.cid.to_string(),
                                          bytes_text(piece.car_size), bytes_text(piece.info.size)));
    }
    return {};
}

Status Demo::make_deals() {
    report_.stage(result_.deals.size() == 1 ? "A deal" : fmt::format("{} deals", result_.deals.size()));
    STRATA_TRY(const auto offer, market::MarketClient::ask(provider().url()));
    market::DealTerms terms;
    terms.client = net_->accounts().client.address;
    terms.provider = offer.miner;
    terms.price_per_gib_epoch = offer.ask.price_per_gib_epoch;
    const auto proposals_from_now = [&] {
        terms.start = net_->epoch() + offer.ask.least_lead + kStartMargin;
        terms.end = terms.start + kDealEpochs;
        return client_->make_proposals(file_, terms);
    };
    // The first proposals only show how much escrow is needed. The deposit takes some epochs, so the proposals that are
    // sent are made after it, with a start that is still far enough away.
    STRATA_TRY(auto proposals, proposals_from_now());
    const TokenAmount escrow = market::MarketClient::escrow_for(proposals);
    STRATA_TRY(const auto added, client_->fill_escrow(terms.client, escrow));
    if (added) STRATA_OK(wait_for(*added, "AddBalance"));
    report_.fact("escrow", fmt::format("the client deposited {}", chain::fil_text(escrow)));
    STRATA_TRY(proposals, proposals_from_now());
    STRATA_TRY(escrow_at_first_, escrow_of(terms.client));

    for (std::size_t i = 0; i < proposals.size(); ++i) {
        DemoDeal& deal = result_.deals[i];
        deal.proposal = proposals[i];
        STRATA_TRY(deal.cid, market::MarketClient::propose(provider().url(), deal.proposal, deal.piece.car_size));
        STRATA_OK(market::MarketClient::upload(provider().url(), deal.cid, deal.piece.car));
        report_.fact("proposal", fmt::format("{}  signed, accepted, data sent", deal.cid.to_string()));
    }
    STRATA_OK(run_until([this] { return all_deals_reached(market::DealStage::sealing); }, kPublishLimit));
    for (const auto& deal : result_.deals)
        report_.fact(fmt::format("deal {}", deal.status.id),
                     fmt::format("published by {}", deal.status.publish_message->to_string()));
    report_.fact("terms", fmt::format("epochs {} to {}, {} per epoch and GiB", terms.start, terms.end,
                                      chain::fil_text(terms.price_per_gib_epoch)));
    return check_same_heads();
}

Status Demo::refresh_deals() {
    for (auto& deal : result_.deals) {
        STRATA_TRY(deal.status, market::MarketClient::status(provider().url(), deal.cid));
        if (deal.status.stage == market::DealStage::failed)
            return fail(Errc::verification, fmt::format("the provider gave up the deal for piece {}: {}",
                                                        deal.piece.info.cid.to_string(), deal.status.failure));
    }
    return {};
}

Result<bool> Demo::all_deals_reached(market::DealStage stage) {
    STRATA_OK(refresh_deals());
    return std::ranges::all_of(result_.deals, [&](const DemoDeal& deal) { return deal.status.stage >= stage; });
}

Status Demo::seal() {
    report_.stage("The provider seals the data");
    // Only changes are shown, and the pre-sealed sectors do not change.
    std::map<SectorNumber, provider::SectorState> seen;
    for (const auto& sector : provider().provider()->sectors()) seen[sector.number] = sector.state;
    const auto report_and_ask = [&]() -> Result<bool> {
        for (const auto& sector : provider().provider()->sectors()) {
            if (sector.state == provider::SectorState::failed)
                return fail(Errc::verification,
                            fmt::format("sector {} could not be sealed: {}", sector.number, sector.reason));
            const auto [it, is_new] = seen.try_emplace(sector.number, sector.state);
            if (!is_new && it->second == sector.state) continue;
            it->second = sector.state;
            report_.fact(fmt::format("sector {}", sector.number),
                         fmt::format("{}, epoch {}", sector_state_name(sector.state), net_->epoch()));
        }
        return all_deals_reached(market::DealStage::active);
    };
    STRATA_OK(run_until(report_and_ask, kSealLimit));
    for (const auto& deal : result_.deals)
        report_.fact(fmt::format("deal {}", deal.status.id), fmt::format("active in sector {}", deal.status.sector));
    return check_same_heads();
}

}  // namespace strata::devnet
