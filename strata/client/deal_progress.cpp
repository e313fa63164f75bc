#include <strata/client/deal_progress.hpp>

#include <algorithm>

namespace strata::client {
namespace {

using market::DealStage;

/// Returns true if these are the same terms. The chain has the ID address of the client, whatever the client signed.
bool same_terms(const market::DealProposal& ours, const Address& client, const market::DealProposal& theirs) {
    auto mine = ours;
    mine.client = client;
    return mine == theirs;
}

void give_up(PutDeal& deal, std::string why) {
    deal.stage = PutStage::failed;
    deal.failure = std::move(why);
}

bool is_proven(const ChainDeal& deal) {
    return deal.state.sector_start_epoch != kEpochUndefined;
}

/// Takes over what the chain has for this deal.
void take_chain(PutDeal& deal, const ChainDeal& found) {
    deal.id = found.id;
    deal.stage = PutStage::published;
    if (!is_proven(found)) return;
    if (found.state.slash_epoch != kEpochUndefined)
        return give_up(deal, "the provider lost the deal's sector at epoch " + std::to_string(found.state.slash_epoch) +
                                 ", and the chain ended the deal");
    deal.stage = PutStage::stored;
    deal.sector = found.state.sector_number;
    deal.proven = found.state.sector_start_epoch;
    deal.failure.clear();
}

/// Returns our deal on the chain, by the number that the provider or an earlier look gave it.
Result<std::optional<ChainDeal>> ours_on_chain(NodeCalls& node, const market::DealProposal& proposal, DealId id) {
    STRATA_TRY(auto found, node.deal(id));
    if (!found) return found;
    STRATA_TRY(const auto client, node.id_of(proposal.client));
    if (client && same_terms(proposal, *client, found->proposal)) return found;
    return std::optional<ChainDeal>{};
}

/// Asks the chain for the deal when the provider does not say that it goes on.
Status look_everywhere(NodeCalls& node, PutDeal& deal, const std::string& why) {
    const auto& proposal = deal.deal->proposal;
    STRATA_TRY(const auto found, find_on_chain(node, proposal));
    if (found) {
        take_chain(deal, *found);
    } else {
        give_up(deal, why);
    }
    return {};
}

Result<Followed> seen(const Status& status) {
    if (!status) return status.error();
    return Followed{};
}

Status follow_published(NodeCalls& node, PutDeal& deal) {
    const auto& proposal = deal.deal->proposal;
    STRATA_TRY(const auto found, ours_on_chain(node, proposal, deal.id));
    STRATA_TRY(const auto head, node.head_epoch());
    if (found && (is_proven(*found) || head <= proposal.start_epoch)) {
        take_chain(deal, *found);
        return {};
    }
    if (head >= proposal.end_epoch) {
        give_up(deal, "the deal ended at epoch " + std::to_string(proposal.end_epoch) + ", as agreed");
        return {};
    }
    if (deal.stage == PutStage::stored) return look_everywhere(node, deal, "the chain ended the deal before its time");
    if (head <= proposal.start_epoch) return {};  // the node may be behind
    give_up(deal, "the provider did not prove a sector with the data before the deal's start at epoch " +
                      std::to_string(proposal.start_epoch) +
                      "; the deal's money is free in the escrow again when the chain drops the deal, within a day");
    return {};
}

}  // namespace

Result<std::optional<ChainDeal>> find_on_chain(NodeCalls& node, const market::DealProposal& proposal) {
    STRATA_TRY(const auto client, node.id_of(proposal.client));
    if (!client) return std::optional<ChainDeal>{};
    STRATA_TRY(const auto all, node.deals());
    const auto found =
        std::ranges::find_if(all, [&](const ChainDeal& one) { return same_terms(proposal, *client, one.proposal); });
    return found == all.end() ? std::optional<ChainDeal>{} : std::optional(*found);
}

Result<Followed> follow(NodeCalls& node, const std::string& url, PutDeal& deal) {
    if (deal.stage < PutStage::sent || deal.stage == PutStage::failed || !deal.deal) return Followed{};
    if (deal.stage == PutStage::stored) return seen(follow_published(node, deal));
    if (deal.stage == PutStage::published) {
        // The provider knows what holds the sealing up.
        if (const auto status = market::MarketClient::status(url, market::proposal_cid(deal.deal->proposal)))
            deal.failure = status->failure;
        return seen(follow_published(node, deal));
    }
    const auto& proposal = deal.deal->proposal;
    const auto status = market::MarketClient::status(url, market::proposal_cid(proposal));
    if (status && (status->stage == DealStage::sealing || status->stage == DealStage::active)) {
        STRATA_TRY(const auto found, ours_on_chain(node, proposal, status->id));
        if (found) take_chain(deal, *found);
        return Followed{};  // the provider may be ahead of this node
    }
    if (status && status->stage == DealStage::failed)
        return seen(look_everywhere(node, deal, "the provider gave the deal up: " + status->failure));
    if (!status && status.error().code() == Errc::not_found)
        return seen(look_everywhere(node, deal, "the provider does not know the deal any more"));
    STRATA_TRY(const auto head, node.head_epoch());
    if (head > proposal.start_epoch)
        return seen(look_everywhere(
            node, deal,
            "the deal was not published before its start at epoch " + std::to_string(proposal.start_epoch) +
                (status ? std::string() : "; the provider cannot be asked why: " + status.error().message())));
    if (!status) return Followed{status.error()};
    deal.failure = status->failure;
    return Followed{};
}

}  // namespace strata::client
