// JSON of the records that actors keep: sectors, deals, allocations.
#include <nlohmann/json.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/verifreg/types.hpp>
#include <strata/api/json.hpp>
#include <strata/base/hex.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::api {

namespace miner = actors::miner;

Json Printer::operator()(const vm::ActorState& actor) const {
    return {{"Code", (*this)(actor.code)},
            {"Head", (*this)(actor.head)},
            {"Nonce", actor.sequence},
            {"Balance", (*this)(actor.balance)},
            {"DelegatedAddress", (*this)(actor.delegated_address)}};
}

Json Printer::operator()(const miner::SectorOnChainInfo& sector) const {
    return {{"SectorNumber", sector.sector_number},
            {"SealProof", static_cast<std::int64_t>(sector.seal_proof)},
            {"SealedCID", (*this)(sector.sealed_cid)},
            {"Activation", sector.activation},
            {"Expiration", sector.expiration},
            {"DealWeight", (*this)(sector.deal_weight)},
            {"VerifiedDealWeight", (*this)(sector.verified_deal_weight)},
            {"InitialPledge", (*this)(sector.initial_pledge)},
            {"ExpectedDayReward", (*this)(sector.expected_day_reward)},
            {"ExpectedStoragePledge", (*this)(sector.expected_storage_pledge)},
            {"PowerBaseEpoch", sector.power_base_epoch},
            {"ReplacedDayReward", (*this)(sector.replaced_day_reward)},
            {"SectorKeyCID", (*this)(sector.sector_key_cid)},
            {"Flags", sector.flags},
            {"DailyFee", (*this)(sector.daily_fee)}};
}

Json Printer::operator()(const miner::BeneficiaryTerm& term) const {
    return {{"Quota", (*this)(term.quota)}, {"UsedQuota", (*this)(term.used_quota)}, {"Expiration", term.expiration}};
}

Json Printer::operator()(const miner::PendingBeneficiaryChange& change) const {
    return {{"NewBeneficiary", (*this)(change.new_beneficiary)},
            {"NewQuota", (*this)(change.new_quota)},
            {"NewExpiration", change.new_expiration},
            {"ApprovedByBeneficiary", change.approved_by_beneficiary},
            {"ApprovedByNominee", change.approved_by_nominee}};
}

Json Printer::operator()(const actors::market::Deal& deal) const {
    const auto& proposal = deal.proposal;
    const auto* label = std::get_if<std::string>(&proposal.label.value);
    Json printed_proposal{{"PieceCID", (*this)(proposal.piece_cid)},
                          {"PieceSize", proposal.piece_size},
                          {"VerifiedDeal", proposal.verified_deal},
                          {"Client", (*this)(proposal.client)},
                          {"Provider", (*this)(proposal.provider)},
                          // Go cannot print a label of bytes; here it is base64.
                          {"Label", label != nullptr ? *label : to_base64(std::get<Bytes>(proposal.label.value))},
                          {"StartEpoch", proposal.start_epoch},
                          {"EndEpoch", proposal.end_epoch},
                          {"StoragePricePerEpoch", (*this)(proposal.storage_price_per_epoch)},
                          {"ProviderCollateral", (*this)(proposal.provider_collateral)},
                          {"ClientCollateral", (*this)(proposal.client_collateral)}};
    Json state{{"SectorNumber", deal.state.sector_number},
               {"SectorStartEpoch", deal.state.sector_start_epoch},
               {"LastUpdatedEpoch", deal.state.last_updated_epoch},
               {"SlashEpoch", deal.state.slash_epoch}};
    return {{"Proposal", std::move(printed_proposal)}, {"State", std::move(state)}};
}

Json Printer::operator()(const actors::read::Escrow& escrow) const {
    return {{"Escrow", (*this)(escrow.total)}, {"Locked", (*this)(escrow.locked)}};
}

Json Printer::operator()(const actors::verifreg::Allocation& allocation) const {
    return {{"Client", allocation.client},        {"Provider", allocation.provider},
            {"Data", (*this)(allocation.data)},   {"Size", allocation.size},
            {"TermMin", allocation.term_min},     {"TermMax", allocation.term_max},
            {"Expiration", allocation.expiration}};
}

Json Printer::operator()(const actors::verifreg::Claim& claim) const {
    return {{"Provider", claim.provider},    {"Client", claim.client},
            {"Data", (*this)(claim.data)},   {"Size", claim.size},
            {"TermMin", claim.term_min},     {"TermMax", claim.term_max},
            {"TermStart", claim.term_start}, {"Sector", claim.sector}};
}

}  // namespace strata::api
