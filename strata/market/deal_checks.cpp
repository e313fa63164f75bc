#include <strata/market/deal_checks.hpp>

#include <bit>

#include <strata/chain/miner_view.hpp>
#include <strata/types/piece.hpp>

namespace strata::market {
namespace {

namespace actor = actors::market;

Error refused(const std::string& why) {
    return fail(Errc::invalid_argument, why);
}

Status check_piece(const DealRules& rules, const DealProposal& proposal, std::uint64_t data_size) {
    if (!is_piece_cid(proposal.piece_cid)) return refused("the piece CID is none of a piece");
    if (proposal.piece_size < 128 || !std::has_single_bit(proposal.piece_size))
        return refused("the piece size is no power of two of at least 128 bytes");
    const auto most = std::min(rules.ask.max_piece_size, rules.sector_size);
    if (proposal.piece_size > most)
        return refused("pieces of at most " + std::to_string(most) + " bytes are taken, not " +
                       std::to_string(proposal.piece_size));
    if (data_size == 0 || data_size > piece_capacity(proposal.piece_size))
        return refused("the data of " + std::to_string(data_size) + " bytes does not fit the piece");
    return {};
}

Status check_money(const DealRules& rules, const DealProposal& proposal) {
    const auto& most = actor::total_filecoin();
    const auto price = least_price(rules.ask, proposal.piece_size);
    if (proposal.storage_price_per_epoch < price)
        return refused("the price is " + proposal.storage_price_per_epoch.to_string() + " atto an epoch, the ask " +
                       price.to_string());
    if (proposal.storage_price_per_epoch > most || proposal.provider_collateral > most ||
        proposal.client_collateral > most || proposal.client_collateral.is_negative())
        return refused("a price or collateral is out of bounds");
    return {};
}

}  // namespace

Status check_terms(const DealRules& rules, const ClientDealProposal& deal, std::uint64_t data_size) {
    const auto& proposal = deal.proposal;
    if (proposal.verified_deal) return fail(Errc::unsupported, "verified deals are not taken");
    if (proposal.provider != rules.miner)
        return refused("the provider here is " + rules.miner.to_string() + ", not " + proposal.provider.to_string());
    if (proposal.label.size() > actor::kMaxLabel) return refused("the label is longer than 256 bytes");
    STRATA_OK(check_piece(rules, proposal, data_size));
    if (proposal.end_epoch <= proposal.start_epoch || proposal.duration() < actor::kMinDuration ||
        proposal.duration() > actor::kMaxDuration)
        return refused("a deal lasts " + std::to_string(actor::kMinDuration) + " to " +
                       std::to_string(actor::kMaxDuration) + " epochs");
    return check_money(rules, proposal);
}

Status check_times(const DealProposal& proposal, ChainEpoch now, ChainEpoch least_lead) {
    if (proposal.start_epoch < now + least_lead)
        return refused("the deal starts at epoch " + std::to_string(proposal.start_epoch) + ", too soon: " +
                       std::to_string(least_lead) + " epochs from epoch " + std::to_string(now) + " are needed");
    // A sector lives no longer than a deal may last, and a day is needed around it.
    if (proposal.end_epoch > now + actor::kMaxDuration - 2880) return refused("the deal ends after any sector may");
    return {};
}

Status check_on_chain(const DealRules& rules, const ClientDealProposal& deal, vm::StateTree& state, ChainEpoch now,
                      const TokenAmount& promised) {
    const auto& proposal = deal.proposal;
    STRATA_TRY(const auto named, with_ids(state, proposal));
    const auto key = chain::key_of(state, named.client);
    if (!key) return refused("the client " + proposal.client.to_string() + " is no account with a key");
    const auto signature = verify_signature(deal.client_signature, *key, to_cbor(proposal));
    if (!signature) return fail(signature.error().code(), "the client's signature: " + signature.error().message());

    STRATA_TRY(const auto collateral, least_collateral_on(state, rules.network, now, proposal.piece_size));
    if (proposal.provider_collateral < collateral)
        return refused("the provider's collateral is " + proposal.provider_collateral.to_string() +
                       " atto, the chain wants " + collateral.to_string());
    STRATA_TRY(const auto market, MarketOnChain::load(state));
    STRATA_TRY(const auto published, market.find_pending(named));
    if (published) return refused("the deal is published already, as deal " + std::to_string(*published));
    STRATA_TRY(const auto free, market.free_escrow(*named.client.as_id()));
    const auto needed = proposal.client_balance_requirement() + promised;
    if (free < needed)
        return refused("the client has " + free.to_string() + " atto free in escrow, its deals need " +
                       needed.to_string());
    return {};
}

}  // namespace strata::market
