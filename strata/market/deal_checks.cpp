#include <strata/market/deal_checks.hpp>

#include <bit>

#include <strata/actors/read/account.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/actors/read/reward.hpp>
#include <strata/chain/supply.hpp>
#include <strata/types/basic.hpp>
#include <strata/types/piece.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::market {
namespace {

namespace actor = actors::market;

/// Makes the error whose sentence the client reads.
Error refused(const std::string& why) {
    return fail(Errc::invalid_argument, why);
}

Status check_piece(const DealRules& rules, const DealProposal& proposal, std::uint64_t data_size) {
    if (!is_piece_cid(proposal.piece_cid))
        return refused(proposal.piece_cid.to_string() + " is not a piece CID (fil-commitment-unsealed)");
    if (proposal.piece_size < kMinPieceSize || !std::has_single_bit(proposal.piece_size))
        return refused("the piece size is " + std::to_string(proposal.piece_size) +
                       ", expected a power of two of at least 128 bytes");
    const auto most = std::min(rules.ask.max_piece_size, rules.sector_size);
    if (proposal.piece_size > most)
        return refused("the piece size is " + std::to_string(proposal.piece_size) + ", expected at most " +
                       std::to_string(most) + " at this provider");
    if (data_size == 0 || data_size > piece_capacity(proposal.piece_size))
        return refused("the data has " + std::to_string(data_size) + " bytes, expected 1 to " +
                       std::to_string(piece_capacity(proposal.piece_size)) +
                       ", the capacity of the piece before padding");
    return {};
}

// The upper bounds are the actor's. The provider's collateral has a lower bound that depends on the chain's state
// (check_on_chain).
Status check_money(const DealRules& rules, const DealProposal& proposal) {
    const auto& most = total_filecoin();
    const auto price = least_price(rules.ask, proposal.piece_size);
    if (proposal.storage_price_per_epoch < price)
        return refused("the price is " + proposal.storage_price_per_epoch.to_string() +
                       " attoFIL per epoch, expected at least the ask for this size, " + price.to_string());
    if (proposal.storage_price_per_epoch > most || proposal.provider_collateral > most ||
        proposal.client_collateral > most || proposal.client_collateral.is_negative())
        return refused("the price is " + proposal.storage_price_per_epoch.to_string() + ", the provider's collateral " +
                       proposal.provider_collateral.to_string() + " and the client's collateral " +
                       proposal.client_collateral.to_string() + " attoFIL; expected 0 to " + most.to_string() +
                       " for each");
    return {};
}

/// Replaces an address with its ID address.
Status replace_with_id(vm::StateTree& state, Address& address, char prefix) {
    STRATA_TRY(const auto id, state.resolve(address));
    if (!id) return fail(Errc::not_found, "no actor has the address " + address.to_string(prefix));
    address = Address::id(*id);
    return {};
}

}  // namespace

Result<DealProposal> with_ids(vm::StateTree& state, DealProposal proposal, char address_prefix) {
    STRATA_OK(replace_with_id(state, proposal.client, address_prefix));
    STRATA_OK(replace_with_id(state, proposal.provider, address_prefix));
    return proposal;
}

Result<TokenAmount> least_collateral_on(vm::StateTree& state, const chain::Network& network, ChainEpoch epoch,
                                        std::uint64_t padded_size) {
    STRATA_TRY(const auto reward, actors::read::load_reward(state));
    STRATA_TRY(const auto power, actors::read::Power::load(state));
    STRATA_TRY(const auto supply, chain::vm_supply(network, epoch, state));
    return actor::least_provider_collateral(*network.policy, padded_size,
                                            max(power.raw_this_epoch(), reward.baseline_power), supply.circulating());
}

Status check_terms(const DealRules& rules, const ClientDealProposal& deal, std::uint64_t data_size) {
    const auto& proposal = deal.proposal;
    if (proposal.verified_deal)
        return fail(Errc::unsupported, "this provider takes no verified deals; propose the deal without DataCap");
    if (proposal.provider != rules.miner)
        return refused("the deal's provider is " + proposal.provider.to_string(rules.address_prefix()) + ", expected " +
                       rules.miner.to_string(rules.address_prefix()));
    if (proposal.label.size() > actor::kMaxLabel)
        return refused("the label has " + std::to_string(proposal.label.size()) + " bytes, expected at most " +
                       std::to_string(actor::kMaxLabel));
    STRATA_OK(check_piece(rules, proposal, data_size));
    // The epochs are any 64-bit numbers that a client sent. If neither is negative, duration() cannot overflow.
    if (proposal.start_epoch < 0 || proposal.end_epoch < 0)
        return refused("the deal runs from epoch " + std::to_string(proposal.start_epoch) + " to " +
                       std::to_string(proposal.end_epoch) + ", expected epochs that are not negative");
    if (proposal.end_epoch <= proposal.start_epoch || proposal.duration() < actor::kMinDuration ||
        proposal.duration() > actor::kMaxDuration)
        return refused("the deal lasts " + std::to_string(proposal.duration()) + " epochs, expected " +
                       std::to_string(actor::kMinDuration) + " to " + std::to_string(actor::kMaxDuration));
    return check_money(rules, proposal);
}

Status check_times(const DealProposal& proposal, ChainEpoch now, ChainEpoch least_lead) {
    if (proposal.start_epoch < now + least_lead)
        return refused("the deal starts at epoch " + std::to_string(proposal.start_epoch) +
                       ", which is too soon: expected epoch " + std::to_string(now + least_lead) + " or later");
    // A sector can be committed for as long as the longest deal lasts, and sealing takes a part of that time: a day is
    // set aside for it.
    if (proposal.end_epoch > now + actor::kMaxDuration - kEpochsInDay)
        return refused("the deal ends at epoch " + std::to_string(proposal.end_epoch) + ", expected at most epoch " +
                       std::to_string(now + actor::kMaxDuration - kEpochsInDay) +
                       ": a sector that is sealed now can hold deals until then");
    return {};
}

Status check_on_chain(const DealRules& rules, const ClientDealProposal& deal, vm::StateTree& state, ChainEpoch now,
                      const TokenAmount& promised) {
    const auto& proposal = deal.proposal;
    STRATA_TRY(const auto named, with_ids(state, proposal, rules.address_prefix()));
    const auto key = actors::read::key_of(state, named.client);
    if (!key && key.error().is_fatal()) return key.error();
    if (!key)
        return refused("the client " + proposal.client.to_string(rules.address_prefix()) +
                       " is not an account with a key, so its signature cannot be checked");
    const auto signature = verify_signature(deal.client_signature, *key, to_cbor(proposal));
    if (!signature)
        return fail(signature.error().code(), "the client's signature is not valid: " + signature.error().message());

    STRATA_TRY(const auto collateral, least_collateral_on(state, rules.network, now, proposal.piece_size));
    if (proposal.provider_collateral < collateral)
        return refused("the provider's collateral is " + proposal.provider_collateral.to_string() +
                       " attoFIL, expected at least " + collateral.to_string() + ", the least that the chain accepts");
    STRATA_TRY(const auto market, actors::read::Market::load(state));
    STRATA_TRY(const auto published, market.find_pending(named));
    if (published) return refused("the deal is already on chain, as deal " + std::to_string(*published));
    STRATA_TRY(const auto escrow, market.escrow(*named.client.as_id()));
    const TokenAmount free = escrow.free();
    const auto needed = proposal.client_balance_requirement() + promised;
    if (free < needed)
        return refused("the client has " + free.to_string() + " attoFIL free in escrow, expected at least " +
                       needed.to_string() + " for its deals; add the rest with AddBalance");
    return {};
}

}  // namespace strata::market
