// The methods that appoint and dismiss verifiers, and that grant and remove datacap.
#include <strata/actors/account/state.hpp>
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/verifreg/handlers.hpp>

namespace strata::actors::verifreg {
namespace {

constexpr std::string_view kRemovalDomain = "fil_removedatacap:";

using Verifiers = HamtMap<Address, DataCap>;
// The key is the verifier's address followed by the client's.
using ProposalIds = HamtMap<Bytes, RemovalProposalId>;

template <class T>
ActorResult<T> checked(Runtime& rt, Result<T> result) {
    return rt.check(std::move(result), ExitCode::illegal_state, "registry state");
}
ActorResult<Verifiers> load_verifiers(Runtime& rt, const State& state) {
    return checked(rt, Verifiers::load(rt.store(), state.verifiers));
}

Done put_verifier(Runtime& rt, State& state, Verifiers& verifiers, const Address& verifier, const DataCap& cap) {
    STRATA_OK(checked(rt, verifiers.set(verifier, cap)));
    STRATA_TRY(state.verifiers, checked(rt, verifiers.flush()));
    return rt.set_state(state);
}

Done emit_balance(Runtime& rt, ActorId verifier, const DataCap& balance, std::optional<ActorId> client) {
    Runtime::Event event("verifier-balance");
    event.indexed("verifier", verifier).field("balance", balance);
    if (client) event.indexed("client", *client);
    return rt.emit(event);
}

Done check_allowance(Runtime& rt, const DataCap& allowance) {
    if (allowance < rt.policy().minimum_verified_allocation_size)
        return illegal_argument("the allowance is " + allowance.to_string() + " bytes, expected at least " +
                                rt.policy().minimum_verified_allocation_size.to_string());
    return {};
}

}  // namespace

Done add_verifier(Runtime& rt, const VerifierParams& params) {
    STRATA_OK(check_allowance(rt, params.allowance));
    STRATA_TRY(const ActorId id, rt.resolve_or_create(params.address));
    const Address verifier = Address::id(id);
    STRATA_TRY(const auto before, rt.state<State>());
    STRATA_OK(rt.require_caller(std::span(&before.root_key, 1)));
    if (verifier == before.root_key)
        return illegal_argument(params.address.to_string() + " is the root key and cannot be a verifier");
    STRATA_TRY(const auto held, datacap_of(rt, verifier));
    if (held.sign() > 0)
        return illegal_argument(params.address.to_string() + " holds " + held.to_string() +
                                " bytes of datacap; a verified client cannot be a verifier");
    // As in the reference, the state is read again after the call.
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto verifiers, load_verifiers(rt, state));
    STRATA_OK(put_verifier(rt, state, verifiers, verifier, params.allowance));
    return emit_balance(rt, id, params.allowance, std::nullopt);
}

Done remove_verifier(Runtime& rt, const Address& address) {
    STRATA_TRY(const ActorId id, rt.resolve_or_create(address, /*check_existence=*/false));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_OK(rt.require_caller(std::span(&state.root_key, 1)));
    STRATA_TRY(auto verifiers, load_verifiers(rt, state));
    STRATA_TRY(const auto removed, checked(rt, verifiers.remove(Address::id(id))));
    if (!removed) return illegal_argument(address.to_string() + " is not a verifier");
    STRATA_TRY(state.verifiers, checked(rt, verifiers.flush()));
    STRATA_OK(rt.set_state(state));
    return emit_balance(rt, id, 0, std::nullopt);
}

Done add_verified_client(Runtime& rt, const VerifierParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_OK(check_allowance(rt, params.allowance));
    STRATA_TRY(const ActorId client_id, rt.resolve_or_create(params.address));
    const Address client = Address::id(client_id);
    const Address verifier = Address::id(rt.caller());
    STRATA_TRY(auto state, rt.state<State>());
    if (client == state.root_key)
        return illegal_argument(params.address.to_string() + " is the root key and cannot be a client");
    STRATA_TRY(auto verifiers, load_verifiers(rt, state));
    STRATA_TRY(const auto cap, checked(rt, verifiers.get(verifier)));
    if (!cap) return not_found("the caller " + verifier.to_string() + " is not a verifier");
    STRATA_TRY(const bool client_is_verifier, checked(rt, verifiers.contains(client)));
    if (client_is_verifier)
        return illegal_argument(params.address.to_string() + " is a verifier and cannot be a verified client");
    if (*cap < params.allowance)
        return illegal_argument("the allowance is " + params.allowance.to_string() + " bytes, expected at most " +
                                cap->to_string() + ", the datacap that the verifier may still grant");
    const DataCap left = *cap - params.allowance;
    STRATA_OK(put_verifier(rt, state, verifiers, verifier, left));
    STRATA_OK(emit_balance(rt, rt.caller(), left, client_id));
    // The market may spend the client's datacap, because it makes the allocations of verified deals.
    const datacap::MintParams mint{client, params.allowance * fil(1), {Address::id(kMarketId)}};
    STRATA_OK(rt.call(Address::id(kDatacapId), datacap::kMint, to_cbor(mint), 0));
    return {};
}

namespace {

// Returns the next proposal ID of this verifier and client, and marks it as used. This happens before the signatures
// are checked, because that check calls other actors.
ActorResult<RemovalProposalId> use_proposal_id(Runtime& rt, ProposalIds& ids, const Address& verifier,
                                               const Address& client) {
    Bytes key = to_bytes(verifier.bytes());
    append(key, client.bytes());
    STRATA_TRY(const auto found, checked(rt, ids.get(key)));
    const RemovalProposalId current = found.value_or(RemovalProposalId{});
    STRATA_OK(checked(rt, ids.set(key, RemovalProposalId{current.id + 1})));
    return current;
}

Done check_request(Runtime& rt, const RemoveDataCapRequest& request, RemovalProposalId id, const DataCap& amount,
                   const Address& client) {
    Bytes payload = to_bytes(as_bytes(kRemovalDomain));
    append(payload, to_cbor(RemovalProposal{client, amount, id}));
    const account::AuthenticateMessageParams params{request.signature.data, payload};
    STRATA_TRY(const bool authentic, rt.ask<bool>(request.verifier, account::kAuthenticateMessage, to_cbor(params), 0,
                                                  {.gas_limit = {}, .read_only = true}));
    if (!authentic)
        return illegal_argument("the removal proposal " + std::to_string(id.id) + " is not signed by verifier " +
                                request.verifier.to_string());
    return {};
}

}  // namespace

ActorResult<RemoveDataCapReturn> remove_verified_client_data_cap(Runtime& rt, const RemoveDataCapParams& params) {
    STRATA_TRY(const ActorId client_id, rt.resolve_or_create(params.verified_client, /*check_existence=*/false));
    STRATA_TRY(const ActorId verifier_1, rt.resolve_or_create(params.request_1.verifier));
    STRATA_TRY(const ActorId verifier_2, rt.resolve_or_create(params.request_2.verifier));
    const Address client = Address::id(client_id);
    if (verifier_1 == verifier_2)
        return illegal_argument("both requests are from verifier f0" + std::to_string(verifier_1) +
                                ", expected two different verifiers");
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_OK(rt.require_caller(std::span(&state.root_key, 1)));
    if (params.verified_client == Address::id(kVerifiedRegistryId))
        return illegal_argument("the registry's own datacap cannot be removed");
    STRATA_TRY(const auto verifiers, load_verifiers(rt, state));
    for (const ActorId verifier : {verifier_1, verifier_2}) {
        STRATA_TRY(const bool known, checked(rt, verifiers.contains(Address::id(verifier))));
        if (!known) return not_found("f0" + std::to_string(verifier) + " is not a verifier");
    }
    STRATA_TRY(auto ids, checked(rt, ProposalIds::load(rt.store(), state.remove_data_cap_proposal_ids)));
    STRATA_TRY(const auto id_1, use_proposal_id(rt, ids, Address::id(verifier_1), client));
    STRATA_TRY(const auto id_2, use_proposal_id(rt, ids, Address::id(verifier_2), client));
    STRATA_TRY(state.remove_data_cap_proposal_ids, checked(rt, ids.flush()));
    STRATA_OK(rt.set_state(state));
    STRATA_OK(check_request(rt, params.request_1, id_1, params.amount, client));
    STRATA_OK(check_request(rt, params.request_2, id_2, params.amount, client));
    STRATA_TRY(const auto held, datacap_of(rt, client));
    const DataCap burnt = min(held, params.amount);
    if (!burnt.is_zero()) {
        const datacap::OwnerAmount destroy{client, burnt * fil(1)};
        STRATA_OK(rt.call(Address::id(kDatacapId), datacap::kDestroy, to_cbor(destroy), 0));
    }
    return RemoveDataCapReturn{client, burnt};
}

ActorResult<DataCap> datacap_of(Runtime& rt, const Address& owner) {
    STRATA_TRY(const auto tokens, rt.ask<TokenAmount>(Address::id(kDatacapId), datacap::kBalance, to_cbor(owner), 0,
                                                      {.gas_limit = {}, .read_only = true}));
    return div_trunc(tokens, fil(1));
}

Done burn_datacap(Runtime& rt, const DataCap& amount) {
    if (amount.is_zero()) return {};
    const datacap::BurnParams params{amount * fil(1)};
    STRATA_OK(rt.call(Address::id(kDatacapId), datacap::kBurn, to_cbor(params), 0));
    return {};
}

}  // namespace strata::actors::verifreg
