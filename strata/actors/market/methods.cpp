#include <strata/actors/methods.hpp>

#include <strata/actors/market/handlers.hpp>

namespace strata::actors::market {
namespace {

constexpr MethodNumber kMinerControlAddresses = 2;

struct ControlAddresses {
    Address owner;
    Address worker;
    std::vector<Address> control_addresses;
    STRATA_CBOR_TUPLE(owner, worker, control_addresses);
};

Done constructor(Runtime& rt) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(auto ledger, Ledger::empty(rt));
    return ledger.save();
}

// An address with a balance in the market, and the rules for withdrawals from it.
struct Party {
    Address nominal;                // the address under which the balance is held
    Address recipient;              // receives withdrawals
    std::vector<Address> approved;  // may withdraw
};

ActorResult<Party> party_of(Runtime& rt, const Address& address) {
    STRATA_TRY(const auto id, rt.resolve(address));
    if (!id) return illegal_argument(address.to_string() + " has no actor");
    STRATA_TRY(const auto type, rt.type_of(*id));
    if (!type) return illegal_argument("actor " + address.to_string() + " does not exist");
    const Address nominal = Address::id(*id);
    // A miner cannot send messages itself: its owner or its worker withdraws for it, and the owner gets the funds.
    if (*type != ActorType::miner) return Party{nominal, nominal, {nominal}};
    STRATA_TRY(const auto addresses, rt.ask<ControlAddresses>(nominal, kMinerControlAddresses, std::nullopt));
    return Party{nominal, addresses.owner, {addresses.owner, addresses.worker}};
}

Done add_balance(Runtime& rt, const Address& address) {
    if (rt.value_received().sign() <= 0)
        return illegal_argument("the balance to add is " + rt.value_received().to_string() +
                                " attoFIL, expected at least 1");
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto party, party_of(rt, address));
    STRATA_TRY(auto ledger, Ledger::load(rt));
    STRATA_OK(ledger.deposit(party.nominal, rt.value_received()));
    return ledger.save();
}

ActorResult<TokenAmount> withdraw_balance(Runtime& rt, const WithdrawBalanceParams& params) {
    if (params.amount.is_negative())
        return illegal_argument("the amount is " + params.amount.to_string() + " attoFIL, expected at least 0");
    STRATA_TRY(const auto party, party_of(rt, params.provider_or_client));
    STRATA_OK(rt.require_caller(party.approved));
    STRATA_TRY(auto ledger, Ledger::load(rt));
    STRATA_TRY(auto taken, ledger.withdraw(party.nominal, params.amount));
    STRATA_OK(ledger.save());
    // The balance is stored before the transfer, so that a call back from the receiver cannot withdraw it again.
    STRATA_OK(rt.call(party.recipient, kMethodSend, std::nullopt, taken));
    return taken;
}

ActorResult<GetBalanceReturn> get_balance(Runtime& rt, const Address& address) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto id, rt.resolve(address));
    if (!id) return illegal_argument(address.to_string() + " has no actor");
    STRATA_TRY(auto ledger, Ledger::load(rt));
    GetBalanceReturn out;
    STRATA_TRY(out.balance, ledger.escrow(Address::id(*id)));
    STRATA_TRY(out.locked, ledger.locked(Address::id(*id)));
    return out;
}

ActorResult<DealProposal> proposal_of(Runtime& rt, DealId id) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto ledger, Ledger::load(rt));
    return ledger.proposal(id);
}

ActorResult<DealDataCommitment> get_data_commitment(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return DealDataCommitment{p.piece_cid, p.piece_size};
}
ActorResult<ActorId> get_client(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return *p.client.as_id();
}
ActorResult<ActorId> get_provider(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return *p.provider.as_id();
}
ActorResult<Label> get_label(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return p.label;
}
ActorResult<DealTerm> get_term(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return DealTerm{p.start_epoch, p.duration()};
}
ActorResult<TokenAmount> get_total_price(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return p.total_storage_fee();
}
ActorResult<TokenAmount> get_client_collateral(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return p.client_collateral;
}
ActorResult<TokenAmount> get_provider_collateral(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return p.provider_collateral;
}
ActorResult<bool> get_verified(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto p, proposal_of(rt, id));
    return p.verified_deal;
}

// Returns the state of an activated deal; empty for a deal that is published but not activated. Aborts if the deal was
// terminated, is over or never existed.
ActorResult<std::optional<DealState>> activated_state(Runtime& rt, DealId id) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto ledger, Ledger::load(rt));
    STRATA_TRY(auto state, ledger.find_state(id));
    if (!state) STRATA_OK(ledger.proposal(id));
    if (state && state->slash_epoch != kEpochUndefined)
        return abort(kDealExpired,
                     "deal " + std::to_string(id) + " was terminated at epoch " + std::to_string(state->slash_epoch));
    return state;
}

ActorResult<DealActivation> get_activation(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto state, activated_state(rt, id));
    if (!state) return DealActivation{};
    return DealActivation{state->sector_start_epoch, state->slash_epoch};
}

ActorResult<SectorNumber> get_sector(Runtime& rt, const DealId& id) {
    STRATA_TRY(const auto state, activated_state(rt, id));
    if (!state) return abort(kDealNotActivated, "deal " + std::to_string(id) + " is not active yet");
    return state->sector_number;
}

constexpr Method kMethods[] = {
    method<&constructor>(1),
    method<&add_balance>(kAddBalance),
    method<&add_balance>(822473126),
    method<&withdraw_balance>(kWithdrawBalance),
    method<&withdraw_balance>(2280458852),
    method<&publish_storage_deals>(kPublishStorageDeals),
    method<&publish_storage_deals>(2236929350),
    method<&on_miner_sectors_terminate>(kOnMinerSectorsTerminate),
    method<&cron_tick>(kCronTick),
    method<&get_balance>(726108461),
    method<&get_data_commitment>(1157985802),
    method<&get_client>(128053329),
    method<&get_provider>(935081690),
    method<&get_label>(46363526),
    method<&get_term>(163777312),
    method<&get_total_price>(4287162428),
    method<&get_client_collateral>(200567895),
    method<&get_provider_collateral>(2986712137),
    method<&get_verified>(2627389465),
    method<&get_activation>(2567238399),
    method<&get_sector>(2611213344),
    method<&settle_deal_payments>(kSettleDealPayments),
    method<&sector_content_changed>(kSectorContentChanged),
    // Gone since version 19, and last in this table because methods19() ends before them:
    method<&verify_deals_for_activation>(kVerifyDealsForActivation),
    method<&batch_activate_deals>(kBatchActivateDeals),
};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

std::span<const Method> methods19() {
    constexpr std::size_t gone = 2;
    return std::span(kMethods).first(std::size(kMethods) - gone);
}

}  // namespace strata::actors::market
